import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { containerProblems } from "./container-rules.ts";
import { NAME } from "./name.ts";
import { togetherProblems } from "./together-rules.ts";

/** What RegisterTaskDefinition refuses. Pure; every problem is returned, the operation reports them together. */

const MOST_CONTAINERS = 10;
const MOST_BYTES = 64 * 1024;
/** GiB that a Fargate task's storage may have been made larger to. */
const EPHEMERAL_GIB = [21, 200] as const;
const SHORTEST_TIMEOUT = 2;

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

/** What the containers ask for together must fit into the task. */
function sumProblems({ containerDefinitions = [], cpu, memory }: RegisterTaskDefinitionCommandInput): string[] {
  const sum = (member: "cpu" | "memoryReservation") =>
    containerDefinitions.reduce((total, container) => total + (container[member] ?? 0), 0);
  const problems: string[] = [];
  if (cpu && sum("cpu") > cpuUnits(cpu))
    problems.push("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  const largest = Math.max(0, ...containerDefinitions.map((container) => container.memory ?? 0));
  if (memory && (sum("memoryReservation") > memoryMiB(memory) || largest > memoryMiB(memory)))
    problems.push("The memory of the containers cannot be greater than the value of the task 'memory'.");
  return problems;
}

function fargateContainerProblems({ containerDefinitions = [] }: RegisterTaskDefinitionCommandInput): string[] {
  return containerDefinitions.flatMap(({ name, privileged, startTimeout, stopTimeout }) => [
    ...(privileged ? [`Fargate runs no privileged containers: container '${name}'.`] : []),
    ...Object.entries({ startTimeout, stopTimeout })
      .filter(([, seconds]) => seconds !== undefined && seconds < SHORTEST_TIMEOUT)
      .map(
        ([member, seconds]) =>
          `${member} of container '${name}' must be between 2 and 120 on Fargate. Got: ${seconds}.`,
      ),
  ]);
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
  problems.push(...fargateContainerProblems(input));
  const storage = input.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < EPHEMERAL_GIB[0] || storage > EPHEMERAL_GIB[1]))
    problems.push(`ephemeralStorage.sizeInGiB must be between ${EPHEMERAL_GIB.join(" and ")}. Got: ${storage}.`);
  if (!input.executionRoleArn && containers.some((container) => (container.secrets ?? []).length > 0))
    problems.push("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  if (!input.executionRoleArn && containers.some((container) => container.logConfiguration?.logDriver === "awslogs"))
    problems.push("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
  return problems;
}

export function taskDefinitionProblems(input: RegisterTaskDefinitionCommandInput): string[] {
  const containers = input.containerDefinitions ?? [];
  const problems: string[] = [];
  if (!input.family || !NAME.test(input.family)) problems.push(`Family '${input.family ?? ""}' is invalid.`);
  if (containers.length === 0) problems.push("Container list cannot be empty.");
  if (containers.length > MOST_CONTAINERS)
    problems.push(`A task definition has at most ${MOST_CONTAINERS} containers, got ${containers.length}.`);
  const size = JSON.stringify(input).length;
  if (size > MOST_BYTES) problems.push(`A task definition is at most ${MOST_BYTES} bytes of JSON, got ${size}.`);
  return [
    ...problems,
    ...containers.flatMap((container) => containerProblems(container, input)),
    ...togetherProblems(input),
    ...sumProblems(input),
    ...fargateProblems(input),
  ];
}
