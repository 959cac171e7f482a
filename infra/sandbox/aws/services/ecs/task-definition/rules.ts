import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";

/** What RegisterTaskDefinition refuses. Pure; every problem is returned, the operation reports them together. */

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;

const gib = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => (from + index * step) * 1024);

/** Memory in MiB that Fargate allows for each CPU size, from the task-definition parameter reference. */
const FARGATE_MEMORY: Readonly<Record<string, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gib(1, 4),
  1024: gib(2, 8),
  2048: gib(4, 16),
  4096: gib(8, 30),
  8192: gib(16, 60, 4),
  16384: gib(32, 120, 8),
};

/** `"1 vCPU"`, `"0.5 vCPU"` and plain units. */
export const cpuUnits = (cpu: string): number =>
  /vcpu/i.test(cpu) ? Number.parseFloat(cpu) * 1024 : Number.parseFloat(cpu);

/** `"2 GB"` and plain MiB. */
export const memoryMiB = (memory: string): number =>
  /gb/i.test(memory) ? Number.parseFloat(memory) * 1024 : Number.parseFloat(memory);

function containerProblems(container: ContainerDefinition, input: RegisterTaskDefinitionCommandInput): string[] {
  const label = `container '${container.name ?? ""}'`;
  const problems: string[] = [];
  if (!container.name || !NAME.test(container.name))
    problems.push(`Container name '${container.name ?? ""}' is invalid.`);
  if (!container.image) problems.push(`Invalid setting for ${label}. Container.image should not be null or empty.`);
  if (!input.memory && !container.memory && !container.memoryReservation)
    problems.push(`Invalid setting for ${label}. At least one of 'memory' or 'memoryReservation' must be specified.`);
  for (const { hostPort, containerPort } of container.portMappings ?? [])
    if (input.networkMode === "awsvpc" && hostPort && hostPort !== containerPort)
      problems.push(
        `When networkMode=awsvpc, the host ports and container ports in port mappings must match (${hostPort}, ${containerPort}).`,
      );
  const names = (container.environment ?? []).map((pair) => pair.name);
  for (const secret of container.secrets ?? [])
    if (names.includes(secret.name))
      problems.push(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${secret.name}'.`,
      );
  return problems;
}

function fargateProblems(input: RegisterTaskDefinitionCommandInput): string[] {
  if (!input.requiresCompatibilities?.includes("FARGATE")) return [];
  const problems: string[] = [];
  if (input.networkMode !== "awsvpc") problems.push("Fargate only supports network mode 'awsvpc'.");
  if (!input.cpu) problems.push("Fargate requires that 'cpu' be defined at the task level.");
  if (!input.memory) problems.push("Fargate requires that 'memory' be defined at the task level.");
  if (input.cpu && input.memory && !FARGATE_MEMORY[cpuUnits(input.cpu)]?.includes(memoryMiB(input.memory)))
    problems.push(
      `No Fargate configuration exists for given values: ${cpuUnits(input.cpu)} CPU, ${memoryMiB(input.memory)} memory. ` +
        "See the Amazon ECS documentation for the valid values.",
    );
  const containers = input.containerDefinitions ?? [];
  if (!input.executionRoleArn && containers.some((container) => (container.secrets ?? []).length > 0))
    problems.push("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  if (!input.executionRoleArn && containers.some((container) => container.logConfiguration?.logDriver === "awslogs"))
    problems.push("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
  return problems;
}

export function taskDefinitionProblems(input: RegisterTaskDefinitionCommandInput): string[] {
  const containers = input.containerDefinitions ?? [];
  const names = containers.map((container) => container.name);
  const problems: string[] = [];
  if (!input.family || !NAME.test(input.family)) problems.push(`Family '${input.family ?? ""}' is invalid.`);
  if (containers.length === 0) problems.push("Container list cannot be empty.");
  if (containers.length > 10) problems.push(`A task definition has at most 10 containers, got ${containers.length}.`);
  if (new Set(names).size < names.length) problems.push("Container.name contains duplicate values.");
  if (containers.length > 0 && containers.every((container) => container.essential === false))
    problems.push("Invalid setting for container. At least one container must be essential.");
  problems.push(...containers.flatMap((container) => containerProblems(container, input)));
  return [...problems, ...fargateProblems(input)];
}
