import type { ECS } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { page } from "../../../state/page.ts";
import type { DeploymentRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";
import { answerHook, isOpen } from "./hooks.ts";
import { requestRollback } from "./machine.ts";
import { briefView, deploymentView } from "./view.ts";

const HOOK_ID = /^ecs-[a-z]+-[A-Za-z0-9_-]+$/;
const DESCRIBE_LIMIT = 20;
const PAGE_SIZE = 20;

/** @throws AwsError InvalidParameterException */
function requireFew(arns: readonly string[], member: string): readonly string[] {
  if (arns.length > 0 && arns.length <= DESCRIBE_LIMIT) return arns;
  throw new AwsError(
    "InvalidParameterException",
    `${member} must have from 1 to ${DESCRIBE_LIMIT} entries. Got: ${arns.length}`,
  );
}

function requireDeployment(records: Records, arn: string | undefined): DeploymentRecord {
  const deployment = records.deployments.get(arn ?? "");
  if (deployment) return deployment;
  throw new AwsError("ServiceDeploymentNotFoundException", "The service deployment does not exist.");
}

/** Why a hook cannot be answered; checked in the order in which ECS's troubleshooting page lists them. */
function requireAnswerable(deployment: DeploymentRecord, hookId: string | undefined): string {
  if (!hookId || !HOOK_ID.test(hookId))
    throw new AwsError(
      "InvalidParameterException",
      "Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}",
    );
  if (isOver(deployment))
    throw new AwsError(
      "InvalidParameterException",
      "Continuing a service deployment is not allowed for service deployment in terminal states.",
    );
  // A function answers for itself: only a PAUSE hook takes an answer from outside.
  if (!deployment.hooks.some((hook) => hook.hookId === hookId && hook.targetType === "PAUSE" && isOpen(hook)))
    throw new AwsError(
      "InvalidParameterException",
      "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN",
    );
  return hookId;
}

/** @param wake makes the service's controller look at once instead of at its next turn. */
export function deploymentOperations(records: Records, wake: (serviceArn: string) => void): Operations<ECS> {
  const change = (deployment: DeploymentRecord, next: DeploymentRecord) => {
    Object.assign(deployment, next);
    wake(deployment.serviceArn);
    return { serviceDeploymentArn: deployment.arn };
  };
  return {
    ListServiceDeployments: (input) => {
      if (!input.service?.startsWith("arn:")) records.cluster(input.cluster);
      const service = records.findService(input.service ?? "", input.cluster);
      if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
      const { maxResults = PAGE_SIZE, createdAt: { after, before } = {} } = input;
      if (maxResults < 1 || maxResults > 100)
        throw new AwsError("InvalidParameterException", `maxResults must be from 1 to 100. Got: ${maxResults}`);
      const found = records
        .deploymentsOf(service.arn)
        .filter((deployment) => !input.status?.length || input.status.includes(deployment.status))
        .filter(({ createdAt }) => (!after || createdAt >= after) && (!before || createdAt <= before))
        .reverse();
      const { items, nextToken } = page(found, input, PAGE_SIZE);
      return { serviceDeployments: items.map(briefView), nextToken };
    },

    DescribeServiceDeployments: (input) => {
      const arns = requireFew(input.serviceDeploymentArns ?? [], "serviceDeploymentArns");
      const found = arns.flatMap((arn) => records.deployments.get(arn) ?? []);
      return {
        serviceDeployments: found.map((deployment) => deploymentView(records, deployment)),
        failures: arns.filter((arn) => !records.deployments.has(arn)).map((arn) => ({ arn, reason: "MISSING" })),
      };
    },

    DescribeServiceRevisions: (input) => {
      const arns = requireFew(input.serviceRevisionArns ?? [], "serviceRevisionArns");
      return {
        serviceRevisions: arns.flatMap((arn) => records.revisions.get(arn)?.revision ?? []),
        failures: arns.filter((arn) => !records.revisions.has(arn)).map((arn) => ({ arn, reason: "MISSING" })),
      };
    },

    StopServiceDeployment: (input) => {
      const deployment = requireDeployment(records, input.serviceDeploymentArn);
      // The enum has ABORT as well; the API's own text says that ROLLBACK is the only valid value.
      if ((input.stopType ?? "ROLLBACK") !== "ROLLBACK")
        throw new AwsError("InvalidParameterException", "Invalid stopType. Valid values are: ROLLBACK");
      if (deployment.status !== "PENDING" && deployment.status !== "IN_PROGRESS")
        throw new AwsError(
          "ConflictException",
          `The service deployment cannot be stopped because it is in the ${deployment.status} state.`,
        );
      return change(deployment, requestRollback(deployment, records.now()));
    },

    ContinueServiceDeployment: (input) => {
      const deployment = requireDeployment(records, input.serviceDeploymentArn);
      const hookId = requireAnswerable(deployment, input.hookId);
      return change(
        deployment,
        answerHook(deployment, { hookId, action: input.action ?? "CONTINUE", now: records.now() }),
      );
    },
  };
}
