import type { GateResult } from "../gates/result.ts";
import { shortDigest } from "../images/reference.ts";
import { openLedger } from "../ledger/ledger.ts";
import type { Cause } from "./cause.ts";
import { checkCauses, rankCauses } from "./causes.ts";
import { gatherEvidence } from "./evidence.ts";
import { type Facts, gatherFacts, gatherService, placeOf } from "./facts.ts";
import { findDeployment } from "./find.ts";
import { type Followable, type Followed, follow, pause } from "./follow.ts";
import { agentUrl, gateLine, gateNow } from "./gate-at-pause.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Plan, plan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { describeProof, type Proof, prove } from "./proof.ts";
import type { RolloutPorts, RolloutRequest } from "./request.ts";
import { groupOf } from "./routing.ts";
import { type Check, isGreen, type RolloutResult, type TimelineEntry } from "./verdict.ts";

/** What one way through `rollOut` adds to the common parts of the result. */
interface Course {
  readonly judgement: Judgement;
  readonly gates?: readonly GateResult[];
  readonly timeline?: readonly TimelineEntry[];
  readonly causes?: readonly Cause[];
  readonly deploymentArn?: string;
  readonly revisionArn?: string;
}

/**
 * Deploys one image to one service and proves it, design section 7. Changes nothing unless every check passes;
 * a second run that finds its own deployment follows it. Never throws for an outcome that has a verdict.
 */
export async function rollOut(request: RolloutRequest, ports: RolloutPorts): Promise<RolloutResult> {
  const startedAt = ports.clock.now();
  const facts = await gatherFacts(request, ports);
  const checks = preflight(request, facts);
  for (const line of checkLines(checks)) ports.line(line);
  const course = await run(plan(request, facts, checks), { request, ports, facts, checks });
  const url = (await agentUrl("production", facts.routing, request, ports)) ?? "";
  return {
    ...resultOf(request, course, { startedAt, finishedAt: ports.clock.now() }),
    ...previousOf(facts),
    url,
    checks,
  };
}

/** Follows a deployment that something else started (a stack update), with the same gates and verdicts. */
export async function followDeployment(
  target: Omit<Followable, "routing">,
  request: RolloutRequest,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const startedAt = ports.clock.now();
  const { routing } = await gatherService(placeOf(request), ports);
  const course = await drive({ ...target, routing }, request, ports);
  const url = (await agentUrl("production", routing, request, ports)) ?? "";
  return { ...resultOf(request, course, { startedAt, finishedAt: ports.clock.now() }), url, checks: [] };
}

interface Scene {
  readonly request: RolloutRequest;
  readonly ports: RolloutPorts;
  readonly facts: Facts;
  readonly checks: readonly Check[];
}

async function run(decided: Plan, { request, ports, facts, checks }: Scene): Promise<Course> {
  if (decided.kind === "end") {
    ports.line(`${decided.verdict}: ${decided.reason}`);
    return { judgement: decided, causes: checkCauses(checks), revisionArn: facts.live?.serviceRevisionArn };
  }
  if (decided.kind === "prove") return proveLive(facts, request, ports);
  if (decided.kind === "follow") {
    ports.line(`following our own deployment ${decided.deploymentArn.split("/").at(-1)}, started earlier`);
    return drive({ ...decided, routing: facts.routing }, request, ports);
  }
  const started = await start(decided, request, ports);
  if (!started)
    return { judgement: { verdict: "TIMED_OUT", reason: "ECS accepted the update but shows no deployment." } };
  return drive({ ...started, routing: facts.routing }, request, ports);
}

async function start(decided: Extract<Plan, { kind: "deploy" }>, request: RolloutRequest, ports: RolloutPorts) {
  const { ecs } = ports.cloud;
  const taskDefinition = decided.register ? await ecs.register(decided.register) : decided.taskDefinition;
  if (!taskDefinition) throw new Error("The plan names no task definition.");
  ports.line(`task definition ${taskDefinition.split("/").at(-1)} with ${shortDigest(request.image.digest)}`);
  const service = await ecs.update({ ...decided.update, taskDefinition });
  return findDeployment({ service, taskDefinition, baseline: decided.baseline }, request, ports);
}

/** Follows, proves, judges; records what is proven and explains what is not. */
async function drive(target: Followable, request: RolloutRequest, ports: RolloutPorts): Promise<Course> {
  const followed = await follow(target, request, ports);
  const proof = await proveEnd(followed, target, request, ports);
  const judged = judge({
    ending: followed.ending,
    proof,
    digest: request.image.digest,
    revision: target.revisionArn,
    refusal: followed.refusal,
    statusReason: followed.deployment?.statusReason,
  });
  const { judgement, followed: seen } = await gateRolling(judged, followed, { target, request, ports });
  ports.line(`${judgement.verdict}: ${judgement.reason}`);
  if (judgement.verdict === "DEPLOYED") await record(request, ports, target);
  const { gates, timeline } = seen;
  const causes = await explain(judgement, seen, { target, request, ports });
  return { judgement, gates, timeline, causes, deploymentArn: target.deploymentArn, revisionArn: target.revisionArn };
}

