import type { DeploymentLifecycleHook } from "@aws-sdk/client-ecs";

/** What ECS refuses about lifecycle hooks. Pure. */

/** The troubleshooting page leaves RECONCILE_SERVICE out; the page on PAUSE hooks and the API have it. */
const PAUSE_STAGES: readonly string[] = [
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
];
const LAMBDA_STAGES: readonly string[] = [...PAUSE_STAGES, "TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"];

const MOST_OF_A_TYPE = 10;
const LONGEST_MINUTES = { PAUSE: 20_160, AWS_LAMBDA: 1440 } as const;

type TargetType = keyof typeof LONGEST_MINUTES;

function timeoutProblem(hook: DeploymentLifecycleHook, type: TargetType): string[] {
  const { timeoutInMinutes: minutes, action = "ROLLBACK" } = hook.timeoutConfiguration ?? {};
  const most = LONGEST_MINUTES[type];
  const isInRange = minutes === undefined || (Number.isInteger(minutes) && minutes >= 1 && minutes <= most);
  const noun = type === "PAUSE" ? "pause" : "Lambda";
  return [
    ...(isInRange ? [] : [`timeoutInMinutes of a ${noun} hook must be between 1 and ${most}. Got: ${minutes}`]),
    ...(action === "ROLLBACK" || action === "CONTINUE"
      ? []
      : [`Invalid timeout action ${action}. Valid values are: CONTINUE, ROLLBACK`]),
  ];
}

function pauseProblems(hook: DeploymentLifecycleHook, stages: readonly string[]): string[] {
  const isMisplaced = stages.length === 0 || stages.some((stage) => !PAUSE_STAGES.includes(stage));
  return [
    ...(isMisplaced ? ["Invalid lifecycle stage provided for Pause Hook"] : []),
    ...(hook.hookTargetArn || hook.roleArn ? ["hookTargetArn and roleArn are not allowed for Pause Hooks"] : []),
    ...timeoutProblem(hook, "PAUSE"),
  ];
}

function lambdaProblems(hook: DeploymentLifecycleHook, stages: readonly string[]): string[] {
  const unknown = stages.filter((stage) => !LAMBDA_STAGES.includes(stage));
  const isFunction = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(hook.hookTargetArn ?? "");
  const isRole = /^arn:[^:]+:iam::\d{12}:role\/.+$/.test(hook.roleArn ?? "");
  return [
    ...(stages.length === 0 ? ["lifecycleStages of a lifecycle hook must name at least one stage"] : []),
    ...unknown.map((stage) => `Invalid lifecycle stage ${stage}. Valid values are: ${LAMBDA_STAGES.join(", ")}`),
    ...(isFunction ? [] : [`hookTargetArn must be the ARN of a Lambda function. Got: ${hook.hookTargetArn}`]),
    ...(isRole ? [] : [`roleArn of a Lambda hook must be the ARN of an IAM role. Got: ${hook.roleArn}`]),
    ...timeoutProblem(hook, "AWS_LAMBDA"),
  ];
}

function problemsOf(hook: DeploymentLifecycleHook): string[] {
  const stages: readonly string[] = hook.lifecycleStages ?? [];
  if (hook.targetType === "PAUSE") return pauseProblems(hook, stages);
  if (hook.targetType === "AWS_LAMBDA") return lambdaProblems(hook, stages);
  return ["Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"];
}

/** @returns one sentence per problem. */
export function hookProblems(hooks: readonly DeploymentLifecycleHook[]): string[] {
  const tooMany = (["PAUSE", "AWS_LAMBDA"] as const).flatMap((type) => {
    const count = hooks.filter((hook) => hook.targetType === type).length;
    return count > MOST_OF_A_TYPE
      ? [`A service can have at most ${MOST_OF_A_TYPE} lifecycle hooks of targetType ${type}. Got: ${count}`]
      : [];
  });
  return [...tooMany, ...hooks.flatMap(problemsOf)];
}
