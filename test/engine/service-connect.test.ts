import { request } from "node:http";
import type { DeploymentConfiguration, ServiceConnectService } from "@aws-sdk/client-ecs";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { Alias } from "../../infra/sandbox/compute/driver.ts";
import { CLUSTER, CONTAINER_PORT, Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 2.7 of the specification, Service Connect: names for tasks, and traffic that follows deployments. */

const TEST_HEADER = "x-amzn-ecs-blue-green-test";

let engine: Engine;
let map: ServiceDiscovery;
let namespace: string;
let unused: number;
beforeAll(async () => {
  engine = await Engine.start();
  const { endpoint } = engine.aws;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  map = new ServiceDiscovery({ endpoint, region: "us-east-1", credentials, disableHostPrefix: true });
  await map.createHttpNamespace({ Name: "mesh" });
  namespace = (await map.listNamespaces({})).Namespaces?.[0]?.Arn ?? "";
  unused = 8080;
});
afterEach(() => engine.clear());
afterAll(async () => {
  map.destroy();
  await engine.stop();
});

const container = (appProtocol?: "http") => (image: string) => [
  {
    name: "app",
    image,
    portMappings: [{ name: "web", containerPort: CONTAINER_PORT, appProtocol }],
    stopTimeout: 5,
  },
];

interface Wish {
  readonly configuration?: DeploymentConfiguration;
  readonly desiredCount?: number;
  readonly service?: Partial<ServiceConnectService>;
  readonly settle?: boolean;
  readonly balanced?: boolean;
}

/** A service that others reach as `http://<name>:<port>`. */
async function server(name: string, wish: Wish = {}): Promise<EngineService> {
  const { configuration = { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 }, desiredCount, settle } = wish;
  const clientAliases = [{ port: unused, dnsName: name }];
  const services = [{ portName: "web", discoveryName: name, clientAliases, ...wish.service }];
  return engine.service(name, configuration, {
    balancer: wish.balanced ? undefined : "none",
    desiredCount,
    settle,
    definition: { containerDefinitions: container("http")(engine.image("v1")) },
    create: { serviceConnectConfiguration: { enabled: true, namespace: "mesh", services } },
  });
}

/** Names that a task of a client service in the namespace was given. */
async function client(name: string): Promise<readonly Alias[]> {
  const before = new Set(engine.driver.containers);
  await engine.service(
    name,
    { strategy: "ROLLING" },
    { balancer: "none", create: { serviceConnectConfiguration: { enabled: true, namespace } } },
  );
  const [started] = [...engine.driver.containers].filter((one) => !before.has(one));
  return started?.spec.aliases ?? [];
}

/** Version that answers, or the status when it is not 200, as a task asks that has the alias. */
function ask({ endpoint }: Alias, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...endpoint, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve(response.statusCode === 200 ? JSON.parse(text).version : String(response.statusCode)),
      );
    });
    asking.on("error", reject);
    asking.end();
  });
}

const find = (aliases: readonly Alias[], host: string): Alias => {
  const found = aliases.find((alias) => alias.host === host);
  if (!found) throw new Error(`no alias ${host} among ${aliases.map((alias) => alias.host)}`);
  return found;
};

