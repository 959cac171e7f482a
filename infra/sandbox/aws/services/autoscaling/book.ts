import type {
  Alarm,
  PolicyType,
  ScalableTargetAction,
  ScalingActivity,
  StepScalingPolicyConfiguration,
  SuspendedState,
  TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";

/** What Application Auto Scaling remembers. Records are changed in place; the state sees what changed. */

/** Names a scalable target in every request. */
export interface TargetKey {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

export interface TargetRecord {
  readonly resourceId: string;
  readonly cluster: string;
  readonly service: string;
  readonly arn: string;
  readonly createdAt: Date;
  roleArn: string;
  min: number;
  max: number;
  suspended: Required<SuspendedState>;
  tags: Record<string, string>;
  /** Why the count has to be brought within new limits; kept until it was. */
  pendingCauses: string[];
  /** Last change in each direction, for cooldowns. */
  lastOut?: { readonly at: Date; readonly from: number };
  lastIn?: { readonly at: Date };
  /** Why it was not scaled, last time: noted once, not at every look. */
  notScaled?: string;
}

export interface PolicyRecord {
  readonly resourceId: string;
  readonly name: string;
  readonly arn: string;
  readonly type: PolicyType;
  readonly createdAt: Date;
  step?: StepScalingPolicyConfiguration;
  tracking?: TargetTrackingScalingPolicyConfiguration;
  alarms: Alarm[];
}

export interface ScheduledRecord {
  readonly resourceId: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  schedule: string;
  timezone?: string;
  startTime?: Date;
  endTime?: Date;
  action: ScalableTargetAction;
  /** Runs at the first moment of its schedule after this one. */
  checkedAt: Date;
}

export const NAMESPACE = "ecs";
export const DIMENSION = "ecs:service:DesiredCount";
const KEPT_ACTIVITIES = 1000;
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message);

const described = ({ ServiceNamespace, ResourceId, ScalableDimension }: TargetKey): string =>
  `service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`;

/** The service's state with the look-ups that every noun needs, and their errors. */
export class Book {
  readonly context: ServiceContext;
  /** By resource id. */
  readonly targets: Collection<TargetRecord>;
  /** By `<resource id> <name>`. */
  readonly policies: Collection<PolicyRecord>;
  readonly scheduled: Collection<ScheduledRecord>;
  /** By id, oldest first. */
  readonly activities: Collection<ScalingActivity>;

  constructor(context: ServiceContext) {
    this.context = context;
    this.targets = context.state.collection("scalable-targets");
    this.policies = context.state.collection("policies");
    this.scheduled = context.state.collection("scheduled-actions");
    this.activities = context.state.collection("activities");
  }

  now(): Date {
    return this.context.clock.now();
  }

  uuid(): string {
    return uuid(this.context);
  }

  newTargetArn(): string {
    const { region, account } = this.context;
    return `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${this.context.id(36, LOWER)}`;
  }

  policyArn(resourceId: string, name: string): string {
    return this.#arn("scalingPolicy", `resource/${NAMESPACE}/${resourceId}:policyName/${name}`);
  }

  scheduledArn(resourceId: string, name: string): string {
    return this.#arn("scheduledAction", `resource/${NAMESPACE}/${resourceId}:scheduledActionName/${name}`);
  }

  #arn(kind: string, rest: string): string {
    return `arn:aws:autoscaling:${this.context.region}:${this.context.account}:${kind}:${this.uuid()}:${rest}`;
  }

  /**
   * The resource id of a request, once it is known that the sandbox scales such a thing.
   * @throws AwsError ValidationException
   */
  resource({ ServiceNamespace, ResourceId = "", ScalableDimension }: TargetKey): string {
    if (ServiceNamespace !== NAMESPACE)
      throw invalid(`The sandbox scales services of ECS only: service namespace ecs, not ${ServiceNamespace}.`);
    if (ScalableDimension !== DIMENSION)
      throw invalid(`The sandbox scales ${DIMENSION} only, not ${ScalableDimension}.`);
    if (!/^service\/[^/]+\/[^/]+$/.test(ResourceId))
      throw invalid(`Resource ID of an ECS service must be service/<cluster>/<service>. Got: ${ResourceId}`);
    return ResourceId;
  }

  /** @throws AwsError ValidationException, ObjectNotFoundException */
  target(key: TargetKey, words = "No scalable target registered for"): TargetRecord {
    const found = this.targets.get(this.resource(key));
    if (found) return found;
    throw new AwsError("ObjectNotFoundException", `${words} ${described(key)}`);
  }

  /** @throws AwsError ValidationException, ObjectNotFoundException */
  policy(key: TargetKey & { readonly PolicyName?: string | undefined }): PolicyRecord {
    const found = this.policies.get(`${this.resource(key)} ${key.PolicyName}`);
    if (found) return found;
    throw new AwsError(
      "ObjectNotFoundException",
      `No scaling policy found for ${described(key)}, policy name: ${key.PolicyName}`,
    );
  }

  policiesOf(resourceId: string): PolicyRecord[] {
    return [...this.policies.values()].filter((policy) => policy.resourceId === resourceId);
  }

  scheduledOf(resourceId: string): ScheduledRecord[] {
    return [...this.scheduled.values()].filter((action) => action.resourceId === resourceId);
  }

  note(activity: ScalingActivity): void {
    this.activities.set(activity.ActivityId ?? "", activity);
    const [oldest] = this.activities.keys();
    if (this.activities.size > KEPT_ACTIVITIES && oldest) this.activities.delete(oldest);
  }
}

/**
 * Keeps what a Describe operation asked for. @throws AwsError ValidationException for another namespace, or a dimension
 * without a resource
 */
export function narrowed<T extends { readonly resourceId: string }>(
  records: Iterable<T>,
  input: TargetKey & { readonly ResourceIds?: readonly string[] | undefined },
): T[] {
  const { ServiceNamespace, ResourceId, ResourceIds, ScalableDimension } = input;
  if (ServiceNamespace !== NAMESPACE) return []; // nothing of another namespace was ever registered
  const wanted = ResourceIds ?? (ResourceId === undefined ? undefined : [ResourceId]);
  if (ScalableDimension !== undefined && wanted === undefined)
    throw invalid("If you specify a scalable dimension, you must also specify a resource ID.");
  if (ScalableDimension !== undefined && ScalableDimension !== DIMENSION) return [];
  return [...records].filter(({ resourceId }) => !wanted || wanted.includes(resourceId));
}
