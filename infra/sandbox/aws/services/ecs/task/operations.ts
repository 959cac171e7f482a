import type { ECS, ListTasksCommandInput, RunTaskCommandInput, Task } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { page } from "../../../state/page.ts";
import { nameOf } from "../arns.ts";
import { capacityFor, nextProvider } from "../capacity-providers.ts";
import type { ClusterRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { Scheduler } from "../service/scheduler.ts";
import { mergeTags } from "../tags.ts";
import { newTask } from "./record.ts";
import { requireRunnable } from "./requirements.ts";
import type { TaskRunner } from "./runner.ts";

const DESCRIBE_LIMIT = 100;

interface Workers {
  readonly runner: TaskRunner;
  readonly scheduler: Scheduler;
}

const NO_INSTANCES = "The sandbox has Fargate only: no container instance is registered in any cluster.";

const view = (record: TaskRecord, tags: boolean): Task => ({ ...record.task, tags: tags ? record.task.tags : [] });

function find(records: Records, reference: string | undefined, cluster: string | undefined): TaskRecord | undefined {
  const { name } = records.cluster(cluster);
  return records.tasks.get(records.arns.task(name, nameOf(reference ?? "")));
}

/** @throws AwsError InvalidParameterException */
function required(records: Records, reference: string | undefined, cluster: string | undefined): TaskRecord {
  const record = find(records, reference, cluster);
  if (!record) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
  return record;
}

function run(records: Records, runner: TaskRunner, input: RunTaskCommandInput): TaskRecord[] {
  const cluster = records.cluster(input.cluster);
  const definition = records.taskDefinition(input.taskDefinition);
  requireRunnable(input, definition);
  const capacity = capacityFor(cluster, input);
  const inherited = input.propagateTags === "TASK_DEFINITION" ? definition.tags : [];
  const managed = input.enableECSManagedTags ? [{ key: "aws:ecs:clusterName", value: cluster.name }] : [];
  const placed = new Map<string, number>();
  return Array.from({ length: input.count ?? 1 }, () => {
    const provider = nextProvider(capacity.capacityProviderStrategy ?? [], placed);
    if (provider) placed.set(provider, (placed.get(provider) ?? 0) + 1);
    const record = newTask(records, {
      cluster,
      definition,
      override: input.overrides,
      group: input.group ?? `family:${definition.family}`,
      startedBy: input.startedBy,
      launchType: "FARGATE",
      capacityProviderName: provider,
      platformVersion: input.platformVersion,
      network: input.networkConfiguration,
      tags: mergeTags(inherited, [...(input.tags ?? []), ...managed]),
      enableExecuteCommand: input.enableExecuteCommand,
    });
    runner.launch(record);
    return record;
  });
}

/** Tasks that the filters of ListTasks let through. */
function matching(records: Records, cluster: ClusterRecord, input: ListTasksCommandInput): TaskRecord[] {
  const service = input.serviceName ? records.findService(nameOf(input.serviceName), cluster.name) : undefined;
  if (input.serviceName && !service) throw new AwsError("ServiceNotFoundException", "Service not found.");
  if (input.containerInstance) throw new AwsError("InvalidParameterException", NO_INSTANCES);
  const wanted = input.desiredStatus ?? "RUNNING";
  return (service ? records.tasksOf(service.arn) : [...records.tasks.values()])
    .filter(({ task }) => task.clusterArn === cluster.arn && task.desiredStatus === wanted)
    .filter((record) => !input.family || records.taskDefinition(record.definitionArn).family === input.family)
    .filter(({ task }) => !input.startedBy || task.startedBy === input.startedBy)
    .filter(({ task }) => !input.launchType || task.launchType === input.launchType);
}

function readingOperations(records: Records): Operations<ECS> {
  return {
    DescribeTasks: (input) => {
      const asked = input.tasks ?? [];
      if (asked.length > DESCRIBE_LIMIT)
        throw new AwsError(
          "InvalidParameterException",
          `DescribeTasks takes at most ${DESCRIBE_LIMIT} tasks, got ${asked.length}.`,
        );
      const tags = input.include?.includes("TAGS") ?? false;
      const cluster = records.cluster(input.cluster);
      const found = asked.map((reference) => ({ reference, record: find(records, reference, input.cluster) }));
      const arnOf = (reference: string) =>
        reference.startsWith("arn:") ? reference : `${cluster.arn.replace(":cluster/", ":task/")}/${reference}`;
      return {
        tasks: found.flatMap(({ record }) => (record ? [view(record, tags)] : [])),
        failures: found
          .filter(({ record }) => !record)
          .map(({ reference }) => ({ arn: arnOf(reference), reason: "MISSING" })),
      };
    },

    ListTasks: (input) => {
      const cluster = records.cluster(input.cluster);
      const arns = matching(records, cluster, input).map((record) => record.arn);
      const { items, nextToken } = page(arns, input, 100);
      return { taskArns: items, nextToken };
    },
  };
}

/** Operations that the sandbox answers with why it cannot do them. */
function refusedOperations(records: Records): Operations<ECS> {
  return {
    StartTask: (input) => {
      records.cluster(input.cluster);
      throw new AwsError("InvalidParameterException", `${NO_INSTANCES} Use RunTask.`);
    },

    ExecuteCommand: (input) => {
      const { task } = required(records, input.task, input.cluster);
      if (!task.enableExecuteCommand || task.lastStatus !== "RUNNING")
        throw new AwsError(
          "InvalidParameterException",
          "The execute command failed because execute command was not enabled when the task was run or the execute " +
            "command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.",
        );
      throw new AwsError(
        "TargetNotConnectedException",
        "The execute command failed: the sandbox runs no SSM agent in its containers and has no session channel. " +
          "Read the task's logs instead.",
      );
    },
  };
}

export function taskOperations(records: Records, { runner, scheduler }: Workers): Operations<ECS> {
  return {
    ...readingOperations(records),
    ...refusedOperations(records),

    RunTask: (input) => ({
      tasks: run(records, runner, input).map((record) => view(record, true)),
      failures: [],
    }),

    StopTask: async (input) => {
      const record = required(records, input.task, input.cluster);
      const reason = { code: "UserInitiated", reason: input.reason ?? "Task stopped by user" } as const;
      const service = records.services.get(record.serviceArn ?? "");
      if (record.task.desiredStatus === "STOPPED") return { task: view(record, true) };
      if (service) await scheduler.retire(service, record, reason);
      else runner.stop(record, reason);
      return { task: view(record, true) };
    },
  };
}
