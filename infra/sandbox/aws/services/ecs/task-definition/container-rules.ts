import type { ContainerDefinition, HealthCheck, RegisterTaskDefinitionCommandInput, Secret } from "@aws-sdk/client-ecs";
import { NAME } from "./name.ts";

/** What RegisterTaskDefinition refuses of one container. Pure; in ECS's words where those are known. */

const MOST_FILES = 10;
const MOST_IGNORED_CODES = 50;
const HIGHEST_PORT = 65_535;

type Range = readonly [number, number];

/** Limits in seconds (`retries`: times) from the API reference. */
const HEALTH_CHECK: Readonly<Record<"interval" | "timeout" | "retries" | "startPeriod", Range>> = {
  interval: [5, 300],
  timeout: [2, 60],
  retries: [1, 10],
  startPeriod: [0, 300],
};
const RESTART_PERIOD: Range = [60, 1800];
const TIMEOUT: Range = [0, 120];

/** At most one sentence about a number that must lie within a range. */
function outside(value: number | undefined, what: string, [least, most]: Range): string[] {
  if (value === undefined || (value >= least && value <= most)) return [];
  return [`${what} must be between ${least} and ${most}. Got: ${value}.`];
}

function healthProblems(check: HealthCheck | undefined): string[] {
  if (!check) return [];
  const [form, ...rest] = check.command ?? [];
  const isKnown = form === "NONE" || ((form === "CMD" || form === "CMD-SHELL") && rest.length > 0);
  const problems = isKnown
    ? []
    : [
        `healthCheck.command must start with CMD or CMD-SHELL and name a command. Got: ${JSON.stringify(check.command)}.`,
      ];
  for (const [member, range] of Object.entries(HEALTH_CHECK))
    problems.push(...outside(check[member as keyof typeof HEALTH_CHECK], `healthCheck.${member}`, range));
  return problems;
}

const isReadable = (valueFrom: string): boolean =>
  valueFrom.startsWith("arn:")
    ? /^arn:[^:]+:(?:secretsmanager:[^:]*:\d*:secret:|ssm:[^:]*:\d*:parameter\/)./.test(valueFrom)
    : /^[\w./-]+$/.test(valueFrom);

function secretProblems(container: ContainerDefinition, secrets: readonly Secret[]): string[] {
  const names = (container.environment ?? []).map((pair) => pair.name);
  return secrets.flatMap(({ name, valueFrom = "" }, index) => {
    const isTaken = names.includes(name) || secrets.findIndex((one) => one.name === name) !== index;
    return [
      ...(isTaken
        ? [
            "The secret name must be unique and not shared with any new or existing environment variables set on the " +
              `container, such as '${name}'.`,
          ]
        : []),
      ...(isReadable(valueFrom)
        ? []
        : [
            `The valueFrom of secret '${name}' must be the ARN of a secret or of a parameter, or a parameter's name. Got: ${valueFrom}.`,
          ]),
    ];
  });
}

function portProblems(container: ContainerDefinition, awsvpc: boolean): string[] {
  return (container.portMappings ?? []).flatMap(({ hostPort, containerPort }) => [
    ...outside(containerPort, "containerPort", [1, HIGHEST_PORT]),
    ...(awsvpc && hostPort && hostPort !== containerPort
      ? [
          "When networkMode=awsvpc, the host ports and container ports in port mappings must match. " +
            `Got: ${hostPort}, ${containerPort}.`,
        ]
      : []),
  ]);
}

function logProblems({ logConfiguration }: ContainerDefinition): string[] {
  if (logConfiguration?.logDriver !== "awslogs") return [];
  const missing = ["awslogs-region", "awslogs-group"].filter((name) => !logConfiguration.options?.[name]);
  return missing.length > 0 ? [`Log driver awslogs requires options: ${missing.join(", ")}`] : [];
}

function fileProblems({ environmentFiles = [] }: ContainerDefinition): string[] {
  const problems = environmentFiles
    .filter(({ type, value = "" }) => type !== "s3" || !/^arn:[^:]+:s3:::[^/]+\/.+\.env$/.test(value))
    .map(({ value }) => `An environment file must be the ARN of an S3 object that ends with .env. Got: ${value}.`);
  if (environmentFiles.length > MOST_FILES)
    problems.push(`A container has at most ${MOST_FILES} environment files. Got: ${environmentFiles.length}.`);
  return problems;
}

function restartProblems({ restartPolicy }: ContainerDefinition): string[] {
  const { restartAttemptPeriod, ignoredExitCodes = [] } = restartPolicy ?? {};
  const problems = outside(restartAttemptPeriod, "restartPolicy.restartAttemptPeriod", RESTART_PERIOD);
  if (ignoredExitCodes.length > MOST_IGNORED_CODES)
    problems.push(`restartPolicy ignores at most ${MOST_IGNORED_CODES} exit codes. Got: ${ignoredExitCodes.length}.`);
  return problems;
}

function sizeProblems(container: ContainerDefinition, taskMemory: string | undefined): string[] {
  const { memory, memoryReservation } = container;
  const problems: string[] = [];
  if (!taskMemory && !memory && !memoryReservation)
    problems.push("At least one of 'memory' or 'memoryReservation' must be specified.");
  if (memory && memoryReservation && memoryReservation > memory)
    problems.push(`'memory' must not be less than 'memoryReservation'. Got: ${memory}, ${memoryReservation}.`);
  return problems;
}

/** @returns sentences that each name the container. */
export function containerProblems(container: ContainerDefinition, input: RegisterTaskDefinitionCommandInput): string[] {
  const name = container.name ?? "";
  const awsvpc = input.networkMode === "awsvpc";
  const named = [
    ...(container.image ? [] : ["Container.image should not be null or empty."]),
    ...sizeProblems(container, input.memory),
    ...healthProblems(container.healthCheck),
    ...outside(container.startTimeout, "startTimeout", TIMEOUT),
    ...outside(container.stopTimeout, "stopTimeout", TIMEOUT),
    ...fileProblems(container),
    ...restartProblems(container),
    ...(awsvpc && container.links?.length ? ["Links are not supported when networkMode=awsvpc."] : []),
  ].map((problem) => `Invalid setting for container '${name}'. ${problem}`);
  return [
    ...(NAME.test(name) ? [] : [`Container name '${name}' is invalid.`]),
    ...named,
    ...portProblems(container, awsvpc),
    ...secretProblems(container, container.secrets ?? []),
    ...logProblems(container),
  ];
}
