import type { Collection } from "../../kernel.ts";
import type { Execution, Executor } from "./execution/execute.ts";
import { type EventInvokeConfig, functionArn, type Store, targetOf } from "./model.ts";

/** A call that nobody waits for: kept until it succeeded or was given up, also over a restart. */
export interface QueuedCall {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
}

interface Waiting extends QueuedCall {
  readonly since: Date;
  attempts: number;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;

/** Seconds before the second and the third attempt: one and two minutes. */
const PAUSES = [60, 120];

export class EventQueue {
  readonly #store: Store;
  readonly #executor: Executor;
  readonly #waiting: Collection<Waiting>;
  readonly #end = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(store: Store, executor: Executor) {
    this.#store = store;
    this.#executor = executor;
    this.#waiting = store.context.state.collection("queue");
  }

  add(call: QueuedCall): void {
    const waiting = { ...call, since: this.#store.context.clock.now(), attempts: 0 };
    this.#waiting.set(call.requestId, waiting);
    this.#begin(waiting);
  }

  resume(): void {
    for (const waiting of [...this.#waiting.values()]) this.#begin(waiting);
  }

  async stop(): Promise<void> {
    this.#end.abort(new Error("The sandbox stops."));
    await Promise.allSettled(this.#running);
  }

  #begin(waiting: Waiting): void {
    const work = this.#deliver(waiting).catch((error: unknown) => {
      if (!this.#end.signal.aborted)
        this.#store.context.log(`lambda: event ${waiting.requestId} of ${waiting.name} was lost: ${error}`);
    });
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #deliver(waiting: Waiting): Promise<void> {
    const { clock } = this.#store.context;
    for (;;) {
      const execution = await clock.hold(this.#attempt(waiting));
      if (this.#end.signal.aborted) return; // it stays in the queue for the next start
      waiting.attempts++;
      const pause = execution?.failure ? this.#pauseBeforeRetry(waiting) : undefined;
      if (pause === undefined) return clock.hold(this.#finish(waiting, execution));
      await clock.sleep(pause, this.#end.signal);
    }
  }

  /** `undefined` when the function is gone. Throttled calls count as failed. */
  async #attempt({ name, qualifier, requestId, payload }: Waiting): Promise<Execution | undefined> {
    try {
      return await this.#executor.execute({ target: targetOf(this.#store, name, qualifier), requestId, payload });
    } catch (error) {
      const { name: errorType, message: errorMessage } = error instanceof Error ? error : new Error(String(error));
      if (errorType === "ResourceNotFoundException") return undefined;
      const failure = { errorType, errorMessage };
      return { payload: JSON.stringify(failure), failure, log: "" };
    }
  }

  #configuration({ name, qualifier }: QueuedCall): EventInvokeConfig | undefined {
    return this.#store.functions.get(name)?.eventInvoke[qualifier ?? ""];
  }

  /** @returns sandbox seconds, or `undefined` when the call is given up. */
  #pauseBeforeRetry(waiting: Waiting): number | undefined {
    const { attempts: retries = DEFAULT_RETRIES, ageSeconds = DEFAULT_AGE_SECONDS } =
      this.#configuration(waiting) ?? {};
    const pause = PAUSES[waiting.attempts - 1];
    if (pause === undefined || waiting.attempts > retries) return undefined;
    const age = (this.#store.context.clock.now().getTime() - waiting.since.getTime()) / 1000;
    return age + pause > ageSeconds ? undefined : pause;
  }

  async #finish(waiting: Waiting, execution: Execution | undefined): Promise<void> {
    const { context } = this.#store;
    this.#waiting.delete(waiting.requestId);
    const arn = functionArn(this.#store, waiting.name, waiting.qualifier);
    if (!execution) return context.log(`lambda: ${arn} is gone; its event ${waiting.requestId} was dropped`);
    const { failure } = execution;
    if (failure)
      context.log(
        `lambda: ${arn} failed ${waiting.attempts} times for event ${waiting.requestId}: ${failure.errorType}`,
      );
    const { onSuccess, onFailure } = this.#configuration(waiting) ?? {};
    const destination = failure ? onFailure : onSuccess;
    if (!destination) return;
    const record = JSON.stringify(this.#record(waiting, execution, arn));
    await this.#send(destination, record, failure ? "Failure" : "Success").catch((error: unknown) =>
      context.log(`lambda: the destination ${destination} of ${arn} took nothing: ${error}`),
    );
  }

  #record(waiting: Waiting, { payload, failure }: Execution, functionArn: string): object {
    return {
      version: "1.0",
      timestamp: this.#store.context.clock.now().toISOString(),
      requestContext: {
        requestId: waiting.requestId,
        functionArn: waiting.qualifier ? functionArn : `${functionArn}:$LATEST`,
        condition: failure ? "RetriesExhausted" : "Success",
        approximateInvokeCount: waiting.attempts,
      },
      requestPayload: JSON.parse(waiting.payload) as unknown,
      responseContext: {
        statusCode: 200,
        executedVersion: waiting.qualifier ?? "$LATEST",
        ...(failure ? { functionError: "Unhandled" } : {}),
      },
      responsePayload: JSON.parse(payload) as unknown,
    };
  }

  async #send(destination: string, record: string, result: "Success" | "Failure"): Promise<void> {
    const { aws } = this.#store.context;
    const service = destination.split(":")[2];
    if (service === "sns") await aws.sns.publish({ TopicArn: destination, Message: record });
    else if (service === "lambda")
      await aws.lambda.invoke({ FunctionName: destination, InvocationType: "Event", Payload: Buffer.from(record) });
    else
      await aws.events.putEvents({
        Entries: [
          {
            EventBusName: destination,
            Source: "lambda",
            DetailType: `Lambda Function Invocation Result - ${result}`,
            Detail: record,
          },
        ],
      });
  }
}
