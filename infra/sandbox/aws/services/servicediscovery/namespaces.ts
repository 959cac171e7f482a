import type {
  CreateHttpNamespaceCommandInput,
  CreatePrivateDnsNamespaceCommandInput,
  Namespace,
  NamespaceType,
  ServiceDiscovery,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { invalidInput, type NamespaceRecord, passes, type Registry } from "./registry.ts";

const DEFAULT_TTL = 60;
const PAGE = 100;
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function view(registry: Registry, record: NamespaceRecord): Namespace {
  const isDns = record.type !== "HTTP";
  return {
    Id: record.id,
    Arn: record.arn,
    Name: record.name,
    Type: record.type,
    Description: record.description,
    ServiceCount: registry.servicesOf(record.id).length,
    Properties: {
      ...(isDns
        ? { DnsProperties: { HostedZoneId: record.hostedZoneId, SOA: { TTL: record.ttl ?? DEFAULT_TTL } } }
        : {}),
      HttpProperties: { HttpName: record.name },
    },
    CreateDate: record.createdAt,
    CreatorRequestId: record.creatorRequestId,
  };
}

/** @throws AwsError InvalidInput, NamespaceAlreadyExists */
function add(
  registry: Registry,
  input: CreateHttpNamespaceCommandInput | CreatePrivateDnsNamespaceCommandInput,
  type: NamespaceType,
): NamespaceRecord {
  const { context } = registry;
  const name = input.Name ?? "";
  if (!/^[!-~]{1,1024}$/.test(name)) throw invalidInput(`Namespace name ${JSON.stringify(name)} is not valid.`);
  const known = [...registry.namespaces.values()].find((one) => one.name === name && one.type === type);
  const creatorRequestId = input.CreatorRequestId ?? context.id(32);
  if (known)
    throw new AwsError("NamespaceAlreadyExists", `Namespace with name ${name} already exists.`, {
      fields: { NamespaceId: known.id, CreatorRequestId: known.creatorRequestId },
    });
  const id = registry.newId("ns");
  const record: NamespaceRecord = {
    id,
    arn: registry.arn(`namespace/${id}`),
    name,
    type,
    description: input.Description,
    creatorRequestId,
    hostedZoneId: type === "HTTP" ? undefined : `Z${context.id(20, UPPER)}`,
    ttl: "Properties" in input ? input.Properties?.DnsProperties?.SOA?.TTL : undefined,
    createdAt: context.clock.now(),
    tags: input.Tags ?? [],
  };
  registry.namespaces.set(id, record);
  return record;
}

/** What a filter of ListNamespaces looks at. */
const readable = (record: NamespaceRecord) => ({
  TYPE: record.type,
  NAME: record.name,
  HTTP_NAME: record.name,
  RESOURCE_OWNER: "SELF",
});

export function namespaceOperations(registry: Registry): Operations<ServiceDiscovery> {
  const created = (record: NamespaceRecord) => ({
    OperationId: registry.done("CREATE_NAMESPACE", { NAMESPACE: record.id }),
  });
  const updated = (record: NamespaceRecord) => ({
    OperationId: registry.done("UPDATE_NAMESPACE", { NAMESPACE: record.id }),
  });
  return {
    CreateHttpNamespace: (input) => created(add(registry, input, "HTTP")),

    /** The sandbox runs no DNS: instances of such a namespace are found by DiscoverInstances and Service Connect only. */
    CreatePrivateDnsNamespace: (input) => created(add(registry, input, "DNS_PRIVATE")),

    GetNamespace: ({ Id }) => ({ Namespace: view(registry, registry.namespace(Id)) }),

    ListNamespaces: ({ Filters, MaxResults = PAGE, NextToken }) => {
      const found = [...registry.namespaces.values()].filter((record) => passes(Filters, readable(record)));
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxResults, invalidToken: "InvalidInput" });
      return { Namespaces: items.map((record) => view(registry, record)), NextToken: nextToken };
    },

    UpdateHttpNamespace: ({ Id, Namespace: change }) => {
      const record = registry.namespace(Id);
      record.description = change?.Description;
      return updated(record);
    },

    UpdatePrivateDnsNamespace: ({ Id, Namespace: change }) => {
      const record = registry.namespace(Id);
      record.description = change?.Description ?? record.description;
      record.ttl = change?.Properties?.DnsProperties?.SOA?.TTL ?? record.ttl;
      return updated(record);
    },

    DeleteNamespace: ({ Id }) => {
      const record = registry.namespace(Id);
      if (registry.servicesOf(record.id).length > 0)
        throw new AwsError("ResourceInUse", `Namespace ${record.id} still contains services and can't be deleted.`);
      registry.namespaces.delete(record.id);
      return { OperationId: registry.done("DELETE_NAMESPACE", { NAMESPACE: record.id }) };
    },
  };
}
