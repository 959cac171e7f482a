import type {
  ApplicationAutoScaling,
  RegisterScalableTargetCommandInput,
  ScalableTarget,
  SuspendedState,
} from "@aws-sdk/client-application-auto-scaling";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { type Book, DIMENSION, invalid, NAMESPACE, narrowed, type TargetRecord } from "./book.ts";
import { absent } from "./ecs-service.ts";
import { removePolicy } from "./policies.ts";

const PAGE = 50;
const RUNNING = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

const view = (target: TargetRecord): ScalableTarget => ({
  ServiceNamespace: NAMESPACE,
  ResourceId: target.resourceId,
  ScalableDimension: DIMENSION,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: target.createdAt,
  SuspendedState: target.suspended,
  ScalableTargetARN: target.arn,
});

function checkLimits(min: number | undefined, max: number | undefined): asserts min is number {
  const problems: string[] = [];
  if (min === undefined || max === undefined)
    problems.push("MinCapacity and MaxCapacity are required to register a new scalable target.");
  if ((min ?? 0) < 0 || (max ?? 0) < 0) problems.push("Minimum and maximum capacity must not be negative.");
  if (min !== undefined && max !== undefined && min > max)
    problems.push(`Minimum capacity cannot be greater than maximum capacity. Got: ${min} and ${max}`);
  if (problems.length > 0) throw invalid(problems.join(" "));
}

const given = (state: SuspendedState | undefined): SuspendedState =>
  Object.fromEntries(Object.entries(state ?? {}).filter(([, value]) => value !== undefined));

/** @throws AwsError ValidationException */
async function requireService({ context }: Book, resourceId: string): Promise<{ cluster: string; service: string }> {
  const [, cluster = "", service = ""] = resourceId.split("/");
  const answer = await context.aws.ecs.describeServices({ cluster, services: [service] }).catch(absent);
  if (answer?.services?.[0]?.status === "ACTIVE") return { cluster, service };
  throw invalid(`ECS service doesn't exist: ${resourceId}`);
}

async function add(book: Book, resourceId: string, input: RegisterScalableTargetCommandInput): Promise<TargetRecord> {
  const { MinCapacity: min, MaxCapacity: max } = input;
  checkLimits(min, max);
  const names = await requireService(book, resourceId);
  const target: TargetRecord = {
    resourceId,
    ...names,
    arn: book.newTargetArn(),
    createdAt: book.now(),
    roleArn:
      input.RoleARN ??
      `arn:aws:iam::${book.context.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    min,
    max: max ?? min,
    suspended: { ...RUNNING, ...given(input.SuspendedState) },
    tags: input.Tags ?? {},
    pendingCauses: [`minimum capacity was set to ${min}`, `maximum capacity was set to ${max}`],
  };
  book.targets.set(resourceId, target);
  return target;
}

/** New limits of a target that exists; what is not given stays. */
export function setLimits(target: TargetRecord, limits: { min?: number | undefined; max?: number | undefined }): void {
  const { min = target.min, max = target.max } = limits;
  checkLimits(min, max);
  if (min !== target.min) target.pendingCauses.push(`minimum capacity was set to ${min}`);
  if (max !== target.max) target.pendingCauses.push(`maximum capacity was set to ${max}`);
  Object.assign(target, { min, max, notScaled: undefined });
}

/** @param settle brings a target's count within its limits. */
export function targetOperations(
  book: Book,
  settle: (target: TargetRecord) => Promise<void>,
): Operations<ApplicationAutoScaling> {
  return {
    RegisterScalableTarget: async (input) => {
      const resourceId = book.resource(input);
      const known = book.targets.get(resourceId);
      const target = known ?? (await add(book, resourceId, input));
      if (known) {
        setLimits(known, { min: input.MinCapacity, max: input.MaxCapacity });
        known.roleArn = input.RoleARN ?? known.roleArn;
        known.suspended = { ...known.suspended, ...given(input.SuspendedState) };
      }
      await settle(target);
      return { ScalableTargetARN: target.arn };
    },

    DescribeScalableTargets: (input) => {
      const { items, nextToken } = pageOf(narrowed(book.targets.values(), input), {
        token: input.NextToken,
        limit: input.MaxResults ?? PAGE,
        invalidToken: "InvalidNextTokenException",
      });
      return { ScalableTargets: items.map(view), NextToken: nextToken };
    },

    DeregisterScalableTarget: async (input) => {
      const target = book.target(input, "No scalable target found for");
      for (const policy of book.policiesOf(target.resourceId)) await removePolicy(book, policy);
      for (const action of book.scheduledOf(target.resourceId))
        book.scheduled.delete(`${action.resourceId} ${action.name}`);
      book.targets.delete(target.resourceId);
      return {};
    },
  };
}
