import type { EventBridge, EventBus, Tag } from "@aws-sdk/client-eventbridge";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import {
  busArn,
  busName,
  busOf,
  DEFAULT_BUS,
  INVALID_TOKEN,
  notFound,
  ruleArn,
  rulesOf,
  type Store,
  type StoredBus,
  type StoredRule,
  validation,
} from "./model.ts";

export const asRecord = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

const shown = (store: Store, bus: StoredBus): EventBus => ({
  Name: bus.name,
  Arn: busArn(store, bus.name),
  Description: bus.description,
  Policy: bus.policy,
  CreationTime: bus.created,
  LastModifiedTime: bus.modified,
});

interface Statement {
  readonly Sid?: string;
}

function statementsOf({ policy }: StoredBus): Statement[] {
  const document: { Statement?: Statement | Statement[] } = policy === undefined ? {} : JSON.parse(policy);
  return [document.Statement ?? []].flat();
}

/** Who else may send events; recorded, nothing is refused by it. */
function permissions(store: Store): Operations<EventBridge> {
  const write = (bus: StoredBus, statements: readonly Statement[]) => {
    bus.policy = statements.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Statement: statements });
  };
  return {
    PutPermission: ({ EventBusName, Policy, StatementId, Action, Principal, Condition }) => {
      const bus = busOf(store, EventBusName);
      if (Policy !== undefined) {
        try {
          JSON.parse(Policy);
        } catch {
          throw new AwsError("ValidationException", "Policy must be a JSON document.");
        }
        bus.policy = Policy;
        return {};
      }
      if (!StatementId || !Action || !Principal)
        throw validation("PutPermission takes Policy, or StatementId, Action and Principal.");
      const statement = {
        Sid: StatementId,
        Effect: "Allow",
        Principal: Principal === "*" ? "*" : { AWS: `arn:aws:iam::${Principal}:root` },
        Action,
        Resource: busArn(store, bus.name),
        ...(Condition ? { Condition: { [Condition.Type ?? ""]: { [Condition.Key ?? ""]: Condition.Value } } } : {}),
      };
      write(bus, [...statementsOf(bus).filter(({ Sid }) => Sid !== StatementId), statement]);
      return {};
    },
    RemovePermission: ({ EventBusName, StatementId, RemoveAllPermissions }) => {
      const bus = busOf(store, EventBusName);
      const all = statementsOf(bus);
      const left = RemoveAllPermissions ? [] : all.filter(({ Sid }) => Sid !== StatementId);
      if (!RemoveAllPermissions && left.length === all.length)
        throw notFound(`Statement with the provided id does not exist.`);
      write(bus, left);
      return {};
    },
  };
}

/** Buses and rules have tags; both are named by ARN. */
function tagging(store: Store): Operations<EventBridge> {
  const target = (arn: string | undefined): StoredBus | StoredRule => {
    const bus = [...store.buses.values()].find(({ name }) => busArn(store, name) === arn);
    const found = bus ?? [...store.rules.values()].find((rule) => ruleArn(store, rule) === arn);
    if (!found) throw notFound(`Resource ${arn} does not exist.`);
    return found;
  };
  return {
    TagResource: ({ ResourceARN, Tags }) => {
      const one = target(ResourceARN);
      one.tags = { ...one.tags, ...asRecord(Tags) };
      return {};
    },
    UntagResource: ({ ResourceARN, TagKeys = [] }) => {
      const one = target(ResourceARN);
      one.tags = Object.fromEntries(Object.entries(one.tags).filter(([key]) => !TagKeys.includes(key)));
      return {};
    },
    ListTagsForResource: ({ ResourceARN }) => ({
      Tags: Object.entries(target(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}

export function buses(store: Store): Operations<EventBridge> {
  const { clock } = store.context;
  return {
    ...permissions(store),
    ...tagging(store),
    CreateEventBus: ({ Name = "", Description, EventSourceName, DeadLetterConfig, Tags }) => {
      if (EventSourceName) throw validation("The sandbox has no partner event sources (EventSourceName).");
      if (DeadLetterConfig?.Arn) throw validation("The sandbox has no queues (DeadLetterConfig).");
      if (!/^[.\-_A-Za-z0-9]{1,256}$/.test(Name))
        throw validation(`Name must be 1 to 256 letters, digits, ., - or _, got ${JSON.stringify(Name)}.`);
      if (store.buses.has(Name))
        throw new AwsError("ResourceAlreadyExistsException", `Event bus ${Name} already exists.`);
      const now = clock.now();
      const bus = {
        name: Name,
        description: Description,
        policy: undefined,
        tags: asRecord(Tags),
        created: now,
        modified: now,
      };
      store.buses.set(Name, bus);
      return { EventBusArn: busArn(store, Name), Description };
    },
    UpdateEventBus: ({ Name, Description, DeadLetterConfig }) => {
      if (DeadLetterConfig?.Arn) throw validation("The sandbox has no queues (DeadLetterConfig).");
      const bus = busOf(store, Name);
      bus.description = Description ?? bus.description;
      bus.modified = clock.now();
      return { Arn: busArn(store, bus.name), Name: bus.name, Description: bus.description };
    },
    DescribeEventBus: ({ Name }) => shown(store, busOf(store, Name)),
    ListEventBuses: ({ NamePrefix = "", Limit = 100, NextToken }) => {
      const found = [...store.buses.values()]
        .filter(({ name }) => name.startsWith(NamePrefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = pageOf(found, { token: NextToken, limit: Limit, invalidToken: INVALID_TOKEN });
      return { EventBuses: page.items.map((bus) => shown(store, bus)), NextToken: page.nextToken };
    },
    DeleteEventBus: ({ Name }) => {
      const name = busName(Name);
      if (name === DEFAULT_BUS) throw validation("Cannot delete event bus default.");
      if (rulesOf(store, name).length > 0) throw validation(`Event bus ${name} can't be deleted since it has rules.`);
      store.buses.delete(name);
      return {};
    },
  };
}
