import type { Fault, FaultKind } from "../../faults/fault.ts";
import type { FaultBook } from "../../faults/fault-book.ts";
import type { Answer } from "./answers.ts";
import type { Probe } from "./health.ts";
import type { Target } from "./targets.ts";

/** What is broken about one request on its way to a target. */
export interface Disturbance {
  /** Real milliseconds: what TargetResponseTime measures is real. */
  readonly delayMs: number;
  /** Answered with this status instead of by the target; it counts as the target's own answer. */
  readonly status: number | undefined;
}

const DEFAULT_SECONDS = 1;
const DEFAULT_STATUS = 500;

const draw = (faults: FaultBook, kind: FaultKind, target: Target): Fault | undefined => faults.draw(kind, target.owner);

/** Asked only while a fault is active. */
export function disturbance(faults: FaultBook, target: Target): Disturbance | undefined {
  const slow = draw(faults, "slow-answers", target);
  const failing = draw(faults, "failing-answers", target);
  if (!slow && !failing) return undefined;
  return {
    delayMs: slow ? (slow.seconds ?? DEFAULT_SECONDS) * 1000 : 0,
    status: failing ? (failing.status ?? DEFAULT_STATUS) : undefined,
  };
}

/** What the check sees instead of the target: the fault's status, or no connection; `undefined` is the normal case. */
export function brokenProbe(faults: FaultBook, target: Target): Probe | undefined {
  const fault = draw(faults, "health-flap", target);
  if (!fault) return undefined;
  return fault.status === undefined ? { failure: "connection" } : { status: fault.status };
}

/** What a client reads who was answered in the target's place. */
export const faultAnswer = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/plain" },
  body: "A fault of the sandbox answers here instead of the target.\n",
});

/** A target with a request that is held up is not idle: it must not be taken away while it drains. */
export function meanwhile(target: Target | undefined, milliseconds: number, then: () => void): void {
  if (milliseconds === 0) {
    then();
    return;
  }
  target?.begin();
  setTimeout(() => {
    then();
    target?.finish();
  }, milliseconds);
}
