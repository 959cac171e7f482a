import { handlerOf } from "../resources/registry.ts";
import type { Graph } from "../template/graph.ts";
import { sameValue } from "../template/value.ts";
import type { ResourceRecord, Snapshot } from "./model.ts";
import { failureReason, type Operation } from "./operation.ts";
import { removeResources } from "./remove.ts";
import { snapshot } from "./resource.ts";
import { type Failure, runInOrder } from "./scheduler.ts";

/** Deletes what a failed creation made. Ends ROLLBACK_COMPLETE or ROLLBACK_FAILED. */
export async function rollbackCreate(operation: Operation, reason: string): Promise<void> {
  const { store, id } = operation;
  store.status(id, "ROLLBACK_IN_PROGRESS", `${reason} Rollback requested by user.`);
  const failures = await removeResources(operation, {
    snapshots: snapshots(Object.values(operation.stack.resources)),
    forget: true,
    created: operation.stack.retainExceptOnCreate,
  });
  if (operation.interrupted) return;
  if (failures.length > 0) return store.status(id, "ROLLBACK_FAILED", failed(failures, "delete"));
  store.change(id, { resources: {}, garbage: [] });
  store.status(id, "ROLLBACK_COMPLETE");
}

/** Returns every resource to what it was before the update. Ends UPDATE_ROLLBACK_COMPLETE or UPDATE_ROLLBACK_FAILED. */
export async function rollbackUpdate(
  operation: Operation,
  reason?: string,
  skip: readonly string[] = [],
): Promise<void> {
  const { store, id } = operation;
  store.status(id, "UPDATE_ROLLBACK_IN_PROGRESS", reason);
  const failures = await runInOrder(restoreGraph(operation), (logicalId) => restore(operation, logicalId, skip));
  if (operation.interrupted) return;
  if (failures.length > 0) return store.status(id, "UPDATE_ROLLBACK_FAILED", failed(failures, "update"));
  store.status(id, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  await cleanUpRollback(operation);
  if (operation.interrupted) return;
  const { previous } = operation.stack;
  store.change(id, { ...previous, previous: undefined });
  store.status(id, "UPDATE_ROLLBACK_COMPLETE");
}

export const snapshots = (resources: readonly ResourceRecord[]): Snapshot[] =>
  resources.map(snapshot).filter((one) => one !== undefined);

/** `The following resource(s) failed to create: [A, B].` */
export function failed(failures: readonly Failure[], verb: string): string {
  const ids = failures.map(({ id }) => id.split("|")[0]).sort();
  return `The following resource(s) failed to ${verb}: [${ids.join(", ")}].`;
}

/** Resources to restore; each waits for those it depended on before the update. */
function restoreGraph({ stack }: Operation): Graph {
  const restorable = Object.values(stack.resources).filter(({ undo }) => undo?.kind === "restore");
  const ids = new Set(restorable.map(({ logicalId }) => logicalId));
  return new Map(
    restorable.map(({ logicalId, undo }) => [
      logicalId,
      undo?.kind === "restore" ? undo.to.dependsOn.filter((dependency) => ids.has(dependency)) : [],
    ]),
  );
}

async function restore(operation: Operation, logicalId: string, skip: readonly string[]): Promise<void> {
  const { store, id } = operation;
  const current = operation.stack.resources[logicalId];
  if (current?.undo?.kind !== "restore") return;
  const { to } = current.undo;
  const write = (change: Pick<ResourceRecord, "status"> & Partial<ResourceRecord>, event = true) =>
    store.resource(id, { ...to, ...change, changed: store.context.clock.now() }, event);
  if (current.physicalId !== to.physicalId) {
    swapBack(operation, current, to);
    return write({ status: "UPDATE_COMPLETE" });
  }
  const untouched = sameValue({ ...current.properties }, { ...to.properties }) && !current.status.endsWith("FAILED");
  if (untouched || skip.includes(logicalId)) return write({ status: "UPDATE_COMPLETE" }, false);
  write({ status: "UPDATE_IN_PROGRESS", undo: current.undo });
  try {
    const scope = operation.scope(to, operation.back, () => undefined);
    const wanted = await operation.resolved(to.properties);
    const made = await handlerOf(to.type)?.update?.(
      wanted,
      await operation.existing({ ...to, ...current, physicalId: to.physicalId }),
      scope,
    );
    write({ status: "UPDATE_COMPLETE", attributes: made?.attributes ?? to.attributes });
  } catch (error) {
    if (!operation.interrupted) write({ ...current, status: "UPDATE_FAILED", reason: failureReason(error, false) });
    throw error;
  }
}

/** The old half of a replacement still exists: it takes its place again and the new half becomes garbage. */
function swapBack({ store, id, stack }: Operation, current: ResourceRecord, to: Snapshot): void {
  const made = snapshot(current);
  const others = stack.garbage.filter((one) => !(one.logicalId === to.logicalId && one.physicalId === to.physicalId));
  store.change(id, { garbage: made ? [...others, { ...made, deletionPolicy: undefined }] : others });
}

/** Deletes what the failed update created. A failure here leaves a resource behind but not a broken stack, as in AWS. */
async function cleanUpRollback(operation: Operation): Promise<void> {
  const { store, id } = operation;
  const created = Object.values(operation.stack.resources).filter(({ undo }) => undo?.kind === "delete");
  const doomed = [...snapshots(created), ...operation.stack.garbage];
  const failures = await removeResources(operation, {
    snapshots: doomed,
    forget: false,
    created: operation.stack.retainExceptOnCreate,
  });
  if (operation.interrupted) return;
  const left = new Set(failures.map((failure) => failure.id));
  for (const { logicalId } of created) store.forget(id, logicalId);
  store.change(id, { garbage: doomed.filter((one) => left.has(`${one.logicalId}|${one.physicalId}`)) });
}
