import type { Change, OnStackFailure, ResourceStatus, StackEvent, StackStatus } from "@aws-sdk/client-cloudformation";
import type { Collection, State } from "../../../kernel.ts";
import type { Tag } from "../resources/handler.ts";
import type { StackParameter } from "../template/parameters.ts";
import type { JsonObject } from "../template/template.ts";
import type { ValueObject } from "../template/value.ts";

/** What this service remembers. All of it is plain data that survives JSON. */

export interface OutputRecord {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** What an update can return to: everything of a stack that comes from its template and parameters. */
export interface StackVersion {
  readonly template: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: readonly Tag[];
  readonly description?: string;
  readonly outputs: readonly OutputRecord[];
  /** Names of the exports that the stack imports. */
  readonly imports: readonly string[];
}

/** A resource as it really is: properties as last applied, dynamic references unresolved. */
export interface Snapshot {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: ValueObject;
  readonly attributes: ValueObject;
  readonly metadata?: JsonObject;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly dependsOn: readonly string[];
}

export interface ResourceRecord extends Omit<Snapshot, "physicalId"> {
  readonly physicalId?: string;
  readonly status: ResourceStatus;
  readonly reason?: string;
  readonly changed: Date;
  /** How a rollback of the running operation treats it. */
  readonly undo?: { readonly kind: "delete" } | { readonly kind: "restore"; readonly to: Snapshot };
}

export interface StackRecord extends StackVersion {
  readonly id: string;
  readonly name: string;
  readonly status: StackStatus;
  readonly reason?: string;
  readonly created: Date;
  readonly updated?: Date;
  readonly deleted?: Date;
  readonly capabilities: readonly string[];
  readonly notifications: readonly string[];
  readonly roleArn?: string;
  readonly timeoutInMinutes?: number;
  readonly disableRollback: boolean;
  readonly onFailure: OnStackFailure;
  readonly terminationProtection: boolean;
  readonly policy?: string;
  readonly changeSetId?: string;
  readonly resources: Readonly<Record<string, ResourceRecord>>;
  /** Present from the start of an update until it has succeeded or was rolled back. */
  readonly previous?: StackVersion;
  /** What is no longer wanted and is deleted at the end: removed resources and the old halves of replacements. */
  readonly garbage: readonly Snapshot[];
  /** Treats `Retain` of resources made by the running operation as `Delete` when it is rolled back. */
  readonly retainExceptOnCreate?: boolean;
}

export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: "CREATE" | "UPDATE";
  readonly status: "CREATE_COMPLETE" | "FAILED";
  readonly reason?: string;
  readonly execution:
    | "AVAILABLE"
    | "UNAVAILABLE"
    | "OBSOLETE"
    | "EXECUTE_IN_PROGRESS"
    | "EXECUTE_COMPLETE"
    | "EXECUTE_FAILED";
  readonly created: Date;
  readonly description?: string;
  readonly template: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notifications: readonly string[];
  readonly roleArn?: string;
  readonly onFailure?: OnStackFailure;
  readonly importExisting?: boolean;
  readonly includeNested?: boolean;
  readonly changes: readonly Change[];
  readonly token?: string;
}

/** The collections of this service's state. */
export interface Records {
  readonly stacks: Collection<StackRecord>;
  readonly events: Collection<StackEvent[]>;
  readonly changeSets: Collection<ChangeSetRecord>;
}

export const records = (state: State): Records => ({
  stacks: state.collection("stacks"),
  events: state.collection("events"),
  changeSets: state.collection("change-sets"),
});
