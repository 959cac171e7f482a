import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceRevision,
  StopServiceDeploymentCommand,
  type Tag,
  type Task,
  type TaskDefinition,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { isAwsError } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

export interface Place {
  readonly cluster: string;
  readonly service: string;
}

/** What the platform asks of ECS. Absent things are `undefined`, never an exception. */
export interface Ecs {
  service(place: Place): Promise<Service | undefined>;
  /** @param name a family (its newest ACTIVE revision) or an ARN. */
  taskDefinition(name: string): Promise<{ definition: TaskDefinition; tags: Tag[] } | undefined>;
  /** @returns the ARN of the new revision. */
  register(input: RegisterTaskDefinitionCommandInput): Promise<string>;
  update(input: UpdateServiceCommandInput): Promise<Service>;
  /** Newest first; the last 90 days, one page (20). */
  deployments(place: Place): Promise<ServiceDeploymentBrief[]>;
  deployment(arn: string): Promise<ServiceDeployment | undefined>;
  revisions(arns: readonly string[]): Promise<ServiceRevision[]>;
  /** Tasks that ECS still remembers (about an hour after they stopped), newest first, at most 20. */
  tasks(place: Place, status: "RUNNING" | "STOPPED"): Promise<Task[]>;
  /** Answers a PAUSE hook. @returns false when the hook was already answered, timed out or belongs to a dead deployment. */
  answer(deploymentArn: string, hookId: string, action: "CONTINUE" | "ROLLBACK"): Promise<boolean>;
  /** Asks ECS to roll back. @returns false when there was nothing left to stop. */
  stop(deploymentArn: string): Promise<boolean>;
}

export function ecsPort(settings: AwsSettings): Ecs {
  const client = new ECSClient(settings);
  return { ...serviceReads(client), ...deploymentReads(client), ...writes(client) };
}

function serviceReads(client: ECSClient): Pick<Ecs, "service" | "taskDefinition" | "tasks"> {
  return {
    async service({ cluster, service }) {
      try {
        const answer = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
        return answer.services?.find((found) => found.status !== "INACTIVE");
      } catch (error) {
        if (isAwsError(error, "ClusterNotFoundException")) return undefined;
        throw error;
      }
    },
    async taskDefinition(name) {
      try {
        const answer = await client.send(
          new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ["TAGS"] }),
        );
        return answer.taskDefinition ? { definition: answer.taskDefinition, tags: answer.tags ?? [] } : undefined;
      } catch (error) {
        if (isAwsError(error, "ClientException", "InvalidParameterException")) return undefined;
        throw error;
      }
    },
    async tasks({ cluster, service }, status) {
      const listed = await client.send(
        new ListTasksCommand({ cluster, serviceName: service, desiredStatus: status, maxResults: 20 }),
      );
      if (!listed.taskArns?.length) return [];
      const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: listed.taskArns }));
      return tasks.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
    },
  };
}

function deploymentReads(client: ECSClient): Pick<Ecs, "deployments" | "deployment" | "revisions"> {
  return {
    async deployments({ cluster, service }) {
      const { serviceDeployments = [] } = await client.send(
        new ListServiceDeploymentsCommand({ cluster, service, maxResults: 20 }),
      );
      return serviceDeployments.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
    },
    async deployment(arn) {
      const answer = await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }));
      return answer.serviceDeployments?.[0];
    },
    async revisions(arns) {
      if (arns.length === 0) return [];
      const answer = await client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...arns] }));
      return answer.serviceRevisions ?? [];
    },
  };
}

function writes(client: ECSClient): Pick<Ecs, "register" | "update" | "answer" | "stop"> {
  return {
    async register(input) {
      const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(input));
      if (!taskDefinition?.taskDefinitionArn) throw new Error("RegisterTaskDefinition answered without an ARN.");
      return taskDefinition.taskDefinitionArn;
    },
    async update(input) {
      const { service } = await client.send(new UpdateServiceCommand(input));
      if (!service) throw new Error("UpdateService answered without a service.");
      return service;
    },
    async answer(serviceDeploymentArn, hookId, action) {
      try {
        await client.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));
        return true;
      } catch (error) {
        // "Provided hookId is either completed, unavailable, …" and "… in terminal states": somebody else acted first.
        if (isAwsError(error, "InvalidParameterException", "ClientException", "ServiceDeploymentNotFoundException"))
          return false;
        throw error;
      }
    },
    async stop(serviceDeploymentArn) {
      try {
        await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: "ROLLBACK" }));
        return true;
      } catch (error) {
        if (isAwsError(error, "ConflictException", "InvalidParameterException", "ServiceDeploymentNotFoundException"))
          return false;
        throw error;
      }
    },
  };
}
