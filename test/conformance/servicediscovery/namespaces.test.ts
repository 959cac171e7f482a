import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type CloudMap, startCloudMap } from "./client.ts";

let map: CloudMap;
beforeAll(async () => {
  map = await startCloudMap();
});
afterAll(() => map.stop());

test("CreateHttpNamespace: an operation whose target is the namespace; the name is taken then", async () => {
  const { id, name } = await map.namespace();
  expect(id).toMatch(/^ns-[a-z0-9]{16}$/);
  await expect(map.client.createHttpNamespace({ Name: name })).rejects.toMatchObject({
    name: "NamespaceAlreadyExists",
    NamespaceId: id,
  });
  await map.removeNamespace(id);
});

test("CreatePrivateDnsNamespace: has a hosted zone and a time to live", async () => {
  const Name = `${map.target.unique("zone")}.internal`;
  const Vpc = process.env.CONFORMANCE_VPC ?? "vpc-00000000000000000";
  const Properties = { DnsProperties: { SOA: { TTL: 30 } } };
  const { OperationId } = await map.client.createPrivateDnsNamespace({ Name, Vpc, Properties });
  const id = await map.settled(OperationId, "NAMESPACE");
  const { Namespace } = await map.client.getNamespace({ Id: id });
  expect(Namespace).toMatchObject({ Type: "DNS_PRIVATE", Name, Properties: { DnsProperties: { SOA: { TTL: 30 } } } });
  expect(Namespace?.Properties?.DnsProperties?.HostedZoneId).toMatch(/^Z/);
  await map.removeNamespace(id);
});

test("GetNamespace: what was created, by id or ARN", async () => {
  const { id, name } = await map.namespace();
  const { Namespace } = await map.client.getNamespace({ Id: id });
  expect(Namespace).toMatchObject({
    Id: id,
    Name: name,
    Type: "HTTP",
    Properties: { HttpProperties: { HttpName: name } },
  });
  expect(Namespace?.Arn).toMatch(new RegExp(`^arn:aws:servicediscovery:[^:]+:\\d{12}:namespace/${id}$`));
  await map.removeNamespace(id);
  await expect(map.client.getNamespace({ Id: id })).rejects.toMatchObject({ name: "NamespaceNotFound" });
});

test("ListNamespaces: filtered by type and name", async () => {
  const { id, name } = await map.namespace();
  const find = async (type: string) => {
    const Filters = [
      { Name: "TYPE" as const, Values: [type] },
      { Name: "NAME" as const, Values: [name] },
    ];
    return (await map.client.listNamespaces({ Filters })).Namespaces?.map((one) => one.Id);
  };
  expect([await find("HTTP"), await find("DNS_PRIVATE")]).toEqual([[id], []]);
  await map.removeNamespace(id);
});

test("UpdateHttpNamespace: changes the description", async () => {
  const { id } = await map.namespace();
  const { OperationId } = await map.client.updateHttpNamespace({ Id: id, Namespace: { Description: "of a fleet" } });
  await map.settled(OperationId, "NAMESPACE");
  expect((await map.client.getNamespace({ Id: id })).Namespace?.Description).toBe("of a fleet");
  await map.removeNamespace(id);
});

test("UpdatePrivateDnsNamespace: changes the time to live", async () => {
  const Vpc = process.env.CONFORMANCE_VPC ?? "vpc-00000000000000000";
  const created = await map.client.createPrivateDnsNamespace({ Name: `${map.target.unique("zone")}.internal`, Vpc });
  const Id = await map.settled(created.OperationId, "NAMESPACE");
  const Namespace = { Properties: { DnsProperties: { SOA: { TTL: 15 } } } };
  await map.settled((await map.client.updatePrivateDnsNamespace({ Id, Namespace })).OperationId, "NAMESPACE");
  const found = await map.client.getNamespace({ Id });
  expect(found.Namespace?.Properties?.DnsProperties?.SOA?.TTL).toBe(15);
  await map.removeNamespace(Id);
});

test("DeleteNamespace: refused while it has services", async () => {
  const { id } = await map.namespace();
  const { Service } = await map.client.createService({ Name: "beta", NamespaceId: id });
  await expect(map.client.deleteNamespace({ Id: id })).rejects.toMatchObject({ name: "ResourceInUse" });
  await map.client.deleteService({ Id: Service?.Id });
  await map.removeNamespace(id);
});

test("GetOperation: an unknown operation is not found", async () => {
  await expect(map.client.getOperation({ OperationId: "unknown" })).rejects.toMatchObject({
    name: "OperationNotFound",
  });
});

test("ListOperations: filtered by namespace and type", async () => {
  const { id } = await map.namespace();
  const Filters = [
    { Name: "NAMESPACE_ID" as const, Values: [id] },
    { Name: "TYPE" as const, Values: ["CREATE_NAMESPACE"] },
  ];
  const { Operations } = await map.client.listOperations({ Filters });
  expect(Operations).toEqual([{ Id: expect.any(String), Status: "SUCCESS" }]);
  await map.removeNamespace(id);
});

const tagsOf = async (ResourceARN: string | undefined) => (await map.client.listTagsForResource({ ResourceARN })).Tags;

async function tagged(): Promise<{ id: string; arn: string | undefined }> {
  const { id } = await map.namespace();
  const { Namespace } = await map.client.getNamespace({ Id: id });
  await map.client.tagResource({ ResourceARN: Namespace?.Arn, Tags: [{ Key: "team", Value: "a" }] });
  return { id, arn: Namespace?.Arn };
}

test("TagResource: adds and replaces", async () => {
  const { id, arn } = await tagged();
  await map.client.tagResource({ ResourceARN: arn, Tags: [{ Key: "team", Value: "b" }] });
  expect(await tagsOf(arn)).toEqual([{ Key: "team", Value: "b" }]);
  await map.removeNamespace(id);
});

test("UntagResource: removes by key", async () => {
  const { id, arn } = await tagged();
  await map.client.untagResource({ ResourceARN: arn, TagKeys: ["team"] });
  expect(await tagsOf(arn)).toEqual([]);
  await map.removeNamespace(id);
});

test("ListTagsForResource: an unknown resource is not found", async () => {
  const { id, arn } = await tagged();
  expect(await tagsOf(arn)).toEqual([{ Key: "team", Value: "a" }]);
  await map.removeNamespace(id);
  await expect(tagsOf(arn)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
