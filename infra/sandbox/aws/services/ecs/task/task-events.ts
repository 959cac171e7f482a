import type { Task } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";

/**
 * `detail` of an "ECS Task State Change" event: the task as DescribeTasks shows it, but for the health status, which
 * the event does not carry, and tags. Pure; shape from the guide of task state change events.
 */
function taskEventDetail(task: Task, updatedAt: Date): Record<string, unknown> {
  const { healthStatus, tags, containers = [], attachments = [], ...rest } = task;
  return {
    ...rest,
    attachments: attachments.map((attachment) => ({ ...attachment, type: "eni" })),
    containers: containers.map(({ healthStatus: _, ...container }) => container),
    updatedAt,
  };
}

/** Tells EventBridge of every change of a task, in order. Without that service nothing is told, and that once. */
export class TaskEvents {
  readonly #context: ServiceContext;
  #sending: Promise<void> = Promise.resolve();
  #isSilent = false;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  changed({ arn, task }: TaskRecord): void {
    if (this.#isSilent) return;
    const now = this.#context.clock.now();
    const entry = {
      Source: "aws.ecs",
      DetailType: "ECS Task State Change",
      Time: now,
      Resources: [arn],
      Detail: JSON.stringify(taskEventDetail(task, now)),
    };
    this.#sending = this.#context.clock.hold(this.#sending.then(() => this.#send(entry)));
  }

  async #send(entry: { Source: string; DetailType: string; Time: Date; Resources: string[]; Detail: string }) {
    if (this.#isSilent) return;
    try {
      await this.#context.aws.events.putEvents({ Entries: [entry] });
    } catch (error) {
      this.#isSilent = error instanceof Error && error.name === "NotImplemented";
      const why = error instanceof Error ? error.message : String(error);
      this.#context.log(`ecs: a task state change was not told to EventBridge: ${why}`);
    }
  }
}
