import type { ContainerDefinition, ECS, RegisterTaskDefinitionCommandInput, TaskDefinition } from "@aws-sdk/client-ecs";
import { AwsError, type Operations, type RequestContext } from "../../../kernel.ts";
import { page } from "../../../state/page.ts";
import type { TaskDefinitionRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { cpuUnits, memoryMiB, taskDefinitionProblems } from "./rules.ts";

function withDefaults(container: ContainerDefinition, awsvpc: boolean): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((port) => ({
      ...port,
      hostPort: port.hostPort ?? (awsvpc ? port.containerPort : 0),
      protocol: port.protocol ?? "tcp",
    })),
  };
}

function build(
  records: Records,
  input: RegisterTaskDefinitionCommandInput,
  request: RequestContext,
): TaskDefinitionRecord {
  const { family = "", tags, containerDefinitions, cpu, memory, ...rest } = input;
  const revision = (records.family(family).at(-1)?.revision ?? 0) + 1;
  const arn = records.arns.taskDefinition(family, revision);
  const isFargate = input.requiresCompatibilities?.includes("FARGATE");
  const definition: TaskDefinition = {
    ...rest,
    family,
    revision,
    taskDefinitionArn: arn,
    status: "ACTIVE",
    volumes: input.volumes ?? [],
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: isFargate || input.networkMode === "awsvpc" ? ["EC2", "FARGATE"] : ["EC2"],
    containerDefinitions: (containerDefinitions ?? []).map((one) => withDefaults(one, input.networkMode === "awsvpc")),
    cpu: cpu && String(cpuUnits(cpu)),
    memory: memory && String(memoryMiB(memory)),
    registeredAt: records.now(),
    registeredBy: request.caller.arn,
  };
  return { arn, family, revision, definition, tags: tags ?? [] };
}

export function taskDefinitionOperations(records: Records): Operations<ECS> {
  const key = (record: TaskDefinitionRecord) => `${record.family}:${record.revision}`;
  return {
    RegisterTaskDefinition: (input, request) => {
      const problems = taskDefinitionProblems(input);
      if (problems.length > 0) throw new AwsError("ClientException", problems.join(" "));
      const record = build(records, input, request);
      records.taskDefinitions.set(key(record), record);
      return { taskDefinition: record.definition, tags: record.tags };
    },

    DescribeTaskDefinition: (input) => {
      const record = records.taskDefinition(input.taskDefinition);
      return { taskDefinition: record.definition, tags: input.include?.includes("TAGS") ? record.tags : undefined };
    },

    DeregisterTaskDefinition: (input) => {
      const { definition } = records.taskDefinition(input.taskDefinition);
      definition.status = "INACTIVE";
      definition.deregisteredAt = records.now();
      return { taskDefinition: definition };
    },

    DeleteTaskDefinitions: (input) => {
      const taskDefinitions: TaskDefinition[] = [];
      const failures = [];
      for (const reference of input.taskDefinitions ?? []) {
        const record = records.taskDefinition(reference);
        if (record.definition.status === "ACTIVE") {
          failures.push({
            arn: record.arn,
            reason:
              "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
          });
          continue;
        }
        record.definition.status = "DELETE_IN_PROGRESS";
        record.definition.deleteRequestedAt = records.now();
        records.taskDefinitions.delete(key(record));
        taskDefinitions.push(record.definition);
      }
      return { taskDefinitions, failures };
    },

    ListTaskDefinitions: (input) => {
      const all = [...records.taskDefinitions.values()]
        .filter((record) => record.definition.status === (input.status ?? "ACTIVE"))
        .filter((record) => !input.familyPrefix || record.family === input.familyPrefix)
        .sort((a, b) => (a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1))
        .map((record) => record.arn);
      const { items, nextToken } = page(input.sort === "DESC" ? all.reverse() : all, input, 100);
      return { taskDefinitionArns: items, nextToken };
    },

    ListTaskDefinitionFamilies: (input) => {
      const wanted = input.status ?? "ACTIVE";
      const families = [...records.taskDefinitions.values()]
        .filter((record) => wanted === "ALL" || record.definition.status === wanted)
        .map((record) => record.family)
        .filter((family) => family.startsWith(input.familyPrefix ?? ""));
      const { items, nextToken } = page([...new Set(families)].sort(), input, 100);
      return { families: items, nextToken };
    },
  };
}
