import { stepped, tracked, within } from "./arithmetic.ts";
import type { PolicyRecord, TargetRecord } from "./book.ts";

/** What a target's policies together ask for. Pure. */

const COOLDOWN = 300; // default of ECS services, for every kind of policy

/** An alarm in ALARM that acts on a policy, with what it measured. */
export interface Firing {
  readonly policy: PolicyRecord;
  readonly alarmName: string;
  readonly threshold: number;
  /** Of a target tracking policy: whether it asks for more or for fewer tasks. */
  readonly isHigh: boolean;
  /** Newest first. */
  readonly values: readonly number[];
}

export interface Situation {
  readonly now: Date;
  readonly current: number;
  readonly target: Pick<TargetRecord, "min" | "max" | "suspended" | "lastOut" | "lastIn">;
  /** Every policy of the target. */
  readonly policies: readonly PolicyRecord[];
  readonly firing: readonly Firing[];
  /** An ECS deployment is under way: nothing is scaled in meanwhile. */
  readonly isDeploying: boolean;
}

export type Decision =
  | { readonly kind: "none" }
  | { readonly kind: "scale"; readonly count: number; readonly base: number; readonly cause: string }
  | { readonly kind: "not-scaled"; readonly code: string; readonly cause: string };

interface Wish {
  readonly firing: Firing;
  readonly count: number;
  readonly base: number;
}

const NONE: Decision = { kind: "none" };

const causeOf = ({ alarmName, policy }: Firing): string =>
  `monitor alarm ${alarmName} in state ALARM triggered policy ${policy.name}`;

const outCooldown = ({ tracking, step }: PolicyRecord): number =>
  (tracking ? tracking.ScaleOutCooldown : step?.Cooldown) ?? COOLDOWN;

const inCooldown = ({ tracking, step }: PolicyRecord): number =>
  (tracking ? tracking.ScaleInCooldown : step?.Cooldown) ?? COOLDOWN;

const isCooling = (at: Date | undefined, seconds: number, now: Date): boolean =>
  at !== undefined && now.getTime() - at.getTime() < seconds * 1000;

/**
 * What one alarm asks for. During the cooldown after a scale-out, the capacity that it added counts as part of the next
 * one: the count is computed from where that scale-out began. Source: SDK and user guide, cooldowns.
 */
function wish(firing: Firing, { current, now, target }: Situation): Wish | undefined {
  const { policy, values } = firing;
  const [newest] = values;
  if (newest === undefined) return undefined; // insufficient data never scales
  const cooling = isCooling(target.lastOut?.at, outCooldown(policy), now);
  const from = cooling && target.lastOut ? target.lastOut.from : current;
  if (policy.step) {
    const breach = newest - firing.threshold;
    const count = stepped(current, policy.step, breach);
    if (count === undefined) return undefined;
    return count > current
      ? { firing, base: from, count: stepped(from, policy.step, breach) ?? count }
      : { firing, base: current, count };
  }
  const aim = policy.tracking?.TargetValue ?? 1;
  if (firing.isHigh) return { firing, base: from, count: tracked(from, newest, aim) };
  // "scales in more gradually": the busiest minute of those that the alarm looked at decides.
  return { firing, base: current, count: tracked(current, Math.max(...values), aim) };
}

const largest = (wishes: readonly Wish[]): Wish | undefined =>
  wishes.reduce<Wish | undefined>((best, one) => (best && best.count >= one.count ? best : one), undefined);

/** Scale-in by target tracking needs every such policy (that may scale in) to be ready. Source: ECS developer guide. */
function isReadyToScaleIn({ policies, firing }: Situation): boolean {
  const tracking = policies.filter((policy) => policy.tracking && !policy.tracking.DisableScaleIn);
  return tracking.every((policy) => firing.some((one) => one.policy === policy && !one.isHigh));
}

/** Of several policies the one with the largest capacity wins, in both directions. Source: SDK, PutScalingPolicy. */
export function decide(situation: Situation): Decision {
  const { current, target } = situation;
  const wishes = situation.firing.flatMap((firing) => wish(firing, situation) ?? []);
  const asksOut = ({ firing, count }: Wish) => (firing.policy.tracking ? firing.isHigh : count > current);
  const out = largest(wishes.filter((one) => asksOut(one) && one.count > current));
  if (out) return scaleOut(out, situation);
  if (wishes.some((one) => one.firing.policy.tracking && one.firing.isHigh)) return NONE;
  const ready = isReadyToScaleIn(situation);
  const inwards = wishes.filter((one) => (one.firing.policy.tracking ? ready : one.count < current));
  const least = largest(inwards);
  return least && least.count < current && target.min <= current ? scaleIn(least, situation) : NONE;
}

function scaleOut({ firing, count, base }: Wish, { current, target }: Situation): Decision {
  const cause = causeOf(firing);
  if (target.suspended.DynamicScalingOutSuspended) return NONE;
  const bounded = within(count, target);
  if (bounded <= current) return { kind: "not-scaled", code: "AlreadyAtMaxCapacity", cause };
  return { kind: "scale", count: bounded, base, cause };
}

function scaleIn({ firing, count }: Wish, { current, target, now, isDeploying }: Situation): Decision {
  const cause = causeOf(firing);
  if (target.suspended.DynamicScalingInSuspended) return NONE;
  const bounded = within(count, target);
  if (bounded >= current) return { kind: "not-scaled", code: "AlreadyAtMinCapacity", cause };
  if (isCooling(target.lastIn?.at, inCooldown(firing.policy), now)) return NONE;
  // The documentation names no code for deployments; this one says that the service can't be scaled for a while.
  if (isDeploying) return { kind: "not-scaled", code: "TargetServicePutResourceAsUnscalable", cause };
  return { kind: "scale", count: bounded, base: current, cause };
}
