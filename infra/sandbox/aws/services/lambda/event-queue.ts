import { type Queued, RetryQueue } from "../../delivery/retry-queue.ts";
import type { Execution, Executor } from "./execution/execute.ts";
import { routed } from "./invoke.ts";
import { type EventInvokeConfig, eventInvokeKey, functionArn, type Store, targetOf } from "./model.ts";

/** A call that nobody waits for: kept until it succeeded or was given up, also over a restart. */
export interface QueuedCall {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
}

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;

/** Seconds before the second and the third attempt: one and two minutes. */
const PAUSES = [60, 120];

export class EventQueue {
  readonly #store: Store;
  readonly #executor: Executor;
  readonly #queue: RetryQueue<QueuedCall>;
  #isStopping = false;

  constructor(store: Store, executor: Executor) {
    this.#store = store;
    this.#executor = executor;
    const { state, clock } = store.context;
    this.#queue = new RetryQueue({ items: state.collection("queue"), clock, attempt: (item) => this.#try(item) });
  }

  add(call: QueuedCall): void {
    this.#queue.add(call.requestId, call);
  }

  resume(): void {
    this.#queue.resume();
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    return this.#queue.stop();
  }

  /** @returns sandbox seconds until the next attempt, or `undefined` when the call is over. */
  async #try(item: Queued<QueuedCall>): Promise<number | undefined> {
    const execution = await this.#attempt(item.value);
    if (this.#isStopping) return undefined; // its process was killed; the queue keeps the call for the next start
    const pause = execution?.failure ? this.#pauseBeforeRetry(item) : undefined;
    if (pause === undefined) await this.#finish(item, execution);
    return pause;
  }

  /** `undefined` when the function is gone. Throttled calls count as failed. */
  async #attempt({ name, qualifier, requestId, payload }: QueuedCall): Promise<Execution | undefined> {
    try {
      const target = routed(this.#store, targetOf(this.#store, name, qualifier));
      return await this.#executor.execute({ target, requestId, payload });
    } catch (error) {
      const { name: errorType, message: errorMessage } = error instanceof Error ? error : new Error(String(error));
      if (errorType === "ResourceNotFoundException") return undefined;
      const failure = { errorType, errorMessage };
      return { payload: JSON.stringify(failure), failure, log: "" };
    }
  }

  #configuration({ name, qualifier }: QueuedCall): EventInvokeConfig | undefined {
    return this.#store.functions.get(name)?.eventInvoke[eventInvokeKey(qualifier)];
  }

  #pauseBeforeRetry({ value, since, attempts }: Queued<QueuedCall>): number | undefined {
    const { attempts: retries = DEFAULT_RETRIES, ageSeconds = DEFAULT_AGE_SECONDS } = this.#configuration(value) ?? {};
    const pause = PAUSES[attempts];
    if (pause === undefined || attempts >= retries) return undefined;
    const age = (this.#store.context.clock.now().getTime() - since.getTime()) / 1000;
    return age + pause > ageSeconds ? undefined : pause;
  }

  async #finish({ value: waiting, attempts }: Queued<QueuedCall>, execution: Execution | undefined): Promise<void> {
    const { context } = this.#store;
    const arn = functionArn(this.#store, waiting.name, waiting.qualifier);
    if (!execution) return context.log(`lambda: ${arn} is gone; its event ${waiting.requestId} was dropped`);
    const { failure } = execution;
    if (failure)
      context.log(`lambda: ${arn} failed ${attempts + 1} times for event ${waiting.requestId}: ${failure.errorType}`);
    const { onSuccess, onFailure } = this.#configuration(waiting) ?? {};
    const destination = failure ? onFailure : onSuccess;
    if (!destination) return;
    const record = JSON.stringify(this.#record(waiting, execution, { arn, attempts: attempts + 1 }));
    await this.#send(destination, record, failure ? "Failure" : "Success").catch((error: unknown) =>
      context.log(`lambda: the destination ${destination} of ${arn} took nothing: ${error}`),
    );
  }

  #record(
    waiting: QueuedCall,
    { payload, failure }: Execution,
    { arn, attempts }: { readonly arn: string; readonly attempts: number },
  ): object {
    return {
      version: "1.0",
      timestamp: this.#store.context.clock.now().toISOString(),
      requestContext: {
        requestId: waiting.requestId,
        functionArn: waiting.qualifier ? arn : `${arn}:$LATEST`,
        condition: failure ? "RetriesExhausted" : "Success",
        approximateInvokeCount: attempts,
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
