import { EC2 } from "@aws-sdk/client-ec2";
import { type CreateServiceCommandInput, ECS } from "@aws-sdk/client-ecs";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { services } from "../../../infra/sandbox/aws/services.ts";
import { eventually } from "../eventually.ts";
import { startTarget, type Target } from "../target.ts";

/** Services without tasks (desired count 0): deployments run through all their stages and nothing has to be pulled. */
let target: Target;
let client: ECS;
let ec2: EC2;
let cluster: string;
let subnets: string[];
let VpcId: string | undefined;
let taskDefinition: string;

beforeAll(async () => {
  target = await startTarget(services);
  client = new ECS(target.config);
  ec2 = new EC2(target.config);
  cluster = target.unique("cluster");
  await client.createCluster({ clusterName: cluster });
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/24" });
  VpcId = Vpc?.VpcId;
  const { Subnet } = await ec2.createSubnet({ VpcId, CidrBlock: "10.0.0.0/25" });
  subnets = [Subnet?.SubnetId ?? ""];
  taskDefinition = await register();
});
afterAll(async () => {
  const { taskDefinitionArns = [] } = await client.listTaskDefinitions({ familyPrefix: cluster });
  for (const arn of taskDefinitionArns) await client.deregisterTaskDefinition({ taskDefinition: arn });
  await client.deleteCluster({ cluster });
  await ec2.deleteSubnet({ SubnetId: subnets[0] });
  await ec2.deleteVpc({ VpcId });
  await target.stop();
});

async function register(): Promise<string> {
  const registered = await client.registerTaskDefinition({
    family: cluster,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "app", image: "public.ecr.aws/docker/library/busybox:1.36" }],
  });
  return registered.taskDefinition?.taskDefinitionArn ?? "";
}

/** A service that is gone after the test; blue/green, with a pause before anything happens when asked for. */
async function withService(run: (service: string) => Promise<void>, more: Partial<CreateServiceCommandInput> = {}) {
  const service = target.unique("service");
  await client.createService({
    cluster,
    serviceName: service,
    taskDefinition,
    desiredCount: 0,
    networkConfiguration: { awsvpcConfiguration: { subnets } },
    deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 },
    ...more,
  });
  try {
    await run(service);
  } finally {
    await client.deleteService({ cluster, service, force: true }).catch(() => undefined);
  }
}

const describeOne = async (service: string) =>
  (await client.describeServices({ cluster, services: [service], include: ["TAGS"] })).services?.[0];

async function deployment(service: string) {
  const { serviceDeployments = [] } = await client.listServiceDeployments({ cluster, service });
  const arns = serviceDeployments.map(({ serviceDeploymentArn }) => serviceDeploymentArn ?? "");
  if (arns.length === 0) return undefined;
  return (await client.describeServiceDeployments({ serviceDeploymentArns: arns })).serviceDeployments?.[0];
}

/** Waits until the newest deployment is as wanted. */
async function until(service: string, wanted: (found: NonNullable<Awaited<ReturnType<typeof deployment>>>) => boolean) {
  for (;;) {
    const found = await deployment(service);
    if (found && wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, target.isAws ? 3000 : 25));
  }
}

const isOver = ({ finishedAt }: { finishedAt?: Date }) => finishedAt !== undefined;
const openHook = (found: { lifecycleHookDetails?: { status?: string; hookId?: string }[] }) =>
  found.lifecycleHookDetails?.find(({ status }) => status === "AWAITING_ACTION")?.hookId;

/** A service whose second deployment waits at its first stage. */
const withPause = (run: (service: string, serviceDeploymentArn: string, hookId: string) => Promise<void>) =>
  withService(async (service) => {
    await until(service, isOver);
    const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["PRE_SCALE_UP" as const] }];
    const deploymentConfiguration = { lifecycleHooks };
    await client.updateService({ cluster, service, deploymentConfiguration, forceNewDeployment: true });
    const paused = await until(service, (found) => openHook(found) !== undefined);
    await run(service, paused.serviceDeploymentArn ?? "", openHook(paused) ?? "");
  });

