import type { PutTargetsRequest, RuleState, Target } from "@aws-sdk/client-eventbridge";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";

export interface StoredBus {
  readonly name: string;
  description: string | undefined;
  policy: string | undefined;
  tags: Record<string, string>;
  readonly created: Date;
  modified: Date;
}

export interface StoredRule {
  readonly bus: string;
  readonly name: string;
  pattern: string | undefined;
  schedule: string | undefined;
  /** From when a rate counts. */
  since: Date;
  state: RuleState;
  description: string | undefined;
  roleArn: string | undefined;
  targets: Target[];
  tags: Record<string, string>;
}

/** An event as rules see it and targets get it. */
export interface Event {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Store {
  readonly buses: Collection<StoredBus>;
  /** By `bus/rule`. */
  readonly rules: Collection<StoredRule>;
  readonly context: ServiceContext;
}

export const DEFAULT_BUS = "default";

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);
export const notFound = (message: string): AwsError => new AwsError("ResourceNotFoundException", message);

export function storeOf(context: ServiceContext): Store {
  const buses = context.state.collection<StoredBus>("buses");
  const now = context.clock.now();
  if (!buses.has(DEFAULT_BUS))
    buses.set(DEFAULT_BUS, {
      name: DEFAULT_BUS,
      description: undefined,
      policy: undefined,
      tags: {},
      created: now,
      modified: now,
    });
  return { buses, rules: context.state.collection("rules"), context };
}

export const busArn = ({ context: { region, account } }: Store, name: string): string =>
  `arn:aws:events:${region}:${account}:event-bus/${name}`;

export const ruleArn = ({ context: { region, account } }: Store, { bus, name }: StoredRule): string =>
  `arn:aws:events:${region}:${account}:rule/${bus === DEFAULT_BUS ? "" : `${bus}/`}${name}`;

/** Name of a bus given by name or ARN. */
export const busName = (given: string | undefined): string =>
  (given ?? DEFAULT_BUS).replace(/^arn:aws[a-z-]*:events:[^:]*:\d{12}:event-bus\//, "");

export function busOf({ buses }: Store, given: string | undefined): StoredBus {
  const name = busName(given);
  const bus = buses.get(name);
  if (!bus) throw notFound(`Event bus ${name} does not exist.`);
  return bus;
}

export const ruleKey = (bus: string, name: string): string => `${bus}/${name}`;

export function ruleOf(
  store: Store,
  { Rule, EventBusName }: Pick<PutTargetsRequest, "EventBusName"> & { Rule?: string },
): StoredRule {
  const { name: bus } = busOf(store, EventBusName);
  const rule = store.rules.get(ruleKey(bus, Rule ?? ""));
  if (!rule) throw notFound(`Rule ${Rule} does not exist on EventBus ${bus}.`);
  return rule;
}

export const rulesOf = ({ rules }: Store, bus: string): StoredRule[] =>
  [...rules.values()].filter((rule) => rule.bus === bus).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Of all pages of this service's lists. */
export const INVALID_TOKEN = "ValidationException";
