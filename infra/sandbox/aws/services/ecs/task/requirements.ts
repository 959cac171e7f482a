import type { RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../kernel.ts";
import type { TaskDefinitionRecord } from "../model.ts";

const RUN_LIMIT = 10;
const STARTED_BY_LIMIT = 128;

/** What RunTask refuses, all of it at once. @throws AwsError InvalidParameterException */
export function requireRunnable(input: RunTaskCommandInput, { definition }: TaskDefinitionRecord): void {
  const names = definition.containerDefinitions?.map((container) => container.name) ?? [];
  const problems: string[] = [];
  const { count = 1, startedBy = "", overrides, networkConfiguration } = input;
  if (count < 1 || count > RUN_LIMIT) problems.push(`count must be between 1 and ${RUN_LIMIT}. Got: ${count}`);
  if (startedBy.length > STARTED_BY_LIMIT)
    problems.push(`startedBy must be at most ${STARTED_BY_LIMIT} characters long. Got: ${startedBy.length}`);
  if (definition.status !== "ACTIVE") problems.push("TaskDefinition is inactive");
  const subnets = networkConfiguration?.awsvpcConfiguration?.subnets;
  if (definition.networkMode === "awsvpc" && !networkConfiguration?.awsvpcConfiguration)
    problems.push("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (subnets && subnets.length === 0) problems.push("subnets can not be empty.");
  if (definition.networkMode !== "awsvpc" && networkConfiguration)
    problems.push("Network Configuration is not valid for the given networkMode of this task definition.");
  for (const { name } of overrides?.containerOverrides ?? [])
    if (!names.includes(name))
      problems.push(`Override for container named ${name} is not a container in the TaskDefinition.`);
  if ((input.volumeConfigurations ?? []).length > 0)
    problems.push("The sandbox attaches no volumes: leave volumeConfigurations out.");
  if ((input.placementConstraints ?? []).length + (input.placementStrategy ?? []).length > 0)
    problems.push("Placement constraints and strategies are not supported with FARGATE launch type.");
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
}
