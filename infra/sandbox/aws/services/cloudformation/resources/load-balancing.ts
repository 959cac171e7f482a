import type {
  Action,
  Certificate,
  CreateListenerInput,
  CreateLoadBalancerInput,
  CreateTargetGroupInput,
  ListenerAttribute,
  LoadBalancerAttribute,
  RuleCondition,
  TargetDescription,
  TargetGroupAttribute,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { attributes, type Between, handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /NotFound/;
/** ELB limits names to 32 characters. */
const NAME_LENGTH = 32;

interface Tagged {
  readonly Tags?: readonly Tag[];
}

async function retag(arn: string, { before, after }: Between<Tagged>, { aws }: Scope): Promise<void> {
  const { set, remove } = tagChanges(before.Tags, after.Tags);
  if (set.length > 0) await aws.elasticloadbalancing.addTags({ ResourceArns: [arn], Tags: set });
  if (remove.length > 0) await aws.elasticloadbalancing.removeTags({ ResourceArns: [arn], TagKeys: remove });
}

/** `arn:…:loadbalancer/app/name/id` → `app/name/id`; a target group keeps its `targetgroup/`, as CloudWatch shows it. */
const fullName = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");

type LoadBalancer = Tagged &
  Omit<CreateLoadBalancerInput, "Name" | "Tags"> & {
    readonly Name?: string;
    readonly LoadBalancerAttributes?: LoadBalancerAttribute[];
  };

const loadBalancer = handler<LoadBalancer>({
  nameProperty: "Name",
  create: async ({ LoadBalancerAttributes, Tags, ...properties }, scope) => {
    const answer = await scope.aws.elasticloadbalancing.createLoadBalancer({
      ...properties,
      Name: properties.Name ?? physicalName(scope, NAME_LENGTH),
      Tags: Tags ? [...Tags] : undefined,
    });
    const made = present(answer.LoadBalancers?.[0], "LoadBalancers");
    const arn = present(made.LoadBalancerArn, "LoadBalancerArn");
    const result = {
      physicalId: arn,
      attributes: attributes({
        LoadBalancerArn: arn,
        DNSName: made.DNSName,
        CanonicalHostedZoneID: made.CanonicalHostedZoneId ?? "",
        LoadBalancerName: made.LoadBalancerName,
        LoadBalancerFullName: fullName(arn),
        SecurityGroups: made.SecurityGroups ?? [],
      }),
    };
    scope.initiated(arn, result.attributes);
    if (LoadBalancerAttributes?.length)
      await scope.aws.elasticloadbalancing.modifyLoadBalancerAttributes({
        LoadBalancerArn: arn,
        Attributes: LoadBalancerAttributes,
      });
    return result;
  },
  update: async (properties, existing, scope) => {
    const api = scope.aws.elasticloadbalancing;
    const LoadBalancerArn = existing.physicalId;
    const before = existing.properties;
    const changed = (key: "SecurityGroups" | "Subnets" | "LoadBalancerAttributes") =>
      JSON.stringify(properties[key]) !== JSON.stringify(before[key]);
    if (changed("SecurityGroups") && properties.SecurityGroups)
      await api.setSecurityGroups({ LoadBalancerArn, SecurityGroups: properties.SecurityGroups });
    if (changed("Subnets") && properties.Subnets)
      await api.setSubnets({ LoadBalancerArn, Subnets: properties.Subnets });
    if (changed("LoadBalancerAttributes") && properties.LoadBalancerAttributes)
      await api.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: properties.LoadBalancerAttributes });
    await retag(LoadBalancerArn, { before, after: properties }, scope);
    const SecurityGroups = properties.SecurityGroups ?? [];
    return { physicalId: LoadBalancerArn, attributes: { ...existing.attributes, SecurityGroups } };
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.elasticloadbalancing.deleteLoadBalancer({ LoadBalancerArn: physicalId })),
});

type TargetGroup = Tagged &
  Omit<CreateTargetGroupInput, "Name" | "Tags"> & {
    readonly Name?: string;
    readonly TargetGroupAttributes?: TargetGroupAttribute[];
    readonly Targets?: TargetDescription[];
  };

