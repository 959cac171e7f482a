import { isDeepStrictEqual } from "node:util";
import type { CreateServiceCommandInput, TaskDefinition, UpdateServiceCommandInput } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../kernel.ts";
import { capacityFor } from "../capacity-providers.ts";
import { offersConnection } from "../connect/configuration.ts";
import { deploymentDefaults, requireDeployable } from "../deployment/configuration.ts";
import type { ServiceRecord, ServiceSettings } from "../model.ts";
import type { Records } from "../records.ts";

/** Fields whose change starts a service deployment; all others only change the service. */
const DEPLOYING = [
  "taskDefinition",
  "networkConfiguration",
  "platformVersion",
  "loadBalancers",
  "serviceRegistries",
  "serviceConnectConfiguration",
  "volumeConfigurations",
  "vpcLatticeConfigurations",
] as const;

/** Equal as JSON: a member that is absent equals one that is undefined. */
const isSame = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a ?? null)), JSON.parse(JSON.stringify(b ?? null)));

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}

/** What would be accepted without any effect. */
const WITHOUT_EFFECT = [
  ["serviceRegistries", "registers no tasks in Cloud Map; Service Connect (serviceConnectConfiguration) gives names"],
  ["volumeConfigurations", "attaches no volumes"],
  ["vpcLatticeConfigurations", "has no VPC Lattice"],
] as const;

/** What a service's parts must have in common, in ECS's words. */
function requireConsistent(settings: ServiceSettings, definition: TaskDefinition): void {
  const problems: string[] = [];
  if (definition.status !== "ACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
  if (definition.networkMode === "awsvpc" && !settings.networkConfiguration?.awsvpcConfiguration)
    problems.push("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  for (const { containerName, containerPort } of settings.loadBalancers ?? []) {
    const container = definition.containerDefinitions?.find((one) => one.name === containerName);
    if (!container) problems.push(`The container ${containerName} does not exist in the task definition.`);
    else if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
      problems.push(`The container ${containerName} did not have a container port ${containerPort} defined.`);
  }
  if (settings.launchType && settings.capacityProviderStrategy?.length)
    problems.push(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  const controller = settings.deploymentController?.type ?? "ECS";
  if (controller !== "ECS") problems.push(`The sandbox implements deployment controller ECS only. Got: ${controller}`);
  if (settings.schedulingStrategy === "DAEMON")
    problems.push("The DAEMON scheduling strategy needs container instances, which the sandbox does not have.");
  if ((settings.placementConstraints ?? []).length + (settings.placementStrategy ?? []).length > 0)
    problems.push("Placement constraints and strategies are not supported with FARGATE launch type.");
  for (const [field, reason] of WITHOUT_EFFECT)
    if (settings[field]?.length) problems.push(`The sandbox ${reason}: leave ${field} out.`);
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
}

function checked(records: Records, settings: ServiceSettings): ServiceSettings {
  const { arn, definition } = records.taskDefinition(settings.taskDefinition);
  requireConsistent(settings, definition);
  const hasMesh = offersConnection(settings.serviceConnectConfiguration);
  requireDeployable(settings.deploymentConfiguration, { balancers: settings.loadBalancers ?? [], hasMesh });
  return { ...settings, taskDefinition: arn };
}

/** @throws AwsError ClientException, InvalidParameterException */
export function newSettings(records: Records, input: CreateServiceCommandInput): ServiceSettings {
  const { cluster, serviceName, clientToken, desiredCount, tags, role, ...rest } = input;
  const capacity = capacityFor(records.cluster(input.cluster), input);
  return checked(records, {
    ...rest,
    taskDefinition: input.taskDefinition ?? "",
    launchType: capacity.launchType,
    capacityProviderStrategy: capacity.capacityProviderStrategy,
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    schedulingStrategy: input.schedulingStrategy ?? "REPLICA",
    deploymentController: input.deploymentController ?? { type: "ECS" },
    deploymentConfiguration: deploymentDefaults(input.deploymentConfiguration),
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? "NONE",
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? "ENABLED",
  });
}

export interface Change {
  readonly settings: ServiceSettings;
  readonly startsDeployment: boolean;
}

/**
 * A service changes from ROLLING to a strategy that shifts traffic only while no deployment runs.
 * @throws AwsError InvalidParameterException
 */
function requireQuiet(records: Records, { arn, settings }: ServiceRecord, strategy: string): void {
  const { strategy: before = "ROLLING" } = settings.deploymentConfiguration;
  if (before !== "ROLLING" || strategy === "ROLLING" || !records.activeDeployment(arn)) return;
  throw new AwsError(
    "InvalidParameterException",
    `The deployment strategy cannot change from ROLLING to ${strategy} while a service deployment is in progress.`,
  );
}

/** An omitted field keeps its value; deployment configuration is merged member by member. */
export function changedSettings(records: Records, service: ServiceRecord, input: UpdateServiceCommandInput): Change {
  const { cluster, service: _name, desiredCount, forceNewDeployment, deploymentConfiguration, ...rest } = input;
  const merged = { ...service.settings, ...withoutUndefined(rest) };
  if (input.capacityProviderStrategy?.length) {
    capacityFor(records.cluster(service.clusterName), { capacityProviderStrategy: input.capacityProviderStrategy });
    merged.launchType = undefined;
  }
  const configuration = {
    ...service.settings.deploymentConfiguration,
    ...withoutUndefined(deploymentConfiguration ?? {}),
  };
  const strategy = configuration.strategy ?? "ROLLING";
  // A strategy's own configuration goes with the strategy.
  if (strategy !== "CANARY" && !deploymentConfiguration?.canaryConfiguration)
    configuration.canaryConfiguration = undefined;
  if (strategy !== "LINEAR" && !deploymentConfiguration?.linearConfiguration)
    configuration.linearConfiguration = undefined;
  requireQuiet(records, service, strategy);
  const settings = checked(records, { ...merged, deploymentConfiguration: deploymentDefaults(configuration) });
  return {
    settings,
    startsDeployment:
      forceNewDeployment === true || DEPLOYING.some((field) => !isSame(settings[field], service.settings[field])),
  };
}
