import type {
  CreateServiceCommandInput,
  DnsConfig,
  Service,
  ServiceDiscovery,
  ServiceType,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { invalidInput, type NamespaceRecord, passes, type Registry, type ServiceRecord } from "./registry.ts";

const PAGE = 100;

function view(registry: Registry, record: ServiceRecord): Service {
  return {
    Id: record.id,
    Arn: record.arn,
    Name: record.name,
    NamespaceId: record.namespaceId,
    Type: record.type,
    Description: record.description,
    InstanceCount: registry.instancesOf(record.id).length,
    DnsConfig: record.dnsConfig,
    HealthCheckConfig: record.healthCheckConfig,
    HealthCheckCustomConfig: record.isHealthCustom ? { FailureThreshold: 1 } : undefined,
    CreateDate: record.createdAt,
    CreatorRequestId: record.creatorRequestId,
    CreatedByAccount: registry.context.account,
  };
}

function typeOf(namespace: NamespaceRecord, { Type, DnsConfig: dns }: CreateServiceCommandInput): ServiceType {
  if (namespace.type === "HTTP" || Type === "HTTP") return "HTTP";
  return dns ? "DNS_HTTP" : "HTTP";
}

function dnsConfig(given: DnsConfig | undefined, namespaceId: string): DnsConfig | undefined {
  return given && { ...given, NamespaceId: namespaceId, RoutingPolicy: given.RoutingPolicy ?? "MULTIVALUE" };
}

/** @throws AwsError InvalidInput with every problem found */
function check(input: CreateServiceCommandInput, namespace: NamespaceRecord): void {
  const name = input.Name ?? "";
  const problems: string[] = [];
  if (name === "" || name.length > 1024) problems.push("Service name must have 1 to 1024 characters.");
  if (namespace.type === "HTTP" && input.DnsConfig?.DnsRecords?.length)
    problems.push("DnsConfig can't be specified for a service in an HTTP namespace.");
  if (input.HealthCheckConfig && input.HealthCheckCustomConfig)
    problems.push("HealthCheckConfig and HealthCheckCustomConfig can't both be specified.");
  if (input.HealthCheckConfig && namespace.type !== "DNS_PUBLIC")
    problems.push("HealthCheckConfig is for public DNS namespaces; use HealthCheckCustomConfig.");
  if (problems.length > 0) throw invalidInput(problems.join(" "));
}

/** @throws AwsError NamespaceNotFound, InvalidInput, ServiceAlreadyExists */
function add(registry: Registry, input: CreateServiceCommandInput): ServiceRecord {
  const { context } = registry;
  const namespace = registry.namespace(input.NamespaceId ?? input.DnsConfig?.NamespaceId);
  check(input, namespace);
  const name = input.Name ?? "";
  const known = registry.servicesOf(namespace.id).find((one) => one.name === name);
  if (known)
    throw new AwsError("ServiceAlreadyExists", "Service already exists.", {
      fields: { ServiceId: known.id, ServiceArn: known.arn, CreatorRequestId: known.creatorRequestId },
    });
  const id = registry.newId("srv");
  const record: ServiceRecord = {
    id,
    arn: registry.arn(`service/${id}`),
    name,
    namespaceId: namespace.id,
    type: typeOf(namespace, input),
    description: input.Description,
    dnsConfig: dnsConfig(input.DnsConfig, namespace.id),
    isHealthCustom: input.HealthCheckCustomConfig !== undefined,
    creatorRequestId: input.CreatorRequestId ?? context.id(32),
    createdAt: context.clock.now(),
    revision: 1,
    tags: input.Tags ?? [],
  };
  registry.services.set(id, record);
  return record;
}

export function serviceOperations(registry: Registry): Operations<ServiceDiscovery> {
  return {
    CreateService: (input) => ({ Service: view(registry, add(registry, input)) }),

    GetService: ({ Id }) => ({ Service: view(registry, registry.service(Id)) }),

    ListServices: ({ Filters, MaxResults = PAGE, NextToken }) => {
      const found = [...registry.services.values()].filter((record) =>
        passes(Filters, { NAMESPACE_ID: record.namespaceId, RESOURCE_OWNER: "SELF" }),
      );
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxResults, invalidToken: "InvalidInput" });
      return { Services: items.map((record) => view(registry, record)), NextToken: nextToken };
    },

    UpdateService: ({ Id, Service: change }) => {
      const record = registry.service(Id);
      record.description = change?.Description ?? record.description;
      if (change?.HealthCheckConfig) throw invalidInput("HealthCheckConfig is for public DNS namespaces.");
      if (change?.DnsConfig)
        record.dnsConfig = dnsConfig({ ...record.dnsConfig, ...change.DnsConfig }, record.namespaceId);
      return { OperationId: registry.done("UPDATE_SERVICE", { SERVICE: record.id }) };
    },

    DeleteService: ({ Id }) => {
      const record = registry.service(Id);
      if (registry.instancesOf(record.id).length > 0)
        throw new AwsError(
          "ResourceInUse",
          "Service contains registered instances; delete the instances before deleting the service",
        );
      registry.services.delete(record.id);
      return {};
    },
  };
}
