import { handlerOf } from "../resources/registry.ts";
import { type Graph, reversed } from "../template/graph.ts";
import type { Snapshot } from "./model.ts";
import { failureReason, type Operation } from "./operation.ts";
import { type Failure, runInOrder } from "./scheduler.ts";

const keyOf = ({ logicalId, physicalId }: Snapshot): string => `${logicalId}|${physicalId}`;

/** Who has to be deleted before whom: dependants first. */
function deletionGraph(snapshots: readonly Snapshot[]): Graph {
  const dependencies = new Map(
    snapshots.map((one) => [
      keyOf(one),
      snapshots.filter((other) => other !== one && one.dependsOn.includes(other.logicalId)).map(keyOf),
    ]),
  );
  return reversed(dependencies);
}

export interface Removal {
  readonly snapshots: readonly Snapshot[];
  /** Logical ids to leave alone. */
  readonly retain?: readonly string[];
  /** True when the stack itself forgets the resource as soon as it is gone (not for the old half of a replacement). */
  readonly forget: boolean;
  /** Treat `Retain` as `Delete`: resources that the running operation itself created. */
  readonly created?: boolean;
}

/** Deletes resources, dependants first, in parallel. What cannot be deleted is returned; what depends on it stays. */
export async function removeResources(operation: Operation, removal: Removal): Promise<Failure[]> {
  const byKey = new Map(removal.snapshots.map((one) => [keyOf(one), one]));
  return runInOrder(deletionGraph(removal.snapshots), async (key) => {
    const one = byKey.get(key);
    if (!one) return;
    if (kept(one, removal)) skip(operation, one);
    else await remove(operation, one, removal.forget);
    if (removal.forget) operation.store.forget(operation.id, one.logicalId);
  });
}

function kept({ logicalId, deletionPolicy }: Snapshot, { retain = [], created }: Removal): boolean {
  if (retain.includes(logicalId)) return true;
  if (deletionPolicy === "RetainExceptOnCreate") return created !== true;
  return deletionPolicy === "Retain" && created !== true;
}

function skip({ store, id }: Operation, one: Snapshot): void {
  store.resourceEvent(id, {
    logicalId: one.logicalId,
    type: one.type,
    physicalId: one.physicalId,
    status: "DELETE_SKIPPED",
  });
}

async function remove(operation: Operation, one: Snapshot, recorded: boolean): Promise<void> {
  const { store, id } = operation;
  const note = (status: "DELETE_IN_PROGRESS" | "DELETE_FAILED" | "DELETE_COMPLETE", reason?: string) => {
    const record = store.current(id).resources[one.logicalId];
    const changed = store.context.clock.now();
    if (recorded && record) store.resource(id, { ...record, status, reason, changed });
    else
      store.resourceEvent(id, { logicalId: one.logicalId, type: one.type, physicalId: one.physicalId, status, reason });
  };
  note("DELETE_IN_PROGRESS");
  try {
    const scope = operation.scope(one, operation.back, () => undefined);
    await handlerOf(one.type)?.delete?.(await existingOrText(operation, one), scope);
    note("DELETE_COMPLETE");
  } catch (error) {
    if (!operation.interrupted) note("DELETE_FAILED", failureReason(error, false));
    throw error;
  }
}

/** The parameter or secret behind a dynamic reference may be gone by now; deleting does not need it. */
async function existingOrText(operation: Operation, one: Snapshot) {
  try {
    return await operation.existing(one);
  } catch {
    return { physicalId: one.physicalId, attributes: one.attributes, properties: one.properties };
  }
}
