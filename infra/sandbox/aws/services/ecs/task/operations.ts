import type { ECS, RunTaskCommandInput, Task } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { page } from "../../../state/page.ts";
import { nameOf } from "../arns.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { Scheduler } from "../service/scheduler.ts";
import { mergeTags } from "../tags.ts";
import { newTask } from "./record.ts";
import type { TaskRunner } from "./runner.ts";

const RUN_LIMIT = 10;

function requireRunnable(records: Records, input: RunTaskCommandInput): void {
  const { definition } = records.taskDefinition(input.taskDefinition);
  const names = definition.containerDefinitions?.map((container) => container.name) ?? [];
  const problems: string[] = [];
  if ((input.count ?? 1) < 1 || (input.count ?? 1) > RUN_LIMIT)
    problems.push(`count must be between 1 and ${RUN_LIMIT}. Got: ${input.count}`);
  if (definition.status !== "ACTIVE") problems.push("TaskDefinition is inactive");
  if (definition.networkMode === "awsvpc" && !input.networkConfiguration?.awsvpcConfiguration)
    problems.push("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  for (const { name } of input.overrides?.containerOverrides ?? [])
    if (!names.includes(name))
      problems.push(`Override for container named ${name} is not a container in the TaskDefinition.`);
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
}

export function taskOperations(
  records: Records,
  workers: { runner: TaskRunner; scheduler: Scheduler },
): Operations<ECS> {
  const find = (reference: string | undefined, cluster: string | undefined): TaskRecord | undefined => {
    const { name } = records.cluster(cluster);
    return [...records.tasks.values()].find(
      (record) => record.id === nameOf(reference ?? "") && record.arn.includes(`:task/${name}/`),
    );
  };
  const view = (record: TaskRecord, tags: boolean): Task => ({ ...record.task, tags: tags ? record.task.tags : [] });

  return {
    RunTask: (input) => {
      const cluster = records.cluster(input.cluster);
      requireRunnable(records, input);
      const definition = records.taskDefinition(input.taskDefinition);
      const inherited = input.propagateTags === "TASK_DEFINITION" ? definition.tags : [];
      const started = Array.from({ length: input.count ?? 1 }, () => {
        const record = newTask(records, {
          cluster,
          definition,
          override: input.overrides,
          group: input.group ?? `family:${definition.family}`,
          startedBy: input.startedBy,
          launchType: input.launchType,
          capacityProviderName: input.capacityProviderStrategy?.[0]?.capacityProvider,
          platformVersion: input.platformVersion,
          network: input.networkConfiguration,
          tags: mergeTags(inherited, input.tags ?? []),
          enableExecuteCommand: input.enableExecuteCommand,
        });
        workers.runner.launch(record, input.networkConfiguration);
        return record;
      });
      return { tasks: started.map((record) => view(record, true)), failures: [] };
    },

    StopTask: async (input) => {
      const record = find(input.task, input.cluster);
      if (!record) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
      const reason = { code: "UserInitiated", reason: input.reason ?? "Task stopped by user" } as const;
      const service = records.services.get(record.serviceArn ?? "");
      if (record.task.desiredStatus === "STOPPED") return { task: view(record, true) };
      if (service) await workers.scheduler.retire(service, record, reason);
      else workers.runner.stop(record, reason);
      return { task: view(record, true) };
    },

    DescribeTasks: (input) => {
      const asked = input.tasks ?? [];
      const tags = input.include?.includes("TAGS") ?? false;
      const cluster = records.cluster(input.cluster);
      const found = asked.map((reference) => ({ reference, record: find(reference, input.cluster) }));
      return {
        tasks: found.flatMap(({ record }) => (record ? [view(record, tags)] : [])),
        failures: found
          .filter(({ record }) => !record)
          .map(({ reference }) => ({
            arn: reference.startsWith("arn:")
              ? reference
              : cluster.arn.replace(":cluster/", ":task/").concat(`/${reference}`),
            reason: "MISSING",
          })),
      };
    },

    ListTasks: (input) => {
      const cluster = records.cluster(input.cluster);
      const service = input.serviceName ? records.findService(nameOf(input.serviceName), cluster.name) : undefined;
      if (input.serviceName && !service) throw new AwsError("ServiceNotFoundException", "Service not found.");
      const arns = [...records.tasks.values()]
        .filter(
          ({ task }) => task.clusterArn === cluster.arn && task.desiredStatus === (input.desiredStatus ?? "RUNNING"),
        )
        .filter((record) => !service || record.serviceArn === service.arn)
        .filter((record) => !input.family || records.taskDefinition(record.definitionArn).family === input.family)
        .filter(({ task }) => !input.startedBy || task.startedBy === input.startedBy)
        .filter(({ task }) => !input.launchType || task.launchType === input.launchType)
        .map((record) => record.arn);
      const { items, nextToken } = page(arns, input, 100);
      return { taskArns: items, nextToken };
    },
  };
}
