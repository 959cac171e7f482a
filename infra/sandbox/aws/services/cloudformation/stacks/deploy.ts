import { TemplateError } from "../template/errors.ts";
import { Evaluation } from "../template/evaluate.ts";
import { scalarText } from "../template/functions.ts";
import type { OutputRecord, StackVersion } from "./model.ts";
import { Cancelled, type Operation } from "./operation.ts";
import { evaluateOutputs, type Prepared } from "./prepare.ts";
import { removeResources } from "./remove.ts";
import { applyResource, liveValues } from "./resource.ts";
import { runInOrder } from "./scheduler.ts";
import { failed, rollbackCreate, rollbackUpdate, snapshots } from "./undo.ts";

/** Creates all resources of a stack whose status is already CREATE_IN_PROGRESS. */
export async function createResources(operation: Operation, prepared: Prepared): Promise<void> {
  const { store, id } = operation;
  const timeout = operation.stack.timeoutInMinutes;
  const problem = await withTimeout(operation, timeout, () => forward(operation, prepared, "create"));
  if (operation.interrupted) return;
  if (problem === undefined) {
    settle(operation);
    return store.status(id, "CREATE_COMPLETE");
  }
  const { onFailure, disableRollback } = operation.stack;
  if (disableRollback || onFailure === "DO_NOTHING") return store.status(id, "CREATE_FAILED", problem);
  if (onFailure !== "DELETE") return rollbackCreate(operation, problem);
  store.status(id, "DELETE_IN_PROGRESS", `${problem} Delete requested by user.`);
  await deleteResources(operation, { created: true });
}

