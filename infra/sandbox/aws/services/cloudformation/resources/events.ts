import type { RuleState, Target } from "@aws-sdk/client-eventbridge";
import { attributes, handler, type Made, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /ResourceNotFound/;

interface Rule {
  readonly Name?: string;
  readonly Description?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: object | string;
  readonly ScheduleExpression?: string;
  readonly State?: RuleState;
  readonly RoleArn?: string;
  readonly Targets?: readonly Target[];
  readonly Tags?: readonly Tag[];
}

const text = (value: object | string | undefined): string | undefined =>
  typeof value === "object" ? JSON.stringify(value) : value;

/** Ref of a rule on a bus of one's own is `<bus>|<rule>`. */
const idOf = (name: string, bus: string | undefined): string =>
  bus === undefined || bus === "default" ? name : `${bus.split("/").at(-1)}|${name}`;
const nameOf = (physicalId: string): string => physicalId.split("|").at(-1) ?? "";

async function putRule(Name: string, rule: Rule, { aws }: Scope): Promise<Made> {
  const { Description, EventBusName, ScheduleExpression, State, RoleArn, Tags } = rule;
  const { RuleArn } = await aws.events.putRule({
    ...{ Name, Description, EventBusName, ScheduleExpression, State, RoleArn },
    EventPattern: text(rule.EventPattern),
    Tags: Tags ? [...Tags] : undefined,
  });
  return { physicalId: idOf(Name, EventBusName), attributes: { Arn: present(RuleArn, "RuleArn") } };
}

async function removeTargets(
  Rule: string,
  before: Rule,
  { keep, aws }: { keep: readonly Target[]; aws: Scope["aws"] },
) {
  const kept = new Set(keep.map(({ Id }) => Id));
  const Ids = (before.Targets ?? []).flatMap(({ Id }) => (Id === undefined || kept.has(Id) ? [] : [Id]));
  if (Ids.length > 0) await aws.events.removeTargets({ Rule, EventBusName: before.EventBusName, Ids });
}

async function putTargets(Rule: string, { Targets = [], EventBusName }: Rule, { aws }: Scope): Promise<void> {
  if (Targets.length > 0) await aws.events.putTargets({ Rule, EventBusName, Targets: [...Targets] });
}

const rule = handler<Rule>({
  nameProperty: "Name",
  create: async (properties, scope) => {
    const name = properties.Name ?? physicalName(scope, 64);
    const made = await putRule(name, properties, scope);
    scope.initiated(made.physicalId, made.attributes);
    await putTargets(name, properties, scope);
    return made;
  },
  update: async (properties, { physicalId, properties: before }, scope) => {
    const name = nameOf(physicalId);
    const made = await putRule(name, properties, scope);
    await removeTargets(name, before, { keep: properties.Targets ?? [], aws: scope.aws });
    await putTargets(name, properties, scope);
    const { set, remove } = tagChanges(before.Tags, properties.Tags);
    const ResourceARN = String(made.attributes?.Arn);
    if (set.length > 0) await scope.aws.events.tagResource({ ResourceARN, Tags: set });
    if (remove.length > 0) await scope.aws.events.untagResource({ ResourceARN, TagKeys: remove });
    return made;
  },
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(GONE, async () => {
      await removeTargets(nameOf(physicalId), properties, { keep: [], aws });
      await aws.events.deleteRule({ Name: nameOf(physicalId), EventBusName: properties.EventBusName });
    }),
});

interface EventBus {
  readonly Name: string;
  readonly Description?: string;
  readonly EventSourceName?: string;
  readonly Policy?: object | string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly Tags?: readonly Tag[];
}

async function setPolicy({ Name, Policy }: EventBus, { aws }: Scope): Promise<void> {
  if (Policy === undefined) await aws.events.removePermission({ EventBusName: Name, RemoveAllPermissions: true });
  else await aws.events.putPermission({ EventBusName: Name, Policy: text(Policy) });
}

const eventBus = handler<EventBus>({
  nameProperty: "Name",
  create: async (properties, scope) => {
    const { Name, Description, EventSourceName, DeadLetterConfig, Tags } = properties;
    const { EventBusArn } = await scope.aws.events.createEventBus({
      ...{ Name, Description, EventSourceName, DeadLetterConfig },
      Tags: Tags ? [...Tags] : undefined,
    });
    const made = { physicalId: Name, attributes: attributes({ Name, Arn: EventBusArn }) };
    scope.initiated(Name, made.attributes);
    if (properties.Policy !== undefined) await setPolicy(properties, scope);
    return made;
  },
  update: async (properties, existing, scope) => {
    const { Name, Description = "", DeadLetterConfig } = properties;
    await scope.aws.events.updateEventBus({ Name, Description, DeadLetterConfig });
    if (text(properties.Policy) !== text(existing.properties.Policy)) await setPolicy(properties, scope);
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    const ResourceARN = String(existing.attributes.Arn);
    if (set.length > 0) await scope.aws.events.tagResource({ ResourceARN, Tags: set });
    if (remove.length > 0) await scope.aws.events.untagResource({ ResourceARN, TagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.events.deleteEventBus({ Name: physicalId })),
});

export const eventsHandlers = { "AWS::Events::Rule": rule, "AWS::Events::EventBus": eventBus };
