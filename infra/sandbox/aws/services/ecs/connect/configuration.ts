import type {
  PortMapping,
  ServiceConnectConfiguration,
  ServiceConnectService,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { HeaderRule } from "../../../../network/connect/routing.ts";

/** What a service's Service Connect configuration means for one task definition, and what ECS refuses. Pure. */

/** One port of a service that others reach through Service Connect. */
export interface ConnectPoint {
  readonly portName: string;
  /** Name of the Cloud Map service. */
  readonly discoveryName: string;
  /** Where clients find it; absent when the configuration names no client alias. */
  readonly alias?: { readonly host: string; readonly port: number };
  readonly containerPort: number;
  readonly protocol: "http" | "tcp";
  /** What makes a request test traffic. */
  readonly header: HeaderRule;
  /** Longest time of one request; 0 is without end. */
  readonly requestSeconds: number;
}

/** Header of test traffic when the alias has no rules of its own. Source: ECS developer guide, service-connect-blue-green. */
const TEST_HEADER = "x-amzn-ecs-blue-green-test";
const REQUEST_SECONDS = 15; // default of perRequestTimeout
const DISCOVERY_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const DNS_NAME = /^[a-z0-9_.][a-z0-9_.-]{0,126}$/;
const HTTP = ["http", "http2", "grpc"];

/** Whether others can reach the service through Service Connect. */
export const offersConnection = (configuration: ServiceConnectConfiguration | undefined): boolean =>
  isConnected(configuration) && (configuration?.services ?? []).length > 0;

const isConnected = (configuration: ServiceConnectConfiguration | undefined): boolean =>
  configuration?.enabled === true;

function portNamed(definition: TaskDefinition, name: string | undefined): PortMapping | undefined {
  const mappings = (definition.containerDefinitions ?? []).flatMap((container) => container.portMappings ?? []);
  return mappings.find((mapping) => mapping.name !== undefined && mapping.name === name);
}

const discoveryNameOf = (service: ServiceConnectService): string => service.discoveryName || (service.portName ?? "");

function headerOf(service: ServiceConnectService): HeaderRule {
  const rule = service.clientAliases?.[0]?.testTrafficRules?.header;
  if (!rule?.name) return { name: TEST_HEADER };
  return { name: rule.name, ...(rule.value?.exact === undefined ? {} : { exact: rule.value.exact }) };
}

/** The points of a configuration that is known to be right. @param namespace name of the Cloud Map namespace. */
export function pointsOf(
  configuration: ServiceConnectConfiguration | undefined,
  definition: TaskDefinition,
  namespace: string,
): ConnectPoint[] {
  if (!isConnected(configuration)) return [];
  return (configuration?.services ?? []).flatMap((service): ConnectPoint[] => {
    const mapping = portNamed(definition, service.portName);
    if (!mapping?.containerPort) return [];
    const discoveryName = discoveryNameOf(service);
    const [alias] = service.clientAliases ?? [];
    const host = (alias?.dnsName || `${discoveryName}.${namespace}`).toLowerCase();
    return [
      {
        portName: service.portName ?? "",
        discoveryName,
        ...(alias?.port ? { alias: { host, port: alias.port } } : {}),
        containerPort: mapping.containerPort,
        protocol: mapping.appProtocol ? "http" : "tcp",
        header: headerOf(service),
        requestSeconds: service.timeout?.perRequestTimeoutSeconds ?? REQUEST_SECONDS,
      },
    ];
  });
}

const isPort = (port: number | undefined): boolean => port !== undefined && port >= 1 && port <= 65_535;

function aliasProblems(service: ServiceConnectService, mapping: PortMapping | undefined): string[] {
  const [alias] = service.clientAliases ?? [];
  const problems: string[] = [];
  if ((service.clientAliases?.length ?? 0) > 1)
    problems.push(`Service Connect service '${service.portName}' must have at most 1 client alias.`);
  if (alias && !isPort(alias.port))
    problems.push(`Client alias port of '${service.portName}' must be between 1 and 65535. Got: ${alias.port}`);
  if (alias?.dnsName && !DNS_NAME.test(alias.dnsName))
    problems.push(`Client alias dnsName '${alias.dnsName}' is invalid.`);
  if (alias?.testTrafficRules && mapping && !HTTP.includes(mapping.appProtocol ?? ""))
    problems.push(
      `testTrafficRules of '${service.portName}' need appProtocol http, http2 or grpc on its port mapping.`,
    );
  return problems;
}

function serviceProblems(service: ServiceConnectService, definition: TaskDefinition): string[] {
  const mapping = portNamed(definition, service.portName);
  const problems = aliasProblems(service, mapping);
  if (!mapping)
    problems.push(
      `Service Connect portName '${service.portName}' does not refer to any named port mapping of the task definition.`,
    );
  if (!DISCOVERY_NAME.test(discoveryNameOf(service)))
    problems.push(`Service Connect discoveryName '${discoveryNameOf(service)}' is invalid.`);
  if (service.timeout?.perRequestTimeoutSeconds !== undefined && mapping && !mapping.appProtocol)
    problems.push(
      `perRequestTimeoutSeconds of '${service.portName}' needs an appProtocol; TCP has idleTimeoutSeconds only.`,
    );
  if (mapping?.appProtocol === "http2" || mapping?.appProtocol === "grpc")
    problems.push(
      `The sandbox's Service Connect proxies speak HTTP/1.1 and TCP, not ${mapping.appProtocol} (port mapping '${service.portName}').`,
    );
  if (service.tls) problems.push(`The sandbox's Service Connect proxies have no TLS (service '${service.portName}').`);
  return problems;
}

/** Why ECS would refuse the configuration with this task definition; every problem. */
export function connectProblems(
  configuration: ServiceConnectConfiguration | undefined,
  definition: TaskDefinition,
): string[] {
  if (!isConnected(configuration)) return [];
  const services = configuration?.services ?? [];
  const names = services.map(discoveryNameOf);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  const problems = services.flatMap((service) => serviceProblems(service, definition));
  if (repeated) problems.push(`Service Connect discoveryName '${repeated}' is used more than once.`);
  if (configuration?.accessLogConfiguration && !configuration.logConfiguration)
    problems.push("accessLogConfiguration needs a logConfiguration in the serviceConnectConfiguration.");
  return problems;
}