/** Updates a stack whose status is already UPDATE_IN_PROGRESS and which holds the new template. */
export async function updateResources(operation: Operation, prepared: Prepared): Promise<void> {
  const { store, id } = operation;
  const problem = await forward(operation, prepared, "update");
  if (operation.interrupted) return;
  if (problem !== undefined) {
    if (operation.stack.disableRollback) return store.status(id, "UPDATE_FAILED", problem);
    return rollbackUpdate(operation, problem);
  }
  const unwanted = Object.values(operation.stack.resources).filter(({ logicalId }) => !prepared.graph.has(logicalId));
  const garbage = [...operation.stack.garbage, ...snapshots(unwanted)];
  for (const { logicalId } of unwanted) store.forget(id, logicalId);
  store.change(id, { garbage });
  settle(operation);
  store.status(id, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  const failures = await removeResources(operation, { snapshots: garbage, forget: false });
  if (operation.interrupted) return;
  const left = new Set(failures.map((failure) => failure.id));
  store.change(id, { garbage: garbage.filter((one) => left.has(`${one.logicalId}|${one.physicalId}`)) });
  store.status(id, "UPDATE_COMPLETE");
}

/** Deletes a stack whose status is already DELETE_IN_PROGRESS. */
export async function deleteResources(
  operation: Operation,
  options: { retain?: readonly string[]; created?: boolean; force?: boolean } = {},
): Promise<void> {
  const { store, id } = operation;
  const exported = operation.stack.outputs.map(({ exportName }) => exportName).filter((name) => name !== undefined);
  const used = exported.map((name) => inUse(operation, name)).find((who) => who !== undefined);
  if (used) return store.status(id, "DELETE_FAILED", `Delete canceled. Cannot delete export ${used}`);
  const { resources, garbage } = operation.stack;
  const attempt = (retain: readonly string[] = []) =>
    removeResources(operation, {
      snapshots: snapshots(Object.values(operation.stack.resources)),
      retain,
      created: options.created,
      forget: true,
    });
  await removeResources(operation, { snapshots: garbage, forget: false });
  let failures = await attempt(options.retain);
  if (options.force && failures.length > 0) failures = await attempt(Object.keys(resources));
  if (operation.interrupted) return;
  if (failures.length > 0) return store.status(id, "DELETE_FAILED", failed(failures, "delete"));
  store.change(id, { resources: {}, garbage: [], outputs: [], imports: [], deleted: store.context.clock.now() });
  store.status(id, "DELETE_COMPLETE");
}

/** Applies every resource and then the outputs. @returns why it failed. */
async function forward(
  operation: Operation,
  prepared: Prepared,
  verb: "create" | "update",
): Promise<string | undefined> {
  const failures = await runInOrder(
    prepared.graph,
    async (id) => {
      operation.forward.throwIfAborted();
      await applyResource(operation, prepared, id);
    },
    ({ error }) => operation.cancel(error instanceof Cancelled ? error : new Cancelled("Another resource failed")),
  );
  if (failures.length > 0 || operation.interrupted) return describeFailures(operation, failures, verb);
  try {
    finish(operation, prepared);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

/** A reason that came with the cancellation (a person's, the time limit) goes first. */
function describeFailures(operation: Operation, failures: Parameters<typeof failed>[0], verb: string): string {
  const real = failures.filter(({ error }) => !(error instanceof Cancelled));
  const { reason } = operation.forward;
  const given = real.length === 0 && reason instanceof Cancelled ? `${reason.message} ` : "";
  // A resource that never got a record (its properties could not be evaluated) has no event that says why.
  const silent = real
    .filter(({ id }) => !operation.stack.resources[id]?.status.endsWith("FAILED"))
    .map(({ error }) => ` ${error instanceof Error ? error.message : String(error)}`);
  return `${given}${failed(real.length > 0 ? real : failures, verb)}${silent.join("")}`;
}

function finish(operation: Operation, prepared: Prepared): void {
  const { store, id, stack } = operation;
  const evaluation = new Evaluation(prepared.world(liveValues(operation)));
  const outputs = evaluateOutputs(prepared.template, evaluation).map(
    ({ key, value, exportName, description }): OutputRecord => ({
      key,
      value: scalarText(value, `Outputs/${key}`),
      ...(exportName === undefined ? {} : { exportName: scalarText(exportName, `Outputs/${key}/Export/Name`) }),
      ...(description ? { description } : {}),
    }),
  );
  checkExports(operation, outputs, stack.outputs);
  store.change(id, { outputs, imports: importsOf(prepared, operation) });
}

/** What the whole template imports, found by evaluating it once more now that everything is known. */
function importsOf(prepared: Prepared, operation: Operation): string[] {
  const evaluation = new Evaluation(prepared.world(liveValues(operation)));
  for (const id of prepared.order) evaluation.evaluate(prepared.template.Resources[id]?.Properties ?? {});
  evaluateOutputs(prepared.template, evaluation);
  return [...evaluation.imports].sort();
}

function checkExports(operation: Operation, after: readonly OutputRecord[], before: readonly OutputRecord[]): void {
  const exports = operation.store.exports();
  for (const { exportName } of after) {
    const owner = exportName ? exports.get(exportName)?.stack : undefined;
    if (owner && owner.id !== operation.id)
      throw new TemplateError(`Export with name ${exportName} is already exported by stack ${owner.name}.`);
  }
  for (const { exportName, value } of before) {
    if (!exportName) continue;
    const next = after.find((output) => output.exportName === exportName);
    const who = next?.value === value ? undefined : inUse(operation, exportName);
    if (who)
      throw new TemplateError(
        `Export ${exportName} cannot be ${next ? "updated" : "deleted"} ${who.slice(exportName.length + 1)}.`,
      );
  }
}

/** `<export> as it is in use by A and B`, or undefined. */
function inUse({ store }: Operation, exportName: string): string | undefined {
  const importers = store.importers(exportName);
  return importers.length > 0 ? `${exportName} as it is in use by ${importers.join(", ")}` : undefined;
}

/** The operation succeeded: nothing has to be undone any more. */
function settle({ store, id, stack }: Operation): void {
  const resources = Object.values(stack.resources).map(
    ({ undo: _, ...resource }) => [resource.logicalId, resource] as const,
  );
  store.change(id, { resources: Object.fromEntries(resources), previous: undefined });
}

export const versionOf = ({
  template,
  parameters,
  tags,
  description,
  outputs,
  imports,
}: StackVersion): StackVersion => ({
  template,
  parameters,
  tags,
  description,
  outputs,
  imports,
});

async function withTimeout<T>(operation: Operation, minutes: number | undefined, run: () => Promise<T>): Promise<T> {
  if (minutes === undefined) return run();
  const done = new AbortController();
  const limit = operation.store.context.clock.sleep(minutes * 60, done.signal).then(
    () => operation.cancel(new Cancelled(`Stack creation time exceeded the specified timeout of ${minutes} minutes.`)),
    () => undefined,
  );
  try {
    return await run();
  } finally {
    done.abort(new Cancelled("done"));
    await limit;
  }
}