/** Shares of versions among so many requests. */
async function sample(alias: Alias, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const version = await ask(alias);
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

async function deploy(service: EngineService, version: string, configuration?: DeploymentConfiguration) {
  const image = engine.image(version);
  const taskDefinition = await engine.define(service.name, image, { containerDefinitions: container("http")(image) });
  return (
    (await service.update({ taskDefinition, deploymentConfiguration: configuration })).currentServiceDeployment ?? ""
  );
}

test("2.7: a task asks another service of its namespace by name, and gets healthy tasks in turn", async () => {
  const alpha = await server("alpha", { desiredCount: 2 });
  const aliases = await client("caller");
  const alias = find(aliases, "alpha");
  expect(alias.port).toBe(8080);
  expect(await sample(alias, 4)).toEqual({ v1: 4 });
  await alpha.update({ desiredCount: 0 });
  await engine.advance(60);
  expect(await ask(alias)).toBe("503");
});

test("2.7: without dnsName the name is discoveryName.namespace; a service outside the namespace has no names", async () => {
  await server("alpha", { service: { discoveryName: "checks", clientAliases: [{ port: 80 }] } });
  const aliases = await client("caller");
  expect(aliases.map(({ host, port }) => `${host}:${port}`)).toEqual(["checks.mesh:80"]);
  const before = new Set(engine.driver.containers);
  await engine.service("lonely", { strategy: "ROLLING" }, { balancer: "none" });
  const [started] = [...engine.driver.containers].filter((one) => !before.has(one));
  expect(started?.spec.aliases ?? []).toEqual([]);
});

test("2.7: test traffic reaches green from the test shift on, by the default header; the rest stays with blue", async () => {
  const alpha = await server("alpha");
  const alias = find(await client("caller"), "alpha");
  const pause = {
    targetType: "PAUSE" as const,
    lifecycleStages: ["POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"] as const,
  };
  const arn = await deploy(alpha, "v2", {
    lifecycleHooks: [{ ...pause, lifecycleStages: [...pause.lifecycleStages] }],
  });
  const scaled = await alpha.pauses(arn);
  expect([await ask(alias, { [TEST_HEADER]: "1" }), await ask(alias)]).toEqual(["v1", "v1"]);
  await alpha.answers(arn, scaled);
  const shifted = await alpha.pauses(arn);
  expect([await ask(alias, { [TEST_HEADER]: "1" }), await ask(alias)]).toEqual(["v2", "v1"]);
  await alpha.answers(arn, shifted);
  await alpha.reachesStage(arn, "BAKE_TIME");
  expect(await ask(alias)).toBe("v2");
  await alpha.reaches(arn, "SUCCESSFUL");
  expect([await ask(alias), await alpha.running()]).toEqual(["v2", expect.not.objectContaining({ v1: 1 })]);
});

test("2.7: testTrafficRules name another header with an exact value", async () => {
  const testTrafficRules = { header: { name: "X-Try", value: { exact: "green" } } };
  const alpha = await server("alpha", {
    service: { clientAliases: [{ port: 8080, dnsName: "alpha", testTrafficRules }] },
  });
  const alias = find(await client("caller"), "alpha");
  const arn = await deploy(alpha, "v2", {
    lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
  });
  await alpha.pauses(arn);
  const asked: Record<string, string>[] = [{ "x-try": "green" }, { "x-try": "blue" }, { [TEST_HEADER]: "1" }];
  expect(await Promise.all(asked.map((headers) => ask(alias, headers)))).toEqual(["v2", "v1", "v1"]);
});

test.each<[string, DeploymentConfiguration, number, number]>([
  ["CANARY", { strategy: "CANARY", canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 1 } }, 50, 10],
  ["LINEAR", { strategy: "LINEAR", linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 } }, 40, 10],
])(
  "2.7: %s shifts Service Connect's traffic by the same weights, without a load balancer",
  async (_, wish, asked, green) => {
    const alpha = await server("alpha", { configuration: { ...wish, bakeTimeInMinutes: 1 } });
    const alias = find(await client("caller"), "alpha");
    const arn = await deploy(alpha, "v2");
    const step = await alpha.reachesStage(arn, "PRODUCTION_TRAFFIC_SHIFT");
    expect(step.targetServiceRevision?.requestedProductionTrafficWeight).toBe(green * (100 / asked));
    expect(await sample(alias, asked)).toEqual({ v1: asked - green, v2: green });
    await alpha.reaches(arn, "SUCCESSFUL");
    expect(await sample(alias, 4)).toEqual({ v2: 4 });
  },
);

test("2.7: a rollback brings Service Connect's traffic back", async () => {
  const alpha = await server("alpha", { balanced: true });
  const alias = find(await client("caller"), "alpha");
  const arn = await deploy(alpha, "v2");
  await alpha.reachesStage(arn, "BAKE_TIME");
  expect(await ask(alias)).toBe("v2");
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" });
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect([await ask(alias), await ask(alias, { [TEST_HEADER]: "1" })]).toEqual(["v1", "v1"]);
});

test("2.7: no request is lost while blue/green replaces the tasks", async () => {
  const alpha = await server("alpha", { desiredCount: 2 });
  const alias = find(await client("caller"), "alpha");
  const arn = await deploy(alpha, "v2");
  const answers: string[] = [];
  await engine.until(
    async () => {
      answers.push(await ask(alias));
      return (await alpha.deployment(arn)).status === "SUCCESSFUL" ? true : undefined;
    },
    { step: 1 },
  );
  expect(new Set(answers)).toEqual(new Set(["v1", "v2"]));
});

