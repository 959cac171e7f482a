import type { DeploymentLifecycleHookDetail, ServiceDeployment, ServiceRevisionSummary } from "@aws-sdk/client-ecs";
import type { AwsClients } from "../aws/kernel.ts";
import type { DeploymentState, HookState, RevisionState } from "./state.ts";

/** How many of a service's deployments are shown. */
const SHOWN = 3;

export async function readDeployments(
  { ecs }: AwsClients,
  { cluster, service }: { readonly cluster: string; readonly service: string },
): Promise<DeploymentState[]> {
  const listed = await ecs.listServiceDeployments({ cluster, service, maxResults: SHOWN });
  const serviceDeploymentArns = (listed.serviceDeployments ?? []).flatMap(({ serviceDeploymentArn: arn }) => arn ?? []);
  if (serviceDeploymentArns.length === 0) return [];
  const described = await ecs.describeServiceDeployments({ serviceDeploymentArns });
  return (described.serviceDeployments ?? []).sort(newestFirst).map(deploymentState);
}

const newestFirst = (a: ServiceDeployment, b: ServiceDeployment): number =>
  (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0);

function deploymentState(deployment: ServiceDeployment): DeploymentState {
  return {
    id: lastPart(deployment.serviceDeploymentArn),
    status: deployment.status ?? "UNKNOWN",
    stage: deployment.lifecycleStage,
    reason: deployment.statusReason ?? deployment.rollback?.reason,
    startedAt: (deployment.startedAt ?? deployment.createdAt)?.toISOString(),
    finishedAt: deployment.finishedAt?.toISOString(),
    strategy: deployment.deploymentConfiguration?.strategy,
    failedTasks: deployment.deploymentCircuitBreaker?.failureCount ?? 0,
    revisions: [
      ...(deployment.sourceServiceRevisions ?? []).map((revision) => revisionState("source", revision)),
      ...(deployment.targetServiceRevision ? [revisionState("target", deployment.targetServiceRevision)] : []),
    ],
    hooks: (deployment.lifecycleHookDetails ?? []).map(hookState),
  };
}

const revisionState = (role: RevisionState["role"], revision: ServiceRevisionSummary): RevisionState => ({
  role,
  id: lastPart(revision.arn),
  requested: revision.requestedTaskCount ?? 0,
  running: revision.runningTaskCount ?? 0,
  production: revision.requestedProductionTrafficWeight,
  test: revision.requestedTestTrafficWeight,
});

const hookState = (hook: DeploymentLifecycleHookDetail): HookState => ({
  id: hook.hookId ?? "",
  kind: hook.targetType ?? "AWS_LAMBDA",
  status: hook.status ?? "UNKNOWN",
  expiresAt: hook.expiresAt?.toISOString(),
  onTimeout: hook.timeoutAction,
});

export const lastPart = (arn: string | undefined): string => arn?.split("/").at(-1) ?? "";