const targetGroup = handler<TargetGroup>({
  nameProperty: "Name",
  create: async ({ TargetGroupAttributes, Targets, Tags, ...properties }, scope) => {
    const api = scope.aws.elasticloadbalancing;
    const answer = await api.createTargetGroup({
      ...properties,
      Name: properties.Name ?? physicalName(scope, NAME_LENGTH),
      Tags: Tags ? [...Tags] : undefined,
    });
    const made = present(answer.TargetGroups?.[0], "TargetGroups");
    const arn = present(made.TargetGroupArn, "TargetGroupArn");
    scope.initiated(arn);
    if (TargetGroupAttributes?.length)
      await api.modifyTargetGroupAttributes({ TargetGroupArn: arn, Attributes: TargetGroupAttributes });
    if (Targets?.length) await api.registerTargets({ TargetGroupArn: arn, Targets });
    return {
      physicalId: arn,
      attributes: attributes({
        TargetGroupArn: arn,
        TargetGroupFullName: fullName(arn),
        TargetGroupName: made.TargetGroupName,
        LoadBalancerArns: made.LoadBalancerArns ?? [],
      }),
    };
  },
  update: async ({ TargetGroupAttributes, Targets = [], ...properties }, existing, scope) => {
    const api = scope.aws.elasticloadbalancing;
    const TargetGroupArn = existing.physicalId;
    const { Matcher, UnhealthyThresholdCount, HealthyThresholdCount } = properties;
    await api.modifyTargetGroup({
      TargetGroupArn,
      HealthCheckEnabled: properties.HealthCheckEnabled,
      HealthCheckIntervalSeconds: properties.HealthCheckIntervalSeconds,
      HealthCheckPath: properties.HealthCheckPath,
      HealthCheckPort: properties.HealthCheckPort,
      HealthCheckProtocol: properties.HealthCheckProtocol,
      HealthCheckTimeoutSeconds: properties.HealthCheckTimeoutSeconds,
      HealthyThresholdCount,
      UnhealthyThresholdCount,
      Matcher,
    });
    if (TargetGroupAttributes?.length)
      await api.modifyTargetGroupAttributes({ TargetGroupArn, Attributes: TargetGroupAttributes });
    const before = existing.properties.Targets ?? [];
    const without = (from: TargetDescription[], others: TargetDescription[]) =>
      from.filter((one) => !others.some((other) => other.Id === one.Id && other.Port === one.Port));
    const added = without(Targets, before);
    const removed = without(before, Targets);
    if (added.length > 0) await api.registerTargets({ TargetGroupArn, Targets: added });
    if (removed.length > 0) await api.deregisterTargets({ TargetGroupArn, Targets: removed });
    await retag(TargetGroupArn, { before: existing.properties, after: properties }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.elasticloadbalancing.deleteTargetGroup({ TargetGroupArn: physicalId })),
});

type Listener = Tagged & Omit<CreateListenerInput, "Tags"> & { readonly ListenerAttributes?: ListenerAttribute[] };

const listener = handler<Listener>({
  create: async ({ ListenerAttributes: _, Tags, DefaultActions, Certificates, ...properties }, scope) => {
    const answer = await scope.aws.elasticloadbalancing.createListener({
      ...properties,
      Certificates: Certificates as Certificate[] | undefined,
      DefaultActions: sdkActions(DefaultActions),
      Tags: Tags ? [...Tags] : undefined,
    });
    const arn = present(answer.Listeners?.[0]?.ListenerArn, "ListenerArn");
    return { physicalId: arn, attributes: { ListenerArn: arn } };
  },
  update: async (properties, existing, scope) => {
    const { Port, Protocol, SslPolicy, Certificates, DefaultActions } = properties;
    await scope.aws.elasticloadbalancing.modifyListener({
      ListenerArn: existing.physicalId,
      Port,
      Protocol,
      SslPolicy,
      Certificates,
      DefaultActions: sdkActions(DefaultActions),
    });
    await retag(existing.physicalId, { before: existing.properties, after: properties }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.elasticloadbalancing.deleteListener({ ListenerArn: physicalId })),
});

interface ListenerRule extends Tagged {
  readonly ListenerArn: string;
  readonly Priority: number;
  readonly Conditions: readonly RuleCondition[];
  readonly Actions: readonly Action[];
}

const sdkActions = (actions: readonly Action[] | undefined): Action[] =>
  (actions ?? []).map((action) => ({ ...action }));

const listenerRule = handler<ListenerRule>({
  create: async ({ ListenerArn, Priority, Conditions, Actions, Tags }, { aws }) => {
    const answer = await aws.elasticloadbalancing.createRule({
      ListenerArn,
      Priority,
      Conditions: [...Conditions],
      Actions: sdkActions(Actions),
      Tags: Tags ? [...Tags] : undefined,
    });
    const arn = present(answer.Rules?.[0]?.RuleArn, "RuleArn");
    return { physicalId: arn, attributes: { RuleArn: arn, IsDefault: false } };
  },
  update: async ({ Priority, Conditions, Actions, Tags }, existing, scope) => {
    const api = scope.aws.elasticloadbalancing;
    const RuleArn = existing.physicalId;
    const before = existing.properties;
    const changed = (left: unknown, right: unknown) => JSON.stringify(left) !== JSON.stringify(right);
    if (Priority !== before.Priority) await api.setRulePriorities({ RulePriorities: [{ RuleArn, Priority }] });
    // As AWS does, a changed rule is written whole: weights that ECS set since are reset by it (aws-cdk issue 36649).
    if (changed(Conditions, before.Conditions) || changed(Actions, before.Actions))
      await api.modifyRule({ RuleArn, Conditions: [...Conditions], Actions: sdkActions(Actions) });
    await retag(RuleArn, { before, after: { Tags } }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.elasticloadbalancing.deleteRule({ RuleArn: physicalId })),
});

export const loadBalancingHandlers = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": loadBalancer,
  "AWS::ElasticLoadBalancingV2::TargetGroup": targetGroup,
  "AWS::ElasticLoadBalancingV2::Listener": listener,
  "AWS::ElasticLoadBalancingV2::ListenerRule": listenerRule,
};
