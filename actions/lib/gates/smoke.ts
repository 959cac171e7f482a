import type { SmokeRequest } from "../../../agents/manifest.ts";
import type { GateContext } from "./context.ts";
import { type HttpAnswer, isGatewayAnswer } from "./http.ts";
import type { GateResult } from "./result.ts";

/** A request that could not be measured is asked again this often before the gate says `error`. */
const ATTEMPTS = 4;
const SECONDS_BETWEEN = 2;
const TIMEOUT_SECONDS = 10;
/** Each request is made this often: one lucky answer proves little. */
const ROUNDS = 3;

/** One smoke request with what it got. */
export interface SmokeOutcome {
  readonly name: string;
  readonly outcome: "pass" | "fail" | "error";
  readonly problem?: string;
  readonly milliseconds: number;
}

/** The manifest's smoke requests get the answers it promises: status and the JSON types of named keys. */
export async function smokeGate(context: GateContext): Promise<GateResult> {
  const outcomes: SmokeOutcome[] = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const request of context.manifest.rollout.gates.smoke) outcomes.push(await askSmoke(context, request));
  return judgeSmoke(outcomes);
}

async function askSmoke(context: GateContext, request: SmokeRequest): Promise<SmokeOutcome> {
  let outcome: SmokeOutcome = { name: nameOf(request), outcome: "error", milliseconds: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await context.clock.sleep(SECONDS_BETWEEN);
    const { method, path, body } = request;
    const url = `${context.baseUrl}${path}`;
    outcome = checkSmoke(request, await context.http({ method, url, body, timeoutSeconds: TIMEOUT_SECONDS }));
    if (outcome.outcome !== "error") return outcome;
  }
  return outcome;
}

const nameOf = (request: SmokeRequest): string => `${request.method} ${request.path}`;

/** Pure: what one answer says about one request. */
export function checkSmoke(request: SmokeRequest, answer: HttpAnswer): SmokeOutcome {
  const name = nameOf(request);
  if (!answer.ok) return { name, outcome: "error", problem: answer.problem, milliseconds: 0 };
  const { status, milliseconds } = answer;
  const wanted = request.expect.status;
  if (status !== wanted) {
    const outcome = isGatewayAnswer(status) ? "error" : "fail";
    return { name, outcome, problem: `answered ${status}, expected ${wanted}: ${excerpt(answer.text)}`, milliseconds };
  }
  const problem = request.expect.json ? shapeProblem(request.expect.json, answer.text) : undefined;
  return { name, outcome: problem ? "fail" : "pass", problem, milliseconds };
}

function shapeProblem(expected: Readonly<Record<string, string>>, text: string): string | undefined {
  const body = parseObject(text);
  if (!body) return `the body is no JSON object: ${excerpt(text)}`;
  const wrong = Object.entries(expected).filter(([key, type]) => jsonType(body[key]) !== type);
  return wrong.map(([key, type]) => `${key} is ${jsonType(body[key])}, expected ${type}`).join("; ") || undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

/** `string | number | boolean | object | array | null`, or `missing`. */
const jsonType = (value: unknown): string =>
  value === undefined ? "missing" : value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

const excerpt = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, 120) || "(empty body)";

/** Pure: all answers together. No answer at all is `inconclusive`. */
export function judgeSmoke(outcomes: readonly SmokeOutcome[]): GateResult {
  const failed = outcomes.filter((outcome) => outcome.outcome === "fail");
  const unmeasured = outcomes.filter((outcome) => outcome.outcome === "error");
  const slowest = Math.max(0, ...outcomes.map((outcome) => outcome.milliseconds));
  const right = outcomes.length - failed.length - unmeasured.length;
  return {
    gate: "smoke",
    outcome: outcomeOf(failed.length, unmeasured.length, right),
    summary: `${right} of ${outcomes.length} requests answered as expected, slowest ${slowest} ms.`,
    numbers: { asked: outcomes.length, right, failed: failed.length, unmeasured: unmeasured.length, slowest },
    evidence: [...new Set([...failed, ...unmeasured].map(({ name, problem }) => `${name} ${problem}`))].slice(0, 5),
  };
}

function outcomeOf(failed: number, unmeasured: number, right: number): GateResult["outcome"] {
  if (failed > 0) return "fail";
  if (unmeasured > 0) return "error";
  return right > 0 ? "pass" : "inconclusive";
}
