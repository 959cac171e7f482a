import type { StackStatus } from "@aws-sdk/client-cloudformation";
import type { Tag } from "../resources/handler.ts";
import { TemplateError } from "../template/errors.ts";
import type { SsmLookup } from "../template/parameters.ts";
import { createResources, deleteResources, updateResources, versionOf } from "./deploy.ts";
import type { StackRecord } from "./model.ts";
import { Cancelled, Operation } from "./operation.ts";
import { type Prepared, prepare, type Source } from "./prepare.ts";
import type { StackStore } from "./store.ts";
import { rollbackCreate, rollbackUpdate } from "./undo.ts";

const USER = "User Initiated";

/** Where a stack ends whose operation did not: after a stop of the sandbox, or a bug. */
const BROKEN: Partial<Record<StackStatus, StackStatus>> = {
  CREATE_IN_PROGRESS: "CREATE_FAILED",
  ROLLBACK_IN_PROGRESS: "ROLLBACK_FAILED",
  DELETE_IN_PROGRESS: "DELETE_FAILED",
  UPDATE_IN_PROGRESS: "UPDATE_FAILED",
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: "UPDATE_COMPLETE",
  UPDATE_ROLLBACK_IN_PROGRESS: "UPDATE_ROLLBACK_FAILED",
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: "UPDATE_ROLLBACK_FAILED",
};

export type StackSettings = Partial<
  Pick<
    StackRecord,
    | "capabilities"
    | "changeSetId"
    | "disableRollback"
    | "notifications"
    | "onFailure"
    | "policy"
    | "retainExceptOnCreate"
    | "roleArn"
    | "terminationProtection"
    | "timeoutInMinutes"
  >
>;

/** Starts operations on stacks, one at a time per stack, and keeps track of those that run. */
export class StackEngine {
  readonly store: StackStore;
  readonly #running = new Map<string, { operation: Operation; done: Promise<void> }>();

  constructor(store: StackStore) {
    this.store = store;
  }

  readonly ssm: SsmLookup = async (names) => {
    const unique = [...new Set(names)];
    const found = new Map<string, string>();
    // GetParameters takes ten names at a time.
    for (let at = 0; at < unique.length; at += 10) {
      const { Parameters = [] } = await this.store.context.aws.ssm.getParameters({ Names: unique.slice(at, at + 10) });
      for (const { Name, Value } of Parameters) if (Name !== undefined && Value !== undefined) found.set(Name, Value);
    }
    return found;
  };

  /** A stack without resources; `REVIEW_IN_PROGRESS` until a change set fills it. */
  newStack(name: string, tags: readonly Tag[], settings: StackSettings): StackRecord {
    return {
      id: this.store.arn("stack", name),
      name,
      status: "REVIEW_IN_PROGRESS",
      created: this.store.context.clock.now(),
      template: "{}",
      parameters: [],
      tags,
      outputs: [],
      imports: [],
      resources: {},
      garbage: [],
      capabilities: [],
      notifications: [],
      disableRollback: false,
      onFailure: "ROLLBACK",
      terminationProtection: false,
      ...settings,
    };
  }

  prepare(stack: StackRecord, source: Source): Promise<Prepared> {
    return prepare(this.store, stack, source);
  }

  create(stack: StackRecord, prepared: Prepared): void {
    this.store.records.stacks.set(stack.id, { ...stack, ...sourceOf(prepared) });
    this.store.status(stack.id, "CREATE_IN_PROGRESS", USER);
    this.#start(stack.id, (operation) => createResources(operation, prepared));
  }

  update(stack: StackRecord, prepared: Prepared, settings: StackSettings): void {
    const previous = stack.previous ?? versionOf(stack);
    const updated = this.store.context.clock.now();
    this.store.change(stack.id, { disableRollback: false, ...settings, ...sourceOf(prepared), previous, updated });
    this.store.status(stack.id, "UPDATE_IN_PROGRESS", USER);
    this.#start(stack.id, (operation) => updateResources(operation, prepared));
  }

  delete(stack: StackRecord, options: { retain?: readonly string[]; force?: boolean }): void {
    if (stack.status === "REVIEW_IN_PROGRESS") {
      this.store.change(stack.id, { deleted: this.store.context.clock.now() });
      this.store.status(stack.id, "DELETE_COMPLETE");
      return;
    }
    this.store.status(stack.id, "DELETE_IN_PROGRESS", USER);
    this.#start(stack.id, (operation) => deleteResources(operation, options));
  }

  /** RollbackStack and ContinueUpdateRollback. */
  rollback(stack: StackRecord, skip: readonly string[] = []): void {
    const fresh = stack.status === "CREATE_FAILED" || stack.status === "ROLLBACK_FAILED";
    this.#start(stack.id, (operation) =>
      fresh ? rollbackCreate(operation, USER) : rollbackUpdate(operation, USER, skip),
    );
  }

  cancelUpdate(stack: StackRecord): void {
    const running = this.#running.get(stack.id);
    if (stack.status !== "UPDATE_IN_PROGRESS" || !running)
      throw new TemplateError(`CancelUpdateStack cannot be called from current stack status ${stack.status}`);
    running.operation.cancel(new Cancelled("Update cancelled by user."));
  }

  /** Throws unless a new operation may start. */
  requireIdle(stack: StackRecord, verb: "updated" | "deleted", allowed: (status: StackStatus) => boolean): void {
    if (!allowed(stack.status) || this.#running.has(stack.id))
      throw new TemplateError(`Stack:${stack.id} is in ${stack.status} state and can not be ${verb}.`);
  }

  /** Waits until nothing runs on a stack. */
  async settled(id: string): Promise<void> {
    await this.#running.get(id)?.done;
  }

  /**
   * After a restart: what was running is reported as failed, not taken up half done. A kill between the moment when a
   * service has made a resource and the one when its handler reports it leaves a resource that the stack does not
   * know; names are mostly made up, so that it cannot be found again. The reason says so.
   */
  resume(): void {
    for (const stack of this.store.all()) this.#break(stack, "The sandbox stopped while this operation was running");
  }

  async stop(): Promise<void> {
    for (const { operation } of this.#running.values()) operation.interrupt();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #start(id: string, run: (operation: Operation) => Promise<void>): void {
    const operation = new Operation(this.store, id);
    const done = run(operation)
      .catch((error: unknown) => {
        if (operation.interrupted) return;
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.store.context.log(`cloudformation: ${id}: ${text}`);
        this.#break(
          this.store.current(id),
          `Internal failure: ${error instanceof Error ? error.message : String(error)}`,
        );
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { operation, done });
  }

  #break(stack: StackRecord, reason: string): void {
    const status = BROKEN[stack.status];
    if (!status) return;
    for (const resource of Object.values(stack.resources)) {
      if (!resource.status.endsWith("_IN_PROGRESS")) continue;
      const failed = resource.status.replace("_IN_PROGRESS", "_FAILED") as typeof resource.status;
      const isUnknown = resource.status === "CREATE_IN_PROGRESS" && resource.physicalId === undefined;
      const hint = isUnknown ? ". It may exist all the same: look for it before you create it again" : "";
      this.store.resource(stack.id, { ...resource, status: failed, reason: `${reason}${hint}` });
    }
    this.store.status(stack.id, status, reason);
  }
}

const sourceOf = ({ source, template }: Prepared) => ({
  template: source.text,
  parameters: source.parameters,
  tags: source.tags,
  description: template.Description,
});
