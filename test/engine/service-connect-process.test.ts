import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { makeImage, RegistryClient } from "../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/sandbox.ts";

/** Section 2.7 with real processes: a task's own code asks another one by its Service Connect name. */

const CLUSTER = "fleet";
const PORT = 9000;
const ENTRY = "app/index.mjs";

/** Answers with its version; `/ask` passes the header on to `http://beta:8080` and answers what that says. */
const PROGRAM = `
import { lookup } from "node:dns/promises";
import { createServer } from "node:http";
const server = createServer(async (request, response) => {
  if (request.url !== "/ask") return response.end(process.env.VERSION);
  const headers = request.headers["x-amzn-ecs-blue-green-test"] ? { "x-amzn-ecs-blue-green-test": "1" } : {};
  const { address } = await lookup("beta").catch(() => ({ address: "unknown" }));
  const answer = await fetch("http://beta:8080/", { headers }).then((one) => one.text(), (error) => String(error.cause));
  response.end(address + " " + answer);
});
server.listen(${PORT});
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

let folder: string;
let sandbox: Sandbox;
let ecs: ECS;
let subnets: string[];
const clients: { destroy(): void }[] = [];

const client = <C extends { destroy(): void }>(Client: new (config: object) => C): C => {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const made = new Client({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
  clients.push(made);
  return made;
};

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50)); // real processes take real time
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "connect-"));
  sandbox = await startSandbox({ dataDir: folder, timeScale: 60 });
  [ecs, subnets] = [client(ECS), []];
  const ec2 = client(EC2);
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
  const { Subnet } = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/24" });
  subnets.push(Subnet?.SubnetId ?? "");
  await client(ServiceDiscovery).createHttpNamespace({ Name: "mesh" });
  await ecs.createCluster({ clusterName: CLUSTER, serviceConnectDefaults: { namespace: "mesh" } });
});
afterAll(async () => {
  for (const one of clients) one.destroy();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

async function define(family: string, version: string): Promise<string> {
  const ecr = client(ECR);
  await ecr.createRepository({ repositoryName: family }).catch(() => undefined);
  const environment = [`VERSION=${version}`];
  const image = await new RegistryClient(sandbox.endpoint, ecr).push(
    family,
    version,
    await makeImage({ files: { [ENTRY]: PROGRAM }, environment }),
  );
  const { taskDefinition } = await ecs.registerTaskDefinition({
    family,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [
      {
        name: "app",
        image,
        stopTimeout: 5,
        portMappings: [{ name: "web", containerPort: PORT, appProtocol: "http" }],
      },
    ],
  });
  return taskDefinition?.taskDefinitionArn ?? "";
}

async function succeeds(deployment: string | undefined): Promise<void> {
  await until(async () => {
    const { serviceDeployments } = await ecs.describeServiceDeployments({
      serviceDeploymentArns: [deployment ?? ""],
    });
    return serviceDeployments?.[0]?.status === "SUCCESSFUL" ? true : undefined;
  });
}

/** What the only task of a service answers. */
async function ask(serviceName: string, path: string, headers: Record<string, string> = {}): Promise<string> {
  const { taskArns = [] } = await ecs.listTasks({ cluster: CLUSTER, serviceName });
  const { tasks } = await ecs.describeTasks({ cluster: CLUSTER, tasks: taskArns });
  const details = tasks?.[0]?.attachments?.[0]?.details ?? [];
  const ip = details.find(({ name }) => name === "privateIPv4Address")?.value ?? "";
  const endpoint = sandbox.network.resolve(ip, PORT);
  return (await fetch(`http://${endpoint?.host}:${endpoint?.port}${path}`, { headers })).text();
}

test("2.7: an alias resolves inside a task, and test traffic reaches green by its header", async () => {
  const services = [{ portName: "web", clientAliases: [{ port: 8080, dnsName: "beta" }] }];
  const common = { cluster: CLUSTER, desiredCount: 1, networkConfiguration: { awsvpcConfiguration: { subnets } } };
  const beta = await ecs.createService({
    ...common,
    serviceName: "alpha",
    taskDefinition: await define("alpha", "v1"),
    serviceConnectConfiguration: { enabled: true, services },
    deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 },
  });
  const asking = await ecs.createService({
    ...common,
    serviceName: "beta",
    taskDefinition: await define("beta", "v1"),
    serviceConnectConfiguration: { enabled: true },
  });
  await succeeds(beta.service?.currentServiceDeployment);
  await succeeds(asking.service?.currentServiceDeployment);
  expect(await ask("beta", "/ask")).toMatch(/^127\.255\.0\.1 v1$/);

  const { service } = await ecs.updateService({
    cluster: CLUSTER,
    service: "alpha",
    taskDefinition: await define("alpha", "v2"),
    deploymentConfiguration: {
      lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
    },
  });
  const arn = service?.currentServiceDeployment ?? "";
  const hookId = await until(async () => {
    const answer = await ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    const hooks = answer.serviceDeployments?.[0]?.lifecycleHookDetails ?? [];
    return hooks.find(({ status }) => status === "AWAITING_ACTION")?.hookId;
  });
  expect(await ask("beta", "/ask")).toMatch(/ v1$/);
  expect(await ask("beta", "/ask", { "x-amzn-ecs-blue-green-test": "1" })).toMatch(/ v2$/);
  await ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId });
  await succeeds(arn);
  expect(await ask("beta", "/ask")).toMatch(/ v2$/);
});
