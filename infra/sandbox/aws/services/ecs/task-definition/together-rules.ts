import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { checkCommand } from "../task/container-health.ts";
import { waitingForever } from "../task/dependencies.ts";

/** What RegisterTaskDefinition refuses of containers that do not go together. Pure. */

type Containers = readonly ContainerDefinition[];

function dependencyProblems(containers: Containers): string[] {
  const problems = containers.flatMap((container) =>
    (container.dependsOn ?? []).flatMap(({ containerName = "", condition }) => {
      const other = containers.find(({ name }) => name === containerName);
      const label = `Container '${container.name}' depends on container '${containerName}'`;
      if (!other) return [`${label}, which the task definition does not have.`];
      if ((condition === "COMPLETE" || condition === "SUCCESS") && other.essential !== false)
        return ["A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"];
      if (condition === "HEALTHY" && !checkCommand(other.healthCheck))
        return [`${label} to be HEALTHY, which has no health check configured.`];
      return [];
    }),
  );
  const cycle = waitingForever(containers);
  if (cycle.length > 0) problems.push(`Container dependencies should not have a cycle. Got: ${cycle.join(", ")}.`);
  return problems;
}

/** In awsvpc mode all containers share one network: a port belongs to one of them. */
function portProblems(containers: Containers): string[] {
  const ports = containers.flatMap(({ name, portMappings }) =>
    (portMappings ?? []).map(({ containerPort, protocol = "tcp" }) => ({ name, port: `${containerPort}/${protocol}` })),
  );
  return ports
    .filter(({ port }, index) => ports.findIndex((one) => one.port === port) !== index)
    .map(({ name, port }) => `Port ${port} of container '${name}' is used more than once in the task definition.`);
}

function portNameProblems(containers: Containers): string[] {
  const names = containers.flatMap(({ portMappings }) => (portMappings ?? []).flatMap(({ name }) => name ?? []));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return twice.map((name) => `The name '${name}' is given to more than one port mapping.`);
}

function volumeProblems(containers: Containers, { volumes = [] }: RegisterTaskDefinitionCommandInput): string[] {
  const names = volumes.map(({ name }) => name);
  return containers.flatMap(({ name, mountPoints = [], volumesFrom = [] }) => [
    ...mountPoints
      .filter(({ sourceVolume }) => !names.includes(sourceVolume))
      .map(
        ({ sourceVolume }) => `Container '${name}' mounts volume '${sourceVolume}', which the task definition lacks.`,
      ),
    ...volumesFrom
      .filter(({ sourceContainer }) => !containers.some((one) => one.name === sourceContainer))
      .map(
        ({ sourceContainer }) =>
          `Container '${name}' takes volumes from '${sourceContainer}', which the task definition does not have.`,
      ),
  ]);
}

export function togetherProblems(input: RegisterTaskDefinitionCommandInput): string[] {
  const containers = input.containerDefinitions ?? [];
  const names = containers.map((container) => container.name);
  const problems: string[] = [];
  if (new Set(names).size < names.length) problems.push("Container.name contains duplicate values.");
  if (containers.length > 0 && containers.every((container) => container.essential === false))
    problems.push("Invalid setting for container. At least one container must be essential.");
  if (input.networkMode === "awsvpc") problems.push(...portProblems(containers));
  return [
    ...problems,
    ...portNameProblems(containers),
    ...dependencyProblems(containers),
    ...volumeProblems(containers, input),
  ];
}
