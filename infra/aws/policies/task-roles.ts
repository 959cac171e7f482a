import { Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { repositoryName } from "../../../agents/naming.ts";

/** ECS may assume the role for tasks of this account only (confused-deputy guard). */
function tasksPrincipal(scope: Construct): ServicePrincipal {
  return new ServicePrincipal("ecs-tasks.amazonaws.com", {
    conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
  });
}

/** The agent's own rights: none so far. Metrics leave as log lines, so not even PutMetricData is needed. */
export function taskRole(scope: Construct): Role {
  return new Role(scope, "TaskRole", { assumedBy: tasksPrincipal(scope) });
}

/** What ECS needs to start this agent and no other: its repository, its log group, its secret. */
export function executionRole(
  scope: Construct,
  own: { readonly agent: string; readonly logs: LogGroup; readonly secret: Secret | undefined },
): Role {
  const role = new Role(scope, "ExecutionRole", { assumedBy: tasksPrincipal(scope) });
  const repository = Stack.of(scope).formatArn({
    service: "ecr",
    resource: "repository",
    resourceName: repositoryName(own.agent),
  });
  // ecr:GetAuthorizationToken has no resource-level permission.
  role.addToPolicy(new PolicyStatement({ actions: ["ecr:GetAuthorizationToken"], resources: ["*"] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [repository],
    }),
  );
  own.logs.grantWrite(role);
  own.secret?.grantRead(role);
  return role;
}
