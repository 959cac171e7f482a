import type {
  ApplicationAutoScaling,
  PutScalingPolicyCommandInput,
  ScalingPolicy,
} from "@aws-sdk/client-application-auto-scaling";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { alarmsOf } from "./alarms.ts";
import { type Book, DIMENSION, invalid, NAMESPACE, narrowed, type PolicyRecord } from "./book.ts";
import { policyProblems } from "./policy-rules.ts";

const PAGE = 10;

const view = (policy: PolicyRecord): ScalingPolicy => ({
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  ServiceNamespace: NAMESPACE,
  ResourceId: policy.resourceId,
  ScalableDimension: DIMENSION,
  PolicyType: policy.type,
  StepScalingPolicyConfiguration: policy.step,
  TargetTrackingScalingPolicyConfiguration: policy.tracking,
  Alarms: policy.alarms,
  CreationTime: policy.createdAt,
});

async function deleteAlarms({ context }: Book, { alarms }: PolicyRecord): Promise<void> {
  const AlarmNames = alarms.map(({ AlarmName = "" }) => AlarmName);
  if (AlarmNames.length === 0) return;
  // Somebody may have deleted one by hand: the others go all the same.
  for (const name of AlarmNames)
    await context.aws.cloudwatch.deleteAlarms({ AlarmNames: [name] }).catch((error: unknown) => {
      if (!(error instanceof Error && /ResourceNotFound/.test(error.name))) throw error;
    });
}

/** Deletes a policy with the alarms that were made for it. */
export async function removePolicy(book: Book, policy: PolicyRecord): Promise<void> {
  if (policy.tracking) await deleteAlarms(book, policy);
  book.policies.delete(`${policy.resourceId} ${policy.name}`);
}

/** The two alarms of target tracking (one without scale-in), made anew with each change of the policy. */
async function makeAlarms(book: Book, policy: PolicyRecord): Promise<void> {
  const { aws, region, account } = book.context;
  const alarms = alarmsOf(policy, { uuid: () => book.uuid() });
  for (const alarm of alarms) await aws.cloudwatch.putMetricAlarm(alarm);
  await deleteAlarms(book, policy);
  policy.alarms = alarms.map(({ AlarmName }) => ({
    AlarmName,
    AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}`,
  }));
}

function check(book: Book, input: PutScalingPolicyCommandInput, known: PolicyRecord | undefined): void {
  const resourceId = book.resource(input);
  const others = book.policiesOf(resourceId).filter(({ name }) => name !== input.PolicyName);
  const type = input.PolicyType ?? known?.type ?? "StepScaling";
  const problems = policyProblems(type, input, others);
  if (known && type !== known.type)
    problems.push(`Policy ${known.name} is of type ${known.type}; it cannot become ${type}.`);
  if (problems.length > 0) throw invalid(problems.join(" "));
}

export function policyOperations(book: Book): Operations<ApplicationAutoScaling> {
  return {
    PutScalingPolicy: async (input) => {
      const { resourceId } = book.target(input);
      const name = input.PolicyName ?? "";
      const key = `${resourceId} ${name}`;
      const known = book.policies.get(key);
      check(book, input, known);
      const policy: PolicyRecord = known ?? {
        resourceId,
        name,
        arn: book.policyArn(resourceId, name),
        type: input.PolicyType ?? "StepScaling",
        createdAt: book.now(),
        alarms: [],
      };
      policy.step = input.StepScalingPolicyConfiguration ?? policy.step;
      policy.tracking = input.TargetTrackingScalingPolicyConfiguration ?? policy.tracking;
      if (policy.tracking) await makeAlarms(book, policy);
      book.policies.set(key, policy);
      return { PolicyARN: policy.arn, Alarms: policy.alarms };
    },

    DescribeScalingPolicies: async (input) => {
      const wanted = narrowed(book.policies.values(), input).filter(
        ({ name }) => !input.PolicyNames?.length || input.PolicyNames.includes(name),
      );
      const { items, nextToken } = pageOf(wanted, {
        token: input.NextToken,
        limit: input.MaxResults ?? PAGE,
        invalidToken: "InvalidNextTokenException",
      });
      return { ScalingPolicies: items.map(view), NextToken: nextToken };
    },

    DeleteScalingPolicy: async (input) => {
      await removePolicy(book, book.policy(input));
      return {};
    },
  };
}
