import type {
  PutScalingPolicyCommandInput,
  ScalableTargetAction,
  ServiceNamespace,
  SuspendedState,
} from "@aws-sdk/client-application-auto-scaling";
import { handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";

const GONE = /ObjectNotFound/;

interface Key {
  readonly ServiceNamespace: ServiceNamespace;
  readonly ResourceId: string;
  readonly ScalableDimension: "ecs:service:DesiredCount";
}

interface ScheduledAction {
  readonly ScheduledActionName: string;
  readonly Schedule: string;
  readonly Timezone?: string;
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly ScalableTargetAction?: ScalableTargetAction;
}

interface Target extends Key {
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
  readonly RoleARN?: string;
  readonly SuspendedState?: SuspendedState;
  readonly ScheduledActions?: readonly ScheduledAction[];
  readonly Tags?: readonly Tag[];
}

const keyOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: Key): Key => ({
  ServiceNamespace,
  ResourceId,
  ScalableDimension,
});

/** What Ref of a scalable target returns. */
const idOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: Key): string =>
  `${ResourceId}|${ScalableDimension}|${ServiceNamespace}`;

const tagMap = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

async function register(target: Target, { aws }: Scope, tags?: readonly Tag[]): Promise<string> {
  const { MinCapacity, MaxCapacity, RoleARN, SuspendedState } = target;
  const answer = await aws.autoscaling.registerScalableTarget({
    ...keyOf(target),
    MinCapacity,
    MaxCapacity,
    RoleARN,
    SuspendedState,
    Tags: tags && tagMap(tags),
  });
  return present(answer.ScalableTargetARN, "ScalableTargetARN");
}

const moment = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

async function schedule(target: Target, before: readonly ScheduledAction[], { aws }: Scope): Promise<void> {
  const actions = target.ScheduledActions ?? [];
  const kept = new Set(actions.map((action) => action.ScheduledActionName));
  for (const { ScheduledActionName } of before)
    if (!kept.has(ScheduledActionName))
      await unlessGone(GONE, () => aws.autoscaling.deleteScheduledAction({ ...keyOf(target), ScheduledActionName }));
  for (const { StartTime, EndTime, ...action } of actions)
    await aws.autoscaling.putScheduledAction({
      ...keyOf(target),
      ...action,
      StartTime: moment(StartTime),
      EndTime: moment(EndTime),
    });
}

const target = handler<Target>({
  create: async (properties, scope) => {
    const physicalId = idOf(properties);
    await register(properties, scope, properties.Tags);
    scope.initiated(physicalId, { Id: physicalId });
    await schedule(properties, [], scope);
    return { physicalId, attributes: { Id: physicalId } };
  },
  update: async (properties, existing, scope) => {
    const arn = await register(properties, scope);
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    if (set.length > 0) await scope.aws.autoscaling.tagResource({ ResourceARN: arn, Tags: tagMap(set) });
    if (remove.length > 0) await scope.aws.autoscaling.untagResource({ ResourceARN: arn, TagKeys: remove });
    await schedule(properties, existing.properties.ScheduledActions ?? [], scope);
    return existing;
  },
  delete: ({ properties }, { aws }) =>
    unlessGone(GONE, () => aws.autoscaling.deregisterScalableTarget(keyOf(properties))),
});

type Configuration = Pick<
  PutScalingPolicyCommandInput,
  | "PolicyType"
  | "StepScalingPolicyConfiguration"
  | "TargetTrackingScalingPolicyConfiguration"
  | "PredictiveScalingPolicyConfiguration"
>;

type Policy = Configuration & Partial<Key> & { readonly PolicyName: string; readonly ScalingTargetId?: string };

/** A policy names its target by its id, or by its parts. */
function targetOf({ ScalingTargetId, ResourceId, ScalableDimension, ServiceNamespace }: Policy): Key {
  const [resource, dimension, namespace] = ScalingTargetId?.split("|") ?? [
    ResourceId,
    ScalableDimension,
    ServiceNamespace,
  ];
  if (!resource || !dimension || !namespace)
    throw new Error(
      "Either ScalingTargetId or all three of [ResourceId, ScalableDimension, ServiceNamespace] must be specified",
    );
  return { ResourceId: resource, ScalableDimension: dimension, ServiceNamespace: namespace } as Key;
}

async function putPolicy(policy: Policy, { aws }: Scope) {
  const { PolicyName, PolicyType, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration } = policy;
  const answer = await aws.autoscaling.putScalingPolicy({
    ...targetOf(policy),
    PolicyName,
    PolicyType,
    StepScalingPolicyConfiguration,
    TargetTrackingScalingPolicyConfiguration,
    PredictiveScalingPolicyConfiguration: policy.PredictiveScalingPolicyConfiguration,
  });
  const arn = present(answer.PolicyARN, "PolicyARN");
  return { physicalId: arn, attributes: { Arn: arn } };
}

const policy = handler<Policy>({
  nameProperty: "PolicyName",
  create: putPolicy,
  update: (properties, _, scope) => putPolicy(properties, scope),
  delete: ({ properties }, { aws }) =>
    unlessGone(GONE, () =>
      aws.autoscaling.deleteScalingPolicy({ ...targetOf(properties), PolicyName: properties.PolicyName }),
    ),
});

export const autoscalingHandlers = {
  "AWS::ApplicationAutoScaling::ScalableTarget": target,
  "AWS::ApplicationAutoScaling::ScalingPolicy": policy,
};
