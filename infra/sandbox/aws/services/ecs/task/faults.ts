import type { Fault } from "../../../../faults/fault.ts";
import type { FaultBook } from "../../../../faults/fault-book.ts";
import { SPOT } from "../capacity-providers.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { ownerOf } from "./network.ts";

/** Faults of compute: a start fails when it is tried, the others befall the tasks that run when they are added. */

const placeOf = (record: TaskRecord) => ({ service: "ecs", ...ownerOf(record) });

/** @throws Error when a fault of kind `start-failure` acts on this task; its message is the stopped reason. */
export function startFault(faults: FaultBook, record: TaskRecord): void {
  const fault = faults.draw("start-failure", placeOf(record));
  if (fault)
    throw new Error(`CannotStartContainerError: failed to get container status: ${fault.id} of the sandbox's faults`);
}

export interface FaultActions {
  readonly crash: (record: TaskRecord) => void;
  readonly leakMemory: (record: TaskRecord) => void;
  readonly interrupt: (record: TaskRecord) => void;
}

const isRunning = ({ task }: TaskRecord): boolean => task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING";
const isOnSpot = ({ task }: TaskRecord): boolean => task.capacityProviderName === SPOT;

/**
 * Lets faults befall running tasks. Each acts once on everything it matches and is over then: it is an event, not a state.
 * @returns how to stop.
 */
export function befallTasks(records: Records, actions: FaultActions): () => void {
  const { faults } = records.context;
  const befall = (act: (record: TaskRecord) => void, isPossible: (record: TaskRecord) => boolean) => (fault: Fault) => {
    for (const record of [...records.tasks.values()].filter(isRunning).filter(isPossible))
      if (faults.hit(fault, placeOf(record))) act(record);
    faults.clear(fault.id);
  };
  const stops = [
    faults.on(
      "task-crash",
      befall(actions.crash, () => true),
    ),
    faults.on(
      "memory-leak",
      befall(actions.leakMemory, () => true),
    ),
    faults.on("spot-reclaim", befall(actions.interrupt, isOnSpot)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