/** A rolling deployment has no pause to measure at: its gates come after it, where it serves, and a refusal is red. */
async function gateRolling(judgement: Judgement, followed: Followed, { target, request, ports }: Driven) {
  if (request.manifest.rollout.strategy !== "rolling" || judgement.verdict !== "DEPLOYED")
    return { judgement, followed };
  const [revision] = await ports.cloud.ecs.revisions([target.revisionArn]);
  const group = groupOf(revision) ?? target.routing.groups[0];
  const desired = followed.deployment?.targetServiceRevision?.requestedTaskCount ?? 1;
  const input = { side: "production", routing: target.routing, group, desired } as const;
  const { results, decision } = await gateNow(input, request, ports);
  for (const result of results) ports.line(gateLine(result));
  const seen: Followed = { ...followed, gates: results };
  if (decision.action === "CONTINUE") return { judgement, followed: seen };
  const reason = `It serves, but its gates refuse it: ${decision.reason} Run rollback-service.`;
  return { judgement: { verdict: "ROLLBACK_FAILED", reason } as const, followed: seen };
}

interface Driven {
  readonly target: Followable;
  readonly request: RolloutRequest;
  readonly ports: RolloutPorts;
}

async function explain(judgement: Judgement, followed: Followed, { target, request, ports }: Driven): Promise<Cause[]> {
  if (isGreen(judgement.verdict, true) || ports.cancel.aborted) return [];
  const known = { verdict: judgement.verdict, revisionArn: target.revisionArn };
  return rankCauses(await gatherEvidence(followed, known, request, ports));
}

/** ECS reports its end a moment before every other view agrees; the proof is asked for a few times. */
const PROOF_LOOKS = 8;

async function proveEnd(
  followed: Followed,
  target: Followable,
  request: RolloutRequest,
  ports: RolloutPorts,
): Promise<Proof> {
  const { ending } = followed;
  if (ending.kind !== "terminal") return { kind: "unproven", why: "The deployment has not ended." };
  const wantsNew = ending.status === "SUCCESSFUL";
  for (let look = 1; ; look++) {
    const proof = prove(await gatherService(placeOf(request), ports));
    const settled = proof.kind === "serves" && (proof.revision === target.revisionArn) === wantsNew;
    if (settled || look === PROOF_LOOKS || ending.newer) {
      ports.line(describeProof(proof));
      return proof;
    }
    await pause(request, ports);
  }
}

/** The digest serves since the service was created; its gates are measured where it serves. */
async function proveLive(facts: Facts, request: RolloutRequest, ports: RolloutPorts): Promise<Course> {
  ports.line("this digest serves already but was never proven: measuring the gates in production");
  const proof = prove(facts);
  const input = { side: "production", routing: facts.routing, group: groupOf(facts.live) } as const;
  const { results, decision } = await gateNow({ ...input, desired: facts.service?.desiredCount ?? 0 }, request, ports);
  for (const result of results) ports.line(gateLine(result));
  const revisionArn = facts.live?.serviceRevisionArn;
  const base = { gates: results, revisionArn, deploymentArn: facts.newest?.serviceDeploymentArn };
  if (decision.action === "CONTINUE" && proof.kind === "serves") {
    await record(request, ports, { revisionArn, deploymentArn: base.deploymentArn });
    const reason = `${shortDigest(request.image.digest)} serves all production traffic; first proof.`;
    ports.line(`DEPLOYED: ${reason}`);
    return { ...base, judgement: { verdict: "DEPLOYED", reason } };
  }
  const reason = `The live version is not proven and there is none to go back to. ${proof.kind === "serves" ? decision.reason : proof.why}`;
  const followed = { deployment: facts.newest, events: facts.service?.events ?? [], gates: results, troubled: [] };
  const known = { verdict: "ROLLBACK_FAILED", revisionArn: revisionArn ?? "" } as const;
  const causes = rankCauses(await gatherEvidence(followed, known, request, ports));
  return { ...base, judgement: { verdict: "ROLLBACK_FAILED", reason }, causes };
}

async function record(
  request: RolloutRequest,
  ports: RolloutPorts,
  target: { revisionArn?: string; deploymentArn?: string },
) {
  const ledger = openLedger(ports.cloud.parameters, request.stage, request.manifest.name);
  await ledger.write({
    digest: request.image.digest,
    image: request.image.uri,
    commit: request.commit,
    run: request.run,
    actor: request.actor,
    verdict: "DEPLOYED",
    at: ports.clock.now().toISOString(),
    deployment: target.deploymentArn,
    revision: target.revisionArn,
    rollbackOf: request.rollbackOf,
  });
  if (request.force) await ledger.unblock(request.image.digest);
}

/** `preflight: 10 ok; not checked: secrets`, and a line for each problem. */
function checkLines(checks: readonly Check[]): string[] {
  const named = (status: Check["status"]) => checks.filter((check) => check.status === status);
  const skipped = named("skipped").map((check) => check.name);
  return [
    `preflight: ${named("ok").length} ok${skipped.length ? `; not checked: ${skipped.join(", ")}` : ""}`,
    ...named("problem").map(({ name, detail }) => `preflight ${name}: ${detail}`),
  ];
}

function resultOf(request: RolloutRequest, course: Course, times: { startedAt: Date; finishedAt: Date }) {
  const { verdict, reason } = course.judgement;
  return {
    agent: request.manifest.name,
    stage: request.stage,
    verdict,
    green: isGreen(verdict, request.allowEmpty),
    reason,
    image: request.image.uri,
    digest: request.image.digest,
    commit: request.commit,
    deploymentArn: course.deploymentArn,
    revisionArn: course.revisionArn,
    gates: course.gates ?? [],
    timeline: course.timeline ?? [],
    causes: course.causes ?? [],
    ...times,
  };
}

const previousOf = ({ record: live }: Facts): Pick<RolloutResult, "previous"> =>
  live ? { previous: { digest: live.digest, commit: live.commit } } : {};
