import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentLifecycleStage,
  ServiceRevisionSummary,
} from "@aws-sdk/client-ecs";
import type { DeploymentRecord, RevisionCounts } from "../model.ts";
import type { Records } from "../records.ts";
import { isOver } from "../records.ts";
import { currentStep } from "./machine.ts";
import type { Stage, Step } from "./plan.ts";

/** Tasks of each revision of a deployment. */
export function revisionCounts(records: Records, deployment: DeploymentRecord): Record<string, RevisionCounts> {
  const desired = records.services.get(deployment.serviceArn)?.desiredCount ?? 0;
  const tasks = records.tasksOf(deployment.serviceArn);
  const arns = [...deployment.sourceRevisionArns, deployment.targetRevisionArn];
  return Object.fromEntries(
    arns.map((arn) => {
      const own = tasks.filter((record) => record.revisionArn === arn && record.task.desiredStatus === "RUNNING");
      const running = own.filter(({ task }) => task.lastStatus === "RUNNING").length;
      const requested = own.length > 0 || arn === deployment.targetRevisionArn ? desired : 0;
      return [arn, { requested, running, pending: own.length - running }];
    }),
  );
}

function summary(
  arn: string,
  counts: RevisionCounts | undefined,
  share: { production?: number; test?: number },
): ServiceRevisionSummary {
  return {
    arn,
    requestedTaskCount: counts?.requested ?? 0,
    runningTaskCount: counts?.running ?? 0,
    pendingTaskCount: counts?.pending ?? 0,
    requestedProductionTrafficWeight: share.production,
    requestedTestTrafficWeight: share.test,
  };
}

function alarms(deployment: DeploymentRecord): ServiceDeployment["alarms"] {
  const { status, triggered } = deployment.alarms;
  if (status === "DISABLED") return { status };
  return { status, alarmNames: deployment.configuration.alarms?.alarmNames, triggeredAlarmNames: triggered };
}

function weightsOf(deployment: DeploymentRecord): { production?: number; test?: number } {
  if (deployment.routes.length === 0 && !deployment.hasMesh) return {};
  return { production: deployment.written.production ?? 0, test: deployment.written.test ?? 0 };
}

/**
 * What `lifecycleStage` says while a step before a production shift runs. Disputed: the guide has it as a stage of its
 * own, the SDK's enum has no such value. The guide's word is taken; another stage of the enum here changes it.
 */
const BEFORE_SHIFT: Stage = "PRE_PRODUCTION_TRAFFIC_SHIFT";

const shownStage = (step: Step | undefined) =>
  (step?.stage === "PRE_PRODUCTION_TRAFFIC_SHIFT" ? BEFORE_SHIFT : step?.stage) as
    | ServiceDeploymentLifecycleStage
    | undefined;

export function deploymentView(records: Records, deployment: DeploymentRecord): ServiceDeployment {
  const counts = deployment.finalCounts ?? revisionCounts(records, deployment);
  const target = weightsOf(deployment);
  const rest = (share: number | undefined) => (share === undefined ? undefined : 100 - share);
  const ofSource = { production: rest(target.production), test: rest(target.test) };
  const none = {
    production: target.production === undefined ? undefined : 0,
    test: target.test === undefined ? undefined : 0,
  };
  const isEnding = deployment.status === "ROLLBACK_SUCCESSFUL" || deployment.status === "ROLLBACK_FAILED";
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: deployment.serviceArn,
    clusterArn: deployment.clusterArn,
    createdAt: deployment.createdAt,
    startedAt: deployment.startedAt,
    finishedAt: deployment.finishedAt,
    stoppedAt: deployment.stoppedAt,
    updatedAt: deployment.updatedAt,
    sourceServiceRevisions: deployment.sourceRevisionArns.map((arn) =>
      summary(arn, counts[arn], arn === deployment.candidateArn ? ofSource : none),
    ),
    targetServiceRevision: summary(deployment.targetRevisionArn, counts[deployment.targetRevisionArn], target),
    status: deployment.status,
    statusReason: deployment.statusReason,
    lifecycleStage: deployment.startedAt && !isEnding ? shownStage(currentStep(deployment)) : undefined,
    lifecycleHookDetails: deployment.hooks.map(
      ({ hookId, targetType, targetArn, status, expiresAt, timeoutAction }) => ({
        hookId,
        targetType,
        targetArn,
        status,
        expiresAt,
        timeoutAction,
      }),
    ),
    deploymentConfiguration: deployment.configuration,
    rollback: deployment.rollback,
    deploymentCircuitBreaker: {
      status: deployment.breaker,
      failureCount: deployment.failureCount,
      threshold: deployment.threshold,
    },
    alarms: alarms(deployment),
  };
}

export const briefView = (deployment: DeploymentRecord): ServiceDeploymentBrief => ({
  serviceDeploymentArn: deployment.arn,
  serviceArn: deployment.serviceArn,
  clusterArn: deployment.clusterArn,
  startedAt: deployment.startedAt,
  createdAt: deployment.createdAt,
  finishedAt: isOver(deployment) ? deployment.finishedAt : undefined,
  targetServiceRevisionArn: deployment.targetRevisionArn,
  status: deployment.status,
  statusReason: deployment.statusReason,
});
