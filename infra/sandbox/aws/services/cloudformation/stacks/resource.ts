import type { AnyHandler, Made } from "../resources/handler.ts";
import { handlerOf } from "../resources/registry.ts";
import { TemplateError } from "../template/errors.ts";
import { Evaluation, type World } from "../template/evaluate.ts";
import { type Decision, decide, type Wanted } from "./changes.ts";
import type { ResourceRecord, Snapshot } from "./model.ts";
import { failureReason, type Operation } from "./operation.ts";
import type { Prepared } from "./prepare.ts";
import { wantedResource } from "./wanted.ts";

/** What exists, for Ref and Fn::GetAtt while an operation runs: dependencies were applied before their dependants. */
export const liveValues =
  (operation: Operation): World["live"] =>
  (id, attribute) => {
    const resource = operation.stack.resources[id];
    if (attribute === undefined) return resource?.physicalId;
    return resource?.attributes[attribute];
  };

/** Brings one resource to what the template wants now, writes its events, and remembers how to undo it. */
export async function applyResource(operation: Operation, prepared: Prepared, id: string): Promise<void> {
  const evaluation = new Evaluation(prepared.world(liveValues(operation)));
  const { template, identity, source } = prepared;
  const { value: wanted, problems } = wantedResource({ template, id, evaluation, tags: source.tags, identity });
  if (problems.length > 0) throw new TemplateError(problems.join("; "));
  const existing = operation.stack.resources[id];
  const decision = decide(wanted, existing?.physicalId === undefined ? undefined : existing);
  const dependsOn = prepared.graph.get(id) ?? [];
  const step = new Step(operation, wanted, dependsOn);
  await step.run(decision, existing);
}

export const snapshot = (record: ResourceRecord): Snapshot | undefined => {
  const { physicalId, status: _status, reason: _reason, changed: _changed, undo: _undo, ...rest } = record;
  return physicalId === undefined ? undefined : { ...rest, physicalId };
};

type Undo = NonNullable<ResourceRecord["undo"]>;

class Step {
  readonly #operation: Operation;
  readonly #wanted: Wanted;
  readonly #dependsOn: readonly string[];
  readonly #handler: AnyHandler;

  constructor(operation: Operation, wanted: Wanted, dependsOn: readonly string[]) {
    this.#operation = operation;
    this.#wanted = wanted;
    this.#dependsOn = dependsOn;
    const handler = handlerOf(wanted.type);
    if (!handler) throw new TemplateError(`${wanted.type} is not implemented by this sandbox`);
    this.#handler = handler;
  }

  async run(decision: Decision, existing: ResourceRecord | undefined): Promise<void> {
    const before = existing ? snapshot(existing) : undefined;
    if (!before) return this.#create();
    // A rollback goes to the last good state, also when an earlier update failed and was not rolled back.
    const undo: Undo = existing?.undo ?? { kind: "restore", to: before };
    if (decision.action === "keep" || decision.action === "record") return this.#keep(before, undo);
    if (decision.action === "replace") return this.#replace(before, undo);
    return this.#update(before, undo);
  }

  /** Only what the template says about the resource changed, not the resource. */
  #keep(before: Snapshot, undo: Undo): void {
    const { store, id } = this.#operation;
    const record = store.current(id).resources[before.logicalId];
    if (!record) return;
    const { metadata, deletionPolicy, updateReplacePolicy } = this.#wanted;
    store.resource(
      id,
      {
        ...record,
        metadata: metadata as ResourceRecord["metadata"],
        deletionPolicy,
        updateReplacePolicy,
        dependsOn: this.#dependsOn,
        undo,
      },
      false,
    );
  }

  async #create(): Promise<void> {
    this.#record({ status: "CREATE_IN_PROGRESS", undo: { kind: "delete" } });
    await this.#guarded("CREATE_FAILED", async () => {
      const made = await this.#make("CREATE_IN_PROGRESS", { kind: "delete" });
      this.#record({ ...made, status: "CREATE_COMPLETE", undo: { kind: "delete" } });
    });
  }

  async #replace(before: Snapshot, undo: Undo): Promise<void> {
    const reason = "Requested update requires the creation of a new physical resource; hence creating one.";
    this.#record({ ...before, ...this.#recorded(), status: "UPDATE_IN_PROGRESS", reason, undo });
    await this.#guarded("UPDATE_FAILED", async () => {
      this.#refuseSameName(before);
      const made = await this.#make("UPDATE_IN_PROGRESS", undo);
      this.#record({ ...made, status: "UPDATE_COMPLETE", undo });
      const { store, id } = this.#operation;
      // The old one goes at the end, when nothing refers to it any more; its own policy decides whether it goes.
      store.change(id, {
        garbage: [...store.current(id).garbage, { ...before, deletionPolicy: this.#wanted.updateReplacePolicy }],
      });
    });
  }

  async #update(before: Snapshot, undo: Undo): Promise<void> {
    const { physicalId, attributes } = before;
    this.#record({ physicalId, attributes, status: "UPDATE_IN_PROGRESS", undo });
    await this.#guarded("UPDATE_FAILED", async () => {
      const operation = this.#operation;
      const scope = operation.scope(this.#wanted, operation.forward, () => undefined);
      const properties = await operation.resolved(this.#wanted.properties);
      const made = await this.#handler.update?.(properties, await operation.existing(before), scope);
      this.#record({
        physicalId: made?.physicalId ?? physicalId,
        attributes: made?.attributes ?? attributes,
        status: "UPDATE_COMPLETE",
        undo,
      });
    });
  }

  async #make(status: "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS", undo: Undo): Promise<Made> {
    const operation = this.#operation;
    const initiated = (physicalId: string, attributes = {}) =>
      this.#record({ physicalId, attributes, status, reason: "Resource creation Initiated", undo });
    const properties = await operation.resolved(this.#wanted.properties);
    return this.#handler.create(properties, operation.scope(this.#wanted, operation.forward, initiated));
  }

  #refuseSameName(before: Snapshot): void {
    const name = this.#handler.nameProperty;
    const given = name === undefined ? undefined : this.#wanted.properties[name];
    if (given !== undefined && name !== undefined && before.properties[name] === given)
      throw new Error(
        `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(given)} and update the stack again.`,
      );
  }

  async #guarded(status: "CREATE_FAILED" | "UPDATE_FAILED", run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const { store, id, interrupted } = this.#operation;
      const record = store.current(id).resources[this.#wanted.logicalId];
      // An interrupted operation leaves the state as it is; the next start reports it.
      if (record && !interrupted)
        store.resource(id, {
          ...record,
          status,
          reason: failureReason(error, status === "CREATE_FAILED"),
          changed: this.#now(),
        });
      throw error;
    }
  }

  #recorded() {
    const { logicalId, type, properties, metadata, deletionPolicy, updateReplacePolicy } = this.#wanted;
    return {
      logicalId,
      type,
      properties,
      metadata: metadata as ResourceRecord["metadata"],
      deletionPolicy,
      updateReplacePolicy,
      dependsOn: this.#dependsOn,
    };
  }

  #record(change: Pick<ResourceRecord, "status"> & Partial<ResourceRecord>): void {
    const { store, id } = this.#operation;
    store.resource(id, { attributes: {}, ...this.#recorded(), ...change, changed: this.#now() });
  }

  #now(): Date {
    return this.#operation.store.context.clock.now();
  }
}
