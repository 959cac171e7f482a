import type { ResourceStatus, StackEvent, StackStatus } from "@aws-sdk/client-cloudformation";
import { AwsError, type ServiceContext } from "../../../kernel.ts";
import { uuid } from "../../../uuid.ts";
import { Responses } from "../responses.ts";
import { TemplateError } from "../template/errors.ts";
import { type Records, type ResourceRecord, records, type StackRecord } from "./model.ts";

/** Reads and changes the records; every change of a status writes its event. */
export class StackStore {
  readonly context: ServiceContext;
  readonly records: Records;
  readonly responses: Responses;

  constructor(context: ServiceContext) {
    this.context = context;
    this.records = records(context.state);
    this.responses = new Responses(context);
  }

  /** By name (stacks that were not deleted) or by id (all). */
  find(nameOrId: string): StackRecord | undefined {
    const byId = this.records.stacks.get(nameOrId);
    if (byId) return byId;
    return [...this.records.stacks.values()].find(
      (stack) => stack.name === nameOrId && stack.status !== "DELETE_COMPLETE",
    );
  }

  /** Throws `ValidationError` with the words that the CDK CLI looks for. */
  get(nameOrId: string | undefined): StackRecord {
    if (!nameOrId) throw new TemplateError("StackName is required");
    const stack = this.find(nameOrId);
    if (!stack) throw new TemplateError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  current(id: string): StackRecord {
    const stack = this.records.stacks.get(id);
    if (!stack) throw new AwsError("InternalFailure", `Stack ${id} is not in the state`, { status: 500 });
    return stack;
  }

  all(): StackRecord[] {
    return [...this.records.stacks.values()];
  }

  change(id: string, change: Partial<StackRecord>): StackRecord {
    const stack = { ...this.current(id), ...change };
    this.records.stacks.set(id, stack);
    return stack;
  }

  status(id: string, status: StackStatus, reason?: string): void {
    const stack = this.change(id, { status, reason });
    this.#event(stack, {
      LogicalResourceId: stack.name,
      PhysicalResourceId: stack.id,
      ResourceType: "AWS::CloudFormation::Stack",
      // Stack statuses appear as resource statuses of the stack itself; the SDK's type lists the smaller set.
      ResourceStatus: status as ResourceStatus,
      ResourceStatusReason: reason,
    });
  }

  resource(id: string, resource: ResourceRecord, event: boolean = true): void {
    const stack = this.current(id);
    this.change(id, { resources: { ...stack.resources, [resource.logicalId]: resource } });
    if (event) this.resourceEvent(id, resource);
  }

  forget(id: string, logicalId: string): void {
    const { [logicalId]: _, ...resources } = this.current(id).resources;
    this.change(id, { resources });
  }

  resourceEvent(
    id: string,
    resource: Pick<ResourceRecord, "logicalId" | "type" | "physicalId" | "status" | "reason"> & { properties?: object },
  ): void {
    this.#event(this.current(id), {
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId ?? "",
      ResourceType: resource.type,
      ResourceStatus: resource.status,
      ResourceStatusReason: resource.reason,
      ...(resource.properties ? { ResourceProperties: JSON.stringify(resource.properties) } : {}),
    });
  }

  /** Oldest first. */
  events(id: string): readonly StackEvent[] {
    return this.records.events.get(id) ?? [];
  }

  #event(stack: StackRecord, event: Omit<StackEvent, "StackId" | "EventId" | "StackName" | "Timestamp">): void {
    const events = this.records.events.get(stack.id) ?? [];
    const now = this.context.clock.now().getTime();
    // Clients sort by time: no two events of a stack may have the same one.
    const last = events.at(-1)?.Timestamp?.getTime() ?? 0;
    events.push({
      StackId: stack.id,
      EventId: this.uuid(),
      StackName: stack.name,
      Timestamp: new Date(Math.max(now, last + 1)),
      ...event,
    });
    this.records.events.set(stack.id, events);
  }

  uuid(): string {
    return uuid(this.context);
  }

  arn(kind: "stack" | "changeSet", name: string): string {
    return `arn:aws:cloudformation:${this.context.region}:${this.context.account}:${kind}/${name}/${this.uuid()}`;
  }

  /** Every export of the account and region: name → value and the stack that exports it. */
  exports(): Map<string, { value: string; stack: StackRecord }> {
    const result = new Map<string, { value: string; stack: StackRecord }>();
    for (const stack of this.all()) {
      if (stack.status === "DELETE_COMPLETE") continue;
      for (const { exportName, value } of stack.outputs) if (exportName) result.set(exportName, { value, stack });
    }
    return result;
  }

  /** Names of the stacks that import an export. */
  importers(exportName: string): string[] {
    return this.all()
      .filter((stack) => stack.status !== "DELETE_COMPLETE" && stack.imports.includes(exportName))
      .map((stack) => stack.name);
  }
}
