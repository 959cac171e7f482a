import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type CloudMap, startCloudMap } from "./client.ts";

let map: CloudMap;
let namespace: { id: string; name: string };
let service: string;
beforeAll(async () => {
  map = await startCloudMap();
});
beforeEach(async () => {
  namespace = await map.namespace();
  const { Service } = await map.client.createService({
    Name: "beta",
    NamespaceId: namespace.id,
    HealthCheckCustomConfig: { FailureThreshold: 1 },
  });
  service = Service?.Id ?? "";
});
afterEach(async () => {
  for (const { Id = "" } of (await map.client.listInstances({ ServiceId: service })).Instances ?? []) await leave(Id);
  await map.client.deleteService({ Id: service });
  await map.removeNamespace(namespace.id);
});
afterAll(() => map.stop());

const address = (ip: string) => ({ AWS_INSTANCE_IPV4: ip, AWS_INSTANCE_PORT: "9001" });

async function join(InstanceId: string, Attributes: Record<string, string> = address("10.0.0.4")): Promise<void> {
  const { OperationId } = await map.client.registerInstance({ ServiceId: service, InstanceId, Attributes });
  await map.settled(OperationId, "INSTANCE");
}

async function leave(InstanceId: string): Promise<void> {
  const { OperationId } = await map.client.deregisterInstance({ ServiceId: service, InstanceId });
  await map.settled(OperationId, "INSTANCE");
}

const discover = (more: object = {}) =>
  map.client.discoverInstances({ NamespaceName: namespace.name, ServiceName: "beta", ...more });

test("CreateService: unique in its namespace, which must exist", async () => {
  expect(service).toMatch(/^srv-[a-z0-9]{16}$/);
  const again = map.client.createService({ Name: "beta", NamespaceId: namespace.id });
  await expect(again).rejects.toMatchObject({ name: "ServiceAlreadyExists", ServiceId: service });
  const nowhere = map.client.createService({ Name: "beta", NamespaceId: "ns-0000000000000000" });
  await expect(nowhere).rejects.toMatchObject({ name: "NamespaceNotFound" });
});

test("GetService: what was created, with its instances counted", async () => {
  await join("one");
  const { Service } = await map.client.getService({ Id: service });
  expect(Service).toMatchObject({ Name: "beta", NamespaceId: namespace.id, Type: "HTTP", InstanceCount: 1 });
});

test("ListServices: of one namespace", async () => {
  const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [namespace.id] }];
  expect((await map.client.listServices({ Filters })).Services?.map(({ Id }) => Id)).toEqual([service]);
});

test("UpdateService: changes the description", async () => {
  const { OperationId } = await map.client.updateService({ Id: service, Service: { Description: "checks" } });
  await map.settled(OperationId, "SERVICE");
  expect((await map.client.getService({ Id: service })).Service?.Description).toBe("checks");
});

test("DeleteService: refused while it has instances", async () => {
  await join("one");
  await expect(map.client.deleteService({ Id: service })).rejects.toMatchObject({ name: "ResourceInUse" });
});

test("RegisterInstance: again replaces the attributes", async () => {
  await join("one");
  await join("one", address("10.0.0.5"));
  const { Instance } = await map.client.getInstance({ ServiceId: service, InstanceId: "one" });
  expect(Instance).toMatchObject({ Id: "one", Attributes: address("10.0.0.5") });
});

test("DeregisterInstance: an unknown instance is not found", async () => {
  await join("one");
  await leave("one");
  await expect(leave("one")).rejects.toMatchObject({ name: "InstanceNotFound" });
});

test("GetInstance: an unknown instance is not found", async () => {
  const found = map.client.getInstance({ ServiceId: service, InstanceId: "nobody" });
  await expect(found).rejects.toMatchObject({ name: "InstanceNotFound" });
});

test("ListInstances: in pages", async () => {
  for (const id of ["one", "two"]) await join(id);
  const first = await map.client.listInstances({ ServiceId: service, MaxResults: 1 });
  const second = await map.client.listInstances({ ServiceId: service, NextToken: first.NextToken });
  const ids = [...(first.Instances ?? []), ...(second.Instances ?? [])].map(({ Id }) => Id);
  expect([first.Instances?.length, ids.sort()]).toEqual([1, ["one", "two"]]);
});

test("DiscoverInstances: healthy ones, by attributes", async () => {
  await join("one", { ...address("10.0.0.4"), stage: "prod" });
  await join("two", { ...address("10.0.0.5"), AWS_INIT_HEALTH_STATUS: "UNHEALTHY" });
  const ids = async (more: object) => (await discover(more)).Instances?.map(({ InstanceId }) => InstanceId).sort();
  expect(await ids({})).toEqual(["one"]);
  expect(await ids({ HealthStatus: "ALL" })).toEqual(["one", "two"]);
  expect(await ids({ HealthStatus: "UNHEALTHY" })).toEqual(["two"]);
  expect(await ids({ QueryParameters: { stage: "test" } })).toEqual([]);
  const nothing = map.client.discoverInstances({ NamespaceName: namespace.name, ServiceName: "nobody" });
  await expect(nothing).rejects.toMatchObject({ name: "ServiceNotFound" });
});

test("DiscoverInstancesRevision: grows with every change", async () => {
  const revision = async () =>
    (await map.client.discoverInstancesRevision({ NamespaceName: namespace.name, ServiceName: "beta" }))
      .InstancesRevision ?? 0;
  const before = await revision();
  await join("one");
  expect(await revision()).toBeGreaterThan(before);
});

test("GetInstancesHealthStatus: of the instances asked for", async () => {
  for (const id of ["one", "two"]) await join(id);
  const answer = await map.client.getInstancesHealthStatus({ ServiceId: service, Instances: ["two"] });
  expect(answer.Status).toEqual({ two: "HEALTHY" });
});

test("UpdateInstanceCustomHealthStatus: takes an instance out of discovery", async () => {
  await join("one");
  await join("two");
  await map.client.updateInstanceCustomHealthStatus({ ServiceId: service, InstanceId: "one", Status: "UNHEALTHY" });
  expect((await discover()).Instances?.map(({ InstanceId }) => InstanceId)).toEqual(["two"]);
});
