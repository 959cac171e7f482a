import type {
  DiscoverInstancesCommandInput,
  HttpInstanceSummary,
  ServiceDiscovery,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { type InstanceRecord, invalidInput, type Registry, type ServiceRecord } from "./registry.ts";

const PAGE = 100;
const MAX_ATTRIBUTES = 30;
/** Attribute that sets the first status of a service with HealthCheckCustomConfig. */
const INITIAL_HEALTH = "AWS_INIT_HEALTH_STATUS";

function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  const names = Object.keys(attributes);
  const problems: string[] = [];
  if (names.length > MAX_ATTRIBUTES)
    problems.push(`An instance has at most ${MAX_ATTRIBUTES} attributes, got ${names.length}.`);
  for (const [name, value] of Object.entries(attributes))
    if (name.length > 255 || value.length > 1024) problems.push(`Attribute ${name.slice(0, 40)} is too long.`);
  const port = attributes.AWS_INSTANCE_PORT;
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    problems.push(`AWS_INSTANCE_PORT must be a port. Got: ${port}`);
  if (problems.length > 0) throw invalidInput(problems.join(" "));
}

/** @throws AwsError NamespaceNotFound, ServiceNotFound */
function byName(registry: Registry, namespaceName: string, serviceName: string): ServiceRecord {
  const namespaces = [...registry.namespaces.values()].filter(({ name }) => name === namespaceName);
  if (namespaces.length === 0) throw new AwsError("NamespaceNotFound", `Namespace ${namespaceName} does not exist.`);
  const ids = new Set(namespaces.map(({ id }) => id));
  const found = [...registry.services.values()].find((one) => ids.has(one.namespaceId) && one.name === serviceName);
  if (found) return found;
  throw new AwsError("ServiceNotFound", `Service ${serviceName} does not exist.`);
}

const has = ({ attributes }: InstanceRecord, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => attributes[name] === value);

function discovered(registry: Registry, input: DiscoverInstancesCommandInput): InstanceRecord[] {
  const service = byName(registry, input.NamespaceName ?? "", input.ServiceName ?? "");
  const wanted = registry.instancesOf(service.id).filter((one) => has(one, input.QueryParameters ?? {}));
  // OptionalParameters narrow the answer only when something is left then.
  const optional = wanted.filter((one) => has(one, input.OptionalParameters ?? {}));
  const found = optional.length > 0 ? optional : wanted;
  const healthy = found.filter(({ health }) => health !== "UNHEALTHY");
  switch (input.HealthStatus ?? "HEALTHY_OR_ELSE_ALL") {
    case "ALL":
      return found;
    case "HEALTHY":
      return healthy;
    case "UNHEALTHY":
      return found.filter(({ health }) => health === "UNHEALTHY");
    default:
      return healthy.length > 0 ? healthy : found;
  }
}

function reading(registry: Registry): Operations<ServiceDiscovery> {
  const { account } = registry.context;
  return {
    GetInstance: ({ ServiceId, InstanceId }) => {
      const { id, attributes, creatorRequestId } = registry.instance(registry.service(ServiceId).id, InstanceId);
      return {
        Instance: { Id: id, Attributes: attributes, CreatorRequestId: creatorRequestId, CreatedByAccount: account },
      };
    },

    ListInstances: ({ ServiceId, MaxResults = PAGE, NextToken }) => {
      const found = registry.instancesOf(registry.service(ServiceId).id);
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxResults, invalidToken: "InvalidInput" });
      const Instances = items.map((one) => ({ Id: one.id, Attributes: one.attributes, CreatedByAccount: account }));
      return { Instances, NextToken: nextToken };
    },

    GetInstancesHealthStatus: ({ ServiceId, Instances, MaxResults = PAGE, NextToken }) => {
      const service = registry.service(ServiceId);
      const found = Instances?.length
        ? Instances.map((id) => registry.instance(service.id, id))
        : registry.instancesOf(service.id);
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxResults, invalidToken: "InvalidInput" });
      return { Status: Object.fromEntries(items.map(({ id, health }) => [id, health])), NextToken: nextToken };
    },

    DiscoverInstances: (input) => {
      const service = byName(registry, input.NamespaceName ?? "", input.ServiceName ?? "");
      const found = discovered(registry, input).slice(0, input.MaxResults ?? PAGE);
      const Instances = found.map(
        ({ id, attributes, health }): HttpInstanceSummary => ({
          InstanceId: id,
          NamespaceName: input.NamespaceName,
          ServiceName: input.ServiceName,
          HealthStatus: health,
          Attributes: attributes,
        }),
      );
      return { Instances, InstancesRevision: service.revision };
    },

    DiscoverInstancesRevision: ({ NamespaceName = "", ServiceName = "" }) => ({
      InstancesRevision: byName(registry, NamespaceName, ServiceName).revision,
    }),
  };
}

export function instanceOperations(registry: Registry): Operations<ServiceDiscovery> {
  return {
    ...reading(registry),

    RegisterInstance: ({ ServiceId, InstanceId = "", Attributes = {}, CreatorRequestId }) => {
      const service = registry.service(ServiceId);
      checkAttributes(Attributes);
      const { [INITIAL_HEALTH]: initial, ...attributes } = Attributes;
      const known = registry.instances.get(`${service.id}/${InstanceId}`);
      registry.instances.set(`${service.id}/${InstanceId}`, {
        id: InstanceId,
        serviceId: service.id,
        creatorRequestId: CreatorRequestId ?? registry.context.id(32),
        attributes,
        health: known?.health ?? health(service, initial),
      });
      service.revision++;
      return {
        OperationId: registry.done("REGISTER_INSTANCE", { INSTANCE: InstanceId, SERVICE: service.id }),
      };
    },

    DeregisterInstance: ({ ServiceId, InstanceId = "" }) => {
      const service = registry.service(ServiceId);
      const { id } = registry.instance(service.id, InstanceId);
      registry.instances.delete(`${service.id}/${id}`);
      service.revision++;
      return { OperationId: registry.done("DEREGISTER_INSTANCE", { INSTANCE: id, SERVICE: service.id }) };
    },

    UpdateInstanceCustomHealthStatus: ({ ServiceId, InstanceId, Status }) => {
      const service = registry.service(ServiceId);
      if (!service.isHealthCustom)
        throw new AwsError("CustomHealthNotFound", `Service ${service.id} has no custom health check.`);
      registry.instance(service.id, InstanceId).health = Status ?? "HEALTHY";
      service.revision++;
      return {};
    },
  };
}

/** Without a custom health check nobody checks, which Cloud Map calls UNKNOWN. */
function health(service: ServiceRecord, initial: string | undefined): InstanceRecord["health"] {
  if (!service.isHealthCustom) return "UNKNOWN";
  return initial === "UNHEALTHY" ? "UNHEALTHY" : "HEALTHY";
}
