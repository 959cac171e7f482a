import type { ServiceContext } from "../../kernel.ts";
import { type Book, DIMENSION, NAMESPACE, type TargetRecord } from "./book.ts";

/** The service that a target stands for, as ECS sees it now, and the activities that tell what was done to it. */

const UNDER_WAY = ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"] as const;

/** Without its cluster there is no service either; any other failure is one. */
export function absent(error: unknown): undefined {
  if (error instanceof Error && error.name === "ClusterNotFoundException") return undefined;
  throw error;
}

export class EcsService {
  readonly #context: ServiceContext;
  readonly #target: TargetRecord;
  /** Desired count. */
  readonly current: number;

  private constructor(context: ServiceContext, target: TargetRecord, current: number) {
    this.#context = context;
    this.#target = target;
    this.current = current;
  }

  /** `undefined` when the service is gone or going. */
  static async find(context: ServiceContext, target: TargetRecord): Promise<EcsService | undefined> {
    const { cluster, service } = target;
    const answer = await context.aws.ecs.describeServices({ cluster, services: [service] }).catch(absent);
    const [found] = answer?.services ?? [];
    if (found?.status !== "ACTIVE") return undefined;
    return new EcsService(context, target, found.desiredCount ?? 0);
  }

  async isDeploying(): Promise<boolean> {
    const { cluster, service } = this.#target;
    const answer = await this.#context.aws.ecs.listServiceDeployments({ cluster, service, status: [...UNDER_WAY] });
    return (answer.serviceDeployments ?? []).length > 0;
  }

  async set(desiredCount: number): Promise<void> {
    const { cluster, service } = this.#target;
    await this.#context.aws.ecs.updateService({ cluster, service, desiredCount });
  }
}

const common = (book: Book, { resourceId }: TargetRecord) =>
  ({
    ActivityId: book.uuid(),
    ServiceNamespace: NAMESPACE,
    ResourceId: resourceId,
    ScalableDimension: DIMENSION,
    StartTime: book.now(),
  }) as const;

export interface Change {
  readonly count: number;
  readonly cause: string;
  readonly change: () => Promise<void>;
}

/** Changes the count and notes the activity in AWS's words. @returns whether it succeeded. */
export async function noteChange(book: Book, target: TargetRecord, { count, cause, change }: Change): Promise<boolean> {
  const activity = { ...common(book, target), Description: `Setting desired count to ${count}.`, Cause: cause };
  target.notScaled = undefined;
  try {
    await change();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const StatusMessage = `Failed to set desired count to ${count}. Reason: ${reason}`;
    book.note({ ...activity, EndTime: book.now(), StatusCode: "Failed", StatusMessage });
    return false;
  }
  const StatusMessage = `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`;
  book.note({ ...activity, EndTime: book.now(), StatusCode: "Successful", StatusMessage });
  return true;
}

/** Notes new limits that a schedule has set. */
export function noteLimits(
  book: Book,
  target: TargetRecord,
  given: { limits: string; name: string; problem?: string },
): void {
  const { limits, name, problem } = given;
  book.note({
    ...common(book, target),
    Description: `Setting ${limits}`,
    Cause: `scheduled action name ${name} was triggered`,
    EndTime: book.now(),
    StatusCode: problem ? "Failed" : "Successful",
    StatusMessage: problem ? `Failed to set ${limits}. Reason: ${problem}` : `Successfully set ${limits}`,
  });
}

/** Notes, once per reason, that a policy asked for something that could not be. */
export function noteNotScaled(
  book: Book,
  target: TargetRecord,
  { code, cause, current }: { code: string; cause: string; current: number },
): void {
  const key = `${code} ${cause}`;
  if (target.notScaled === key) return;
  target.notScaled = key;
  const limit =
    code === "AlreadyAtMaxCapacity"
      ? { MaxCapacity: target.max }
      : code === "AlreadyAtMinCapacity"
        ? { MinCapacity: target.min }
        : {};
  book.note({
    ...common(book, target),
    Description: "Attempting to scale due to alarm triggered",
    Cause: cause,
    EndTime: book.now(),
    StatusCode: "Unfulfilled",
    NotScaledReasons: [{ Code: code, CurrentCapacity: current, ...limit }],
  });
}
