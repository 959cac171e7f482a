import * as v from "valibot";
import type { GateContext } from "./context.ts";
import { type HttpAnswer, isGatewayAnswer } from "./http.ts";
import type { GateResult } from "./result.ts";

const healthBody = v.object({
  agent: v.string(),
  commit: v.string(),
  version: v.optional(v.string()),
  startedAt: v.optional(v.string()),
});

/** One answer of the health path, reduced to what identity needs. */
export type Identity =
  | { readonly kind: "known"; readonly agent: string; readonly commit: string; readonly instance: string }
  | { readonly kind: "unreadable"; readonly what: string }
  | { readonly kind: "unmeasured"; readonly what: string };

/** A rewritten rule reaches every load balancer node within seconds; until then an answer may still be the old version's. */
const SETTLE_SECONDS = 30;
const ASK_EVERY_SECONDS = 2;
/** Answers asked for per target, so that each of two is missed with a chance below 1 in 500. */
const ANSWERS_PER_TARGET = 9;
const MINIMUM_ANSWERS = 10;
/** Requests that may fail to measure before the gate says `error`. */
const ERROR_BUDGET = 5;

/**
 * The health body of every answer names this agent and the commit being deployed: a stale image cannot pass.
 * First waits (30 s at most) for the first right answer, then wants every further one to be right.
 */
export async function identityGate(context: GateContext): Promise<GateResult> {
  const settled = await settle(context);
  if (!settled.right) return judgeIdentities(context, settled.asked);
  const wanted = Math.max(MINIMUM_ANSWERS, ANSWERS_PER_TARGET * context.desired);
  const answers: Identity[] = [];
  let unmeasured = 0;
  while (answers.length < wanted && unmeasured <= ERROR_BUDGET) {
    const identity = await askIdentity(context);
    if (identity.kind === "unmeasured") {
      unmeasured++;
      await context.clock.sleep(ASK_EVERY_SECONDS);
    }
    answers.push(identity);
  }
  return judgeIdentities(context, answers);
}

async function settle(context: GateContext): Promise<{ right: boolean; asked: Identity[] }> {
  const asked: Identity[] = [];
  for (let waited = 0; waited <= SETTLE_SECONDS; waited += ASK_EVERY_SECONDS) {
    const identity = await askIdentity(context);
    if (isRight(identity, context)) return { right: true, asked: [identity] };
    asked.push(identity);
    await context.clock.sleep(ASK_EVERY_SECONDS);
  }
  return { right: false, asked };
}

async function askIdentity({ http, baseUrl, manifest }: GateContext): Promise<Identity> {
  const url = `${baseUrl}${manifest.health.path}`;
  return readIdentity(await http({ method: "GET", url, timeoutSeconds: manifest.health.timeoutSeconds }));
}

export function readIdentity(answer: HttpAnswer): Identity {
  if (!answer.ok) return { kind: "unmeasured", what: answer.problem };
  if (isGatewayAnswer(answer.status))
    return { kind: "unmeasured", what: `the load balancer answered ${answer.status}` };
  if (answer.status !== 200) return { kind: "unreadable", what: `status ${answer.status}` };
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), healthBody), answer.text);
  if (!parsed.success)
    return { kind: "unreadable", what: `a body without agent and commit: ${answer.text.slice(0, 80)}` };
  const { agent, commit, startedAt } = parsed.output;
  return { kind: "known", agent, commit, instance: startedAt ?? "" };
}

type Expected = Pick<GateContext, "commit"> & { readonly manifest: { readonly name: string } };

const isRight = (identity: Identity, { commit, manifest }: Expected): boolean =>
  identity.kind === "known" && identity.commit === commit && identity.agent === manifest.name;

/** Pure: any answer of another version fails; too many that could not be had is `error`. */
export function judgeIdentities(expected: Expected, identities: readonly Identity[]): GateResult {
  const wrong = identities.filter((identity) => identity.kind !== "unmeasured" && !isRight(identity, expected));
  const unmeasured = identities.filter((identity) => identity.kind === "unmeasured");
  const right = identities.length - wrong.length - unmeasured.length;
  const instances = new Set(identities.flatMap((identity) => (identity.kind === "known" ? [identity.instance] : [])));
  const outcome = wrong.length > 0 ? "fail" : unmeasured.length > ERROR_BUDGET || right === 0 ? "error" : "pass";
  const commit = expected.commit.slice(0, 12);
  return {
    gate: "identity",
    outcome,
    summary: `${right} of ${identities.length} answers came from ${expected.manifest.name} at commit ${commit}.`,
    numbers: {
      asked: identities.length,
      right,
      wrong: wrong.length,
      unmeasured: unmeasured.length,
      instances: instances.size,
    },
    evidence: tally([...wrong, ...unmeasured].map(describeIdentity)),
  };
}

const describeIdentity = (identity: Identity): string =>
  identity.kind === "known" ? `${identity.agent} at commit ${identity.commit}` : identity.what;

/** `["a", "a", "b"]` → `["2 × a", "1 × b"]` */
function tally(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, times]) => `${times} × ${line}`).slice(0, 5);
}