test("2.7: Cloud Map knows the healthy tasks, and forgets the service with it", async () => {
  const alpha = await server("alpha", { desiredCount: 2 });
  const discover = async () => {
    const { Instances } = await map.discoverInstances({ NamespaceName: "mesh", ServiceName: "alpha" });
    return Instances?.map(
      ({ Attributes }) => `${Attributes?.AWS_INSTANCE_IPV4}:${Attributes?.AWS_INSTANCE_PORT}`,
    ).sort();
  };
  const addresses = (await alpha.tasks())
    .filter(({ lastStatus }) => lastStatus === "RUNNING")
    .flatMap((task) => task.attachments?.[0]?.details ?? [])
    .filter(({ name }) => name === "privateIPv4Address")
    .map(({ value }) => `${value}:${CONTAINER_PORT}`);
  expect(await discover()).toEqual(addresses.sort());
  expect((await engine.ecs.listServicesByNamespace({ namespace: "mesh" })).serviceArns).toEqual([alpha.arn]);
  const [deployment] = (await alpha.describe()).deployments ?? [];
  expect(deployment?.serviceConnectResources).toEqual([
    { discoveryName: "alpha", discoveryArn: expect.stringMatching(/:servicediscovery:.*:service\/srv-/) },
  ]);
  await engine.clear();
  await expect(discover()).rejects.toMatchObject({ name: "ServiceNotFound" });
});

test("2.7: a cluster's default namespace is made when it does not exist, and is what services without one join", async () => {
  const { cluster } = await engine.ecs.createCluster({
    clusterName: "other",
    serviceConnectDefaults: { namespace: "fresh" },
  });
  const { Namespaces = [] } = await map.listNamespaces({ Filters: [{ Name: "TYPE", Values: ["HTTP"] }] });
  const fresh = Namespaces.find(({ Name }) => Name === "fresh");
  expect(cluster?.serviceConnectDefaults).toEqual({ namespace: fresh?.Arn });
  const image = engine.image("v1");
  const { service } = await engine.ecs.createService({
    cluster: "other",
    serviceName: "alpha",
    desiredCount: 0,
    taskDefinition: await engine.define("alpha", image, { containerDefinitions: container("http")(image) }),
    networkConfiguration: { awsvpcConfiguration: { subnets: engine.subnets } },
    serviceConnectConfiguration: { enabled: true },
  });
  expect(service?.deployments?.[0]?.serviceConnectConfiguration?.namespace).toBe(fresh?.Arn);
  await engine.ecs.deleteService({ cluster: "other", service: "alpha" });
  await engine.advance(30);
  await engine.ecs.deleteCluster({ cluster: "other" });
});

test.each<[string, object, string, RegExp]>([
  ["an unknown namespace", { namespace: "nowhere" }, "NamespaceNotFoundException", /nowhere/],
  ["a port that is not named", { services: [{ portName: "api" }] }, "InvalidParameterException", /'api'/],
  [
    "two aliases",
    { services: [{ portName: "web", clientAliases: [{ port: 80 }, { port: 81 }] }] },
    "InvalidParameterException",
    /at most 1 client alias/,
  ],
  [
    "an impossible port and an invalid name",
    { services: [{ portName: "web", discoveryName: "-x", clientAliases: [{ port: 0 }] }] },
    "InvalidParameterException",
    /between 1 and 65535.*'-x' is invalid/s,
  ],
  [
    "an alias that another service has",
    { services: [{ portName: "web", discoveryName: "other", clientAliases: [{ port: 8080, dnsName: "alpha" }] }] },
    "InvalidParameterException",
    /alpha:8080 is already used by service alpha/,
  ],
])("2.7: %s is refused", async (_, configuration, name, message) => {
  await server("alpha", { settle: false });
  const image = engine.image("v1");
  const creation = engine.ecs.createService({
    cluster: CLUSTER,
    serviceName: "beta",
    taskDefinition: await engine.define("beta", image, { containerDefinitions: container("http")(image) }),
    networkConfiguration: { awsvpcConfiguration: { subnets: engine.subnets } },
    serviceConnectConfiguration: { enabled: true, namespace, ...configuration },
  });
  await expect(creation).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test("2.7: requests are counted for CloudWatch by discovery name", async () => {
  await server("alpha");
  const alias = find(await client("caller"), "alpha");
  const start = engine.clock.now();
  await sample(alias, 5);
  await engine.advance(120);
  const sum = async (MetricName: string, Name: string) => {
    const { Datapoints = [] } = await engine.cloudwatch.getMetricStatistics({
      Namespace: "AWS/ECS",
      MetricName,
      Dimensions: [{ Name, Value: "alpha" }],
      StartTime: new Date(start.getTime() - 60_000),
      EndTime: engine.clock.now(),
      Period: 60,
      Statistics: ["Sum"],
    });
    return Datapoints.reduce((total, point) => total + (point.Sum ?? 0), 0);
  };
  expect(await sum("RequestCount", "DiscoveryName")).toBe(5);
  expect(await sum("HTTPCode_Target_2XX_Count", "TargetDiscoveryName")).toBe(5);
});
