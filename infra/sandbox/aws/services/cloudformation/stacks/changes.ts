import type { ResourceChange, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import { handlerOf } from "../resources/registry.ts";
import { schemaOf } from "../schema/schema.ts";
import { isValueObject, sameValue, Unknown, type Value, type ValueObject } from "../template/value.ts";
import type { ResourceRecord } from "./model.ts";

/** One leaf that differs. `path` is a JSON pointer below the resource, e.g. `/Properties/ContainerDefinitions/0/Image`. */
export interface Difference {
  readonly attribute: "Properties" | "Metadata" | "Tags" | "DeletionPolicy" | "UpdateReplacePolicy";
  /** Top-level property. */
  readonly name: string;
  readonly path: string;
  readonly before?: Value;
  readonly after?: Value;
  readonly recreation: "Never" | "Always" | "Conditionally";
}

export interface Wanted {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: ValueObject;
  readonly metadata?: object;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
}

export interface Decision {
  readonly action: "create" | "keep" | "record" | "update" | "replace";
  readonly differences: readonly Difference[];
}

/** What has to happen to a resource so that it becomes what the template wants. */
export function decide(
  wanted: Wanted,
  existing: Pick<ResourceRecord, "properties" | "metadata" | "deletionPolicy" | "updateReplacePolicy"> | undefined,
): Decision {
  if (!existing) return { action: "create", differences: [] };
  const properties = propertyDifferences(wanted, existing.properties);
  const others = otherDifferences(wanted, existing);
  const differences = [...properties, ...others];
  if (differences.length === 0) return { action: "keep", differences };
  if (properties.length === 0) return { action: "record", differences };
  const handler = handlerOf(wanted.type);
  const replace = properties.some(({ recreation }) => recreation === "Always") || handler?.update === undefined;
  return { action: replace ? "replace" : "update", differences };
}

function propertyDifferences(wanted: Wanted, before: ValueObject): Difference[] {
  const schema = schemaOf(wanted.type);
  const tagsName = schema?.tags?.[0];
  const names = [...new Set([...Object.keys(before), ...Object.keys(wanted.properties)])].sort();
  return names.flatMap((name) => {
    const replaces = schema?.properties[name]?.replaces;
    const recreation = replaces === "yes" ? "Always" : replaces === "maybe" ? "Conditionally" : "Never";
    const attribute = name === tagsName ? "Tags" : "Properties";
    return leaves(`/Properties/${name}`, before[name], wanted.properties[name]).map(
      (leaf): Difference => ({ ...leaf, attribute, name, recreation }),
    );
  });
}

type Leaf = Pick<Difference, "path" | "before" | "after">;

function leaves(path: string, before: Value | undefined, after: Value | undefined): Leaf[] {
  if (sameValue(before, after)) return [];
  if (isValueObject(before) && isValueObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => leaves(`${path}/${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return after.flatMap((item, index) => leaves(`${path}/${index}`, before[index], item));
  return [{ path, before, after }];
}

function otherDifferences(
  wanted: Wanted,
  existing: Pick<ResourceRecord, "metadata" | "deletionPolicy" | "updateReplacePolicy">,
): Difference[] {
  const pairs = [
    ["Metadata", existing.metadata ?? {}, wanted.metadata ?? {}],
    ["DeletionPolicy", existing.deletionPolicy ?? "Delete", wanted.deletionPolicy ?? "Delete"],
    ["UpdateReplacePolicy", existing.updateReplacePolicy ?? "Delete", wanted.updateReplacePolicy ?? "Delete"],
  ] as const;
  return pairs.flatMap(([attribute, before, after]) =>
    leaves(`/${attribute}`, before as Value, after as Value).map(
      (leaf): Difference => ({ ...leaf, attribute, name: attribute, recreation: "Never" }),
    ),
  );
}

/** Why a property differs: a reference whose target changes, or the template itself. */
export interface Cause {
  readonly source: "ResourceReference" | "ResourceAttribute" | "ParameterReference" | "DirectModification";
  readonly entity?: string;
}

/** The change of one resource as DescribeChangeSet shows it. `causes` by top-level property. */
export function resourceChange(options: {
  wanted: Wanted;
  existing: ResourceRecord | undefined;
  decision: Decision;
  causes: (name: string) => readonly Cause[];
}): ResourceChange {
  const { wanted, existing, decision } = options;
  const base = { LogicalResourceId: wanted.logicalId, ResourceType: wanted.type };
  const AfterContext = context(wanted);
  if (!existing) return { ...base, Action: "Add", Scope: [], Details: [], AfterContext };
  return {
    ...base,
    Action: "Modify",
    PhysicalResourceId: existing.physicalId,
    Replacement: replacement(decision),
    Scope: [...new Set(decision.differences.map(({ attribute }) => attribute))],
    Details: decision.differences.flatMap((difference) =>
      (difference.attribute === "Properties"
        ? options.causes(difference.name)
        : [{ source: "DirectModification" } as const]
      ).map((cause) => detail(difference, cause)),
    ),
    BeforeContext: context(existing),
    AfterContext,
  };
}

/** The change of a resource that the template no longer has. */
export function removal(existing: ResourceRecord): ResourceChange {
  const retained = existing.deletionPolicy === "Retain" || existing.deletionPolicy === "RetainExceptOnCreate";
  return {
    PolicyAction: retained ? "Retain" : "Delete",
    Action: "Remove",
    LogicalResourceId: existing.logicalId,
    PhysicalResourceId: existing.physicalId,
    ResourceType: existing.type,
    Scope: [],
    Details: [],
    BeforeContext: context(existing),
  };
}

function replacement({ action, differences }: Decision): "True" | "False" | "Conditional" {
  if (action === "replace") return differences.some(certain) ? "True" : "Conditional";
  return differences.some(({ recreation }) => recreation === "Conditionally") ? "Conditional" : "False";
}

/** A property that replaces only counts as certain when its new value is known to differ. */
const certain = ({ recreation, after }: Difference): boolean => recreation !== "Always" || !(after instanceof Unknown);

function detail(difference: Difference, cause: Cause): ResourceChangeDetail {
  const { before, after } = difference;
  return {
    Target: {
      Attribute: difference.attribute,
      ...(difference.attribute === "Properties" || difference.attribute === "Tags" ? { Name: difference.name } : {}),
      RequiresRecreation: difference.recreation,
      Path: difference.path,
      ...(before === undefined ? {} : { BeforeValue: text(before) }),
      ...(after === undefined ? {} : { AfterValue: text(after) }),
      AttributeChangeType: before === undefined ? "Add" : after === undefined ? "Remove" : "Modify",
    },
    Evaluation: after instanceof Unknown ? "Dynamic" : "Static",
    ChangeSource: cause.source,
    ...(cause.entity ? { CausingEntity: cause.entity } : {}),
  };
}

const text = (value: Value): string =>
  (typeof value === "string" ? value : JSON.stringify(value)).replace(/^"(\{\{.*\}\})"$/, "$1");

function context(resource: Pick<Wanted, "properties" | "metadata">): string {
  const { properties, metadata } = resource;
  return JSON.stringify({ Properties: properties, ...(metadata ? { Metadata: metadata } : {}) });
}
