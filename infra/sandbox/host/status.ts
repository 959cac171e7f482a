import type { AwsClients } from "../aws/kernel.ts";
import type { RunningRun } from "./runs.ts";

export interface ServiceStatus {
  readonly name: string;
  readonly running: number;
  readonly desired: number;
  /** Rollout state of the newest deployment, in ECS's words. */
  readonly deployment: string;
  readonly image: string;
}

export interface HostStatus {
  readonly addresses: Readonly<Record<string, string>>;
  readonly services: readonly ServiceStatus[];
  readonly runs: readonly RunningRun[];
}

/** Every service of every cluster, as ECS describes it. */
export async function serviceStatuses(aws: AwsClients): Promise<ServiceStatus[]> {
  const { clusterArns = [] } = await aws.ecs.listClusters({});
  const perCluster = await Promise.all(clusterArns.map((cluster) => servicesOf(cluster, aws)));
  return perCluster.flat().sort((a, b) => a.name.localeCompare(b.name));
}

async function servicesOf(cluster: string, aws: AwsClients): Promise<ServiceStatus[]> {
  const { serviceArns = [] } = await aws.ecs.listServices({ cluster, maxResults: 100 });
  const statuses = serviceArns.map(async (arn) => {
    const { services } = await aws.ecs.describeServices({ cluster, services: [arn] });
    const service = services?.[0];
    const { taskDefinition } = await aws.ecs.describeTaskDefinition({ taskDefinition: service?.taskDefinition ?? "" });
    return {
      name: service?.serviceName ?? arn,
      running: service?.runningCount ?? 0,
      desired: service?.desiredCount ?? 0,
      deployment: service?.deployments?.[0]?.rolloutState ?? "-",
      image: taskDefinition?.containerDefinitions?.[0]?.image ?? "-",
    };
  });
  return Promise.all(statuses);
}