test("CreateService: a name is taken once in a cluster", () =>
  withService(async (serviceName) => {
    const input = { cluster, serviceName, taskDefinition, desiredCount: 1 };
    const networkConfiguration = { awsvpcConfiguration: { subnets } };
    await expect(client.createService({ ...input, networkConfiguration })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  }));

test("CreateService: a deleted service's name can be taken again, without its history", () =>
  withService(async (serviceName) => {
    const { serviceDeploymentArn = "" } = await until(serviceName, isOver);
    await client.deleteService({ cluster, service: serviceName, force: true });
    await eventually(
      () => describeOne(serviceName),
      (found) => found?.status === "INACTIVE",
    );
    const networkConfiguration = { awsvpcConfiguration: { subnets } };
    await client.createService({ cluster, serviceName, taskDefinition, desiredCount: 0, networkConfiguration });
    const { serviceDeployments } = await client.listServiceDeployments({ cluster, service: serviceName });
    expect(serviceDeployments).toHaveLength(1);
    expect(serviceDeployments?.[0]?.serviceDeploymentArn).not.toBe(serviceDeploymentArn);
  }));

test("DescribeServices: what it is, and MISSING for what is not there", () =>
  withService(async (service) => {
    const answer = await client.describeServices({ cluster, services: [service, "none"] });
    expect(answer.services).toMatchObject([{ serviceName: service, status: "ACTIVE", taskDefinition }]);
    expect(answer.failures).toMatchObject([{ reason: "MISSING" }]);
  }));

test("ListServices: of a cluster", () =>
  withService(async (service) => {
    const { serviceArns } = await client.listServices({ cluster });
    expect(serviceArns?.some((arn) => arn.endsWith(`/${service}`))).toBe(true);
  }));

test("ListServicesByNamespace: those with Service Connect in it", async () => {
  const map = new ServiceDiscovery(target.config);
  const namespace = target.unique("namespace");
  const { OperationId = "" } = await map.createHttpNamespace({ Name: namespace });
  const operation = await eventually(
    async () => (await map.getOperation({ OperationId })).Operation,
    (answer) => answer?.Status === "SUCCESS",
  );
  try {
    await withService(
      async (service) => {
        const { serviceArns } = await client.listServicesByNamespace({ namespace });
        expect(serviceArns?.map((arn) => arn.split("/").at(-1))).toEqual([service]);
      },
      { serviceConnectConfiguration: { enabled: true, namespace } },
    );
  } finally {
    await map.deleteNamespace({ Id: operation?.Targets?.NAMESPACE }).catch(() => undefined);
  }
});

test("UpdateService: the desired count alone starts no deployment", () =>
  withService(async (service) => {
    const { serviceDeploymentArn } = await until(service, isOver);
    await client.updateService({ cluster, service, desiredCount: 0, healthCheckGracePeriodSeconds: undefined });
    expect((await deployment(service))?.serviceDeploymentArn).toBe(serviceDeploymentArn);
    await client.updateService({ cluster, service, taskDefinition: await register() });
    const next = await until(service, (found) => found.serviceDeploymentArn !== serviceDeploymentArn);
    expect(next.sourceServiceRevisions?.length).toBeLessThanOrEqual(1);
  }));

test("DeleteService: is INACTIVE afterwards", () =>
  withService(async (service) => {
    await client.deleteService({ cluster, service, force: true });
    expect((await describeOne(service))?.status).toMatch(/^(DRAINING|INACTIVE)$/);
  }));

test("ListServiceDeployments: by status", () =>
  withService(async (service) => {
    const { serviceDeploymentArn } = await until(service, isOver);
    const list = async (status: "SUCCESSFUL" | "PENDING") =>
      (await client.listServiceDeployments({ cluster, service, status: [status] })).serviceDeployments;
    expect((await list("SUCCESSFUL"))?.map((one) => one.serviceDeploymentArn)).toEqual([serviceDeploymentArn]);
    expect(await list("PENDING")).toEqual([]);
  }));

test("DescribeServiceDeployments: strategy, stage and how it ended", () =>
  withService(async (service) => {
    expect(await until(service, isOver)).toMatchObject({
      status: "SUCCESSFUL",
      deploymentConfiguration: { strategy: "BLUE_GREEN" },
      targetServiceRevision: { arn: expect.stringMatching(/:service-revision\//) },
    });
  }));

test("DescribeServiceRevisions: what was deployed", () =>
  withService(async (service) => {
    const { targetServiceRevision } = await until(service, isOver);
    const serviceRevisionArns = [targetServiceRevision?.arn ?? ""];
    const { serviceRevisions } = await client.describeServiceRevisions({ serviceRevisionArns });
    expect(serviceRevisions).toMatchObject([{ taskDefinition, launchType: "FARGATE" }]);
  }));

test("ContinueServiceDeployment: an answered hook lets it go on, and cannot be answered again", () =>
  withPause(async (service, serviceDeploymentArn, hookId) => {
    await client.continueServiceDeployment({ serviceDeploymentArn, hookId });
    expect((await until(service, isOver)).status).toBe("SUCCESSFUL");
    const again = client.continueServiceDeployment({ serviceDeploymentArn, hookId });
    await expect(again).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("StopServiceDeployment: rolls back", () =>
  withPause(async (service, serviceDeploymentArn) => {
    await client.stopServiceDeployment({ serviceDeploymentArn, stopType: "ROLLBACK" });
    expect((await until(service, isOver)).status).toBe("ROLLBACK_SUCCESSFUL");
    await expect(client.stopServiceDeployment({ serviceDeploymentArn })).rejects.toMatchObject({
      name: "ConflictException",
    });
  }));
