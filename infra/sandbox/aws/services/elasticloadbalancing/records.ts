import type {
  Action,
  AvailabilityZone,
  IpAddressType,
  LoadBalancerSchemeEnum,
  RuleCondition,
  RuleTransform,
  Tag,
  TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Collection, ServiceContext } from "../../kernel.ts";
import { notFound } from "./errors.ts";

export type Attributes = Record<string, string>;

export interface LoadBalancerRecord {
  readonly arn: string;
  readonly name: string;
  readonly scheme: LoadBalancerSchemeEnum;
  readonly vpcId: string | undefined;
  readonly createdAt: Date;
  zones: AvailabilityZone[];
  securityGroups: string[];
  ipAddressType: IpAddressType;
  attributes: Attributes;
}

export interface ListenerRecord {
  readonly arn: string;
  readonly loadBalancerArn: string;
  /** As asked for. */
  declaredPort: number;
  /** The port of 127.0.0.1 that it really has; the declared one whenever that can be had. */
  port: number;
  attributes: Attributes;
}

export interface RuleRecord {
  readonly arn: string;
  readonly listenerArn: string;
  /** `default` for the listener's default rule, which is last. */
  priority: number | "default";
  conditions: RuleCondition[];
  actions: Action[];
  transforms: RuleTransform[];
}

export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  /** As describe calls show it, without the load balancers that use it. */
  shown: TargetGroup;
  attributes: Attributes;
  /** Registered addresses; those that drain are no longer among them. */
  targets: { readonly id: string; readonly port: number }[];
}

/** Everything this service remembers, by ARN, in order of creation. */
export interface Records {
  readonly loadBalancers: Collection<LoadBalancerRecord>;
  readonly listeners: Collection<ListenerRecord>;
  readonly rules: Collection<RuleRecord>;
  readonly targetGroups: Collection<TargetGroupRecord>;
  readonly tags: Collection<Tag[]>;
}

export const openRecords = ({ state }: ServiceContext): Records => ({
  loadBalancers: state.collection("loadBalancers"),
  listeners: state.collection("listeners"),
  rules: state.collection("rules"),
  targetGroups: state.collection("targetGroups"),
  tags: state.collection("tags"),
});

/** The end of an ARN as CloudWatch dimensions have it: `app/<name>/<id>`, `targetgroup/<name>/<id>`. */
export const fullName = (arn: string): string =>
  arn
    .split(":")
    .slice(5)
    .join(":")
    .replace(/^loadbalancer\//, "");

export function loadBalancerOf(records: Records, arn: string | undefined): LoadBalancerRecord {
  const found = records.loadBalancers.get(arn ?? "");
  if (!found) throw notFound.loadBalancer(arn ?? "");
  return found;
}

export function listenerOf(records: Records, arn: string | undefined): ListenerRecord {
  const found = records.listeners.get(arn ?? "");
  if (!found) throw notFound.listener();
  return found;
}

export function ruleOf(records: Records, arn: string | undefined): RuleRecord {
  const found = records.rules.get(arn ?? "");
  if (!found) throw notFound.rule();
  return found;
}

export function targetGroupOf(records: Records, arn: string | undefined): TargetGroupRecord {
  const found = records.targetGroups.get(arn ?? "");
  if (!found) throw notFound.targetGroup();
  return found;
}

export const listenersOf = (records: Records, loadBalancerArn: string): ListenerRecord[] =>
  [...records.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);

/** In the order in which requests meet them: by priority, the default rule last. */
export const rulesOf = (records: Records, listenerArn: string): RuleRecord[] =>
  [...records.rules.values()].filter((rule) => rule.listenerArn === listenerArn).sort(byPriority);

export function defaultRuleOf(records: Records, listenerArn: string): RuleRecord {
  const found = rulesOf(records, listenerArn).at(-1);
  if (!found) throw notFound.rule();
  return found;
}

const rank = ({ priority }: RuleRecord): number => (priority === "default" ? Number.POSITIVE_INFINITY : priority);
const byPriority = (a: RuleRecord, b: RuleRecord): number => (rank(a) === rank(b) ? 0 : rank(a) - rank(b));
