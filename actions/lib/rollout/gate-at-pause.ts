import type { GateContext } from "../gates/context.ts";
import { decide, type GateDecision, type GateResult } from "../gates/result.ts";
import { runGates, unmeasured } from "../gates/run.ts";
import type { RolloutPorts, RolloutRequest } from "./request.ts";
import type { Routing } from "./routing.ts";

/** Which side of the load balancer is measured. */
export type Side = "test" | "production";

export interface GateInput {
  readonly side: Side;
  readonly routing: Routing;
  /** Target group of the version under test. */
  readonly group?: string;
  readonly desired: number;
}

/** The part of a request that its gates look at. */
export type GateRequest = Pick<RolloutRequest, "manifest" | "commit" | "allowEmpty" | "testUrl" | "productionUrl">;
type GatePorts = Pick<RolloutPorts, "cloud" | "http" | "clock"> & Partial<Pick<RolloutPorts, "cancel">>;

export interface Gated {
  readonly results: readonly GateResult[];
  readonly decision: GateDecision;
}

/** Measures the gates of one moment and decides. Where nothing can be measured, nothing passes. */
export async function gateNow(input: GateInput, request: GateRequest, ports: GatePorts): Promise<Gated> {
  if (input.desired === 0 && request.allowEmpty)
    return { results: [], decision: { action: "CONTINUE", reason: "0 tasks are wanted, and that is allowed." } };
  const context = await contextOf(input, request, ports);
  const results = typeof context === "string" ? [unmeasured("routing", context)] : await runGates(context);
  return { results, decision: decide(results) };
}

async function contextOf(
  { side, routing, group, desired }: GateInput,
  request: GateRequest,
  { cloud, http, clock, cancel }: GatePorts,
): Promise<GateContext | string> {
  const baseUrl = await agentUrl(side, routing, request, { cloud });
  if (!baseUrl) return `no ${side} listener is known; give the input \`${side}-url\`.`;
  if (!group) return "ECS does not tell the new revision's target group.";
  const targets = () => cloud.balancer.targets(group);
  // A cancelled job has seconds left: a gate that waits must not hold it.
  const waiting = { now: () => clock.now(), sleep: (seconds: number) => clock.sleep(seconds, cancel) };
  return { manifest: request.manifest, commit: request.commit, baseUrl, desired, targets, http, clock: waiting };
}

/** URL of the agent on one side, without a slash at the end: listener and route. */
export async function agentUrl(
  side: Side,
  routing: Routing,
  request: Pick<RolloutRequest, "manifest" | "testUrl" | "productionUrl">,
  { cloud }: Pick<RolloutPorts, "cloud">,
): Promise<string | undefined> {
  const given = side === "test" ? request.testUrl : request.productionUrl;
  const rule = side === "test" ? routing.testRule : routing.productionRule;
  const listener = given ?? (rule ? await cloud.balancer.listenerUrl(rule) : undefined);
  return listener && `${listener.replace(/\/+$/, "")}${request.manifest.route.path}`.replace(/\/+$/, "");
}

/** `identity        pass   10 of 10 answers …` */
export const gateLine = ({ gate, outcome, summary }: GateResult): string =>
  `gate ${gate.padEnd(14)} ${outcome.padEnd(12)} ${summary}`;
