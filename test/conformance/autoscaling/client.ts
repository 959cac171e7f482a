import { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECS } from "@aws-sdk/client-ecs";
import { autoscaling } from "../../../infra/sandbox/aws/services/autoscaling/service.ts";
import { cloudwatch } from "../../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { ec2 } from "../../../infra/sandbox/aws/services/ec2/service.ts";
import { ecs } from "../../../infra/sandbox/aws/services/ecs/service.ts";
import { startTarget, type Target } from "../target.ts";

/** What names a scalable target in every request. */
export interface TargetKey {
  readonly ServiceNamespace: "ecs";
  readonly ResourceId: string;
  readonly ScalableDimension: "ecs:service:DesiredCount";
}

/** Application Auto Scaling at the target, with a service of ECS to scale. */
export interface Scaling {
  readonly target: Target;
  readonly client: ApplicationAutoScaling;
  readonly cloudwatch: CloudWatch;
  /** A new service without tasks. */
  readonly service: () => Promise<TargetKey>;
  /** A new service that is registered with limits 0 and 4. @returns its key and the target's ARN. */
  readonly registered: () => Promise<TargetKey & { readonly arn: string }>;
  readonly desiredCount: (key: TargetKey) => Promise<number | undefined>;
  /** Deregisters what is registered and deletes the service. */
  readonly remove: (key: TargetKey) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const BUSYBOX = "public.ecr.aws/docker/library/busybox:stable";
const NO_IMAGE = "127.0.0.1:1/none:v1"; // nothing listens there: a task that a test's count asks for fails at once
const POLL_MS = 500;

/** Tries a delete until nothing is in its way: tasks take a moment to stop. */
async function removed(run: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof Error && /DependencyViolation|ClusterContains|UpdateInProgress/.test(error.name)))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

const keyOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: TargetKey): TargetKey => ({
  ServiceNamespace,
  ResourceId,
  ScalableDimension,
});

export async function startScaling(): Promise<Scaling> {
  const target = await startTarget([autoscaling, cloudwatch, ec2, ecs]);
  const client = new ApplicationAutoScaling(target.config);
  const alarms = new CloudWatch(target.config);
  const fleet = new ECS(target.config);
  const cluster = target.unique("cluster");
  const family = target.unique("family");
  const network = new EC2(target.config);
  const { Vpc } = await network.createVpc({ CidrBlock: "10.99.0.0/24" });
  const { Subnet } = await network.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: "10.99.0.0/24" });
  await fleet.createCluster({ clusterName: cluster });
  await fleet.registerTaskDefinition({
    family,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "app", image: target.isAws ? BUSYBOX : NO_IMAGE }],
  });

  const service = async (): Promise<TargetKey> => {
    const serviceName = target.unique("service");
    const networkConfiguration = { awsvpcConfiguration: { subnets: [Subnet?.SubnetId ?? ""] } };
    const common = { cluster, taskDefinition: family, launchType: "FARGATE" as const, networkConfiguration };
    await fleet.createService({ ...common, serviceName, desiredCount: 0 });
    const ResourceId = `service/${cluster}/${serviceName}`;
    return { ServiceNamespace: "ecs", ResourceId, ScalableDimension: "ecs:service:DesiredCount" };
  };
  const nameOf = ({ ResourceId }: TargetKey) => ResourceId.split("/")[2] ?? "";
  return {
    target,
    client,
    cloudwatch: alarms,
    service,
    registered: async () => {
      const key = await service();
      const answer = await client.registerScalableTarget({ ...key, MinCapacity: 0, MaxCapacity: 4 });
      return { ...key, arn: answer.ScalableTargetARN ?? "" };
    },
    desiredCount: async (key) => {
      const { services } = await fleet.describeServices({ cluster, services: [nameOf(key)] });
      return services?.[0]?.desiredCount;
    },
    remove: async (key) => {
      await client.deregisterScalableTarget(keyOf(key)).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === "ObjectNotFoundException")) throw error;
      });
      await fleet.deleteService({ cluster, service: nameOf(key), force: true });
    },
    stop: async () => {
      const { taskDefinitionArns = [] } = await fleet.listTaskDefinitions({ familyPrefix: family });
      for (const taskDefinition of taskDefinitionArns) await fleet.deregisterTaskDefinition({ taskDefinition });
      await removed(() => fleet.deleteCluster({ cluster }));
      await removed(() => network.deleteSubnet({ SubnetId: Subnet?.SubnetId }));
      await removed(() => network.deleteVpc({ VpcId: Vpc?.VpcId }));
      for (const one of [client, alarms, fleet, network]) one.destroy();
      await target.stop();
    },
  };
}
