import { performance } from "node:perf_hooks";
import { version as nodeVersion } from "node:process";
import { AwsError } from "../../../kernel.ts";
import { functionArn, type Store, type Target } from "../model.ts";
import type { Failure, Outcome } from "./environment.ts";
import type { Pool, Warm } from "./pool.ts";

/** Real ms in which a function's module must have been loaded; AWS's limit of the init phase. */
const INIT_LIMIT_MS = 10_000;

/** Bytes; AWS's limit of a synchronous answer. */
const MAX_ANSWER = 6_291_556;

export interface Execution {
  /** JSON text. */
  readonly payload: string;
  readonly failure?: Failure;
  /** Everything that was logged during the call. */
  readonly log: string;
}

export interface Invocation {
  readonly target: Target;
  readonly requestId: string;
  readonly payload: string;
  readonly clientContext?: unknown;
}

interface Measured extends Outcome {
  /** Real ms. */
  readonly duration: number;
  readonly initDuration?: number;
}

/** Real time: what a function does is real work. */
async function measured(work: Promise<Outcome>): Promise<Measured> {
  const start = performance.now();
  const outcome = await work;
  return { ...outcome, duration: performance.now() - start };
}

const ms = (value: number): string => value.toFixed(2);

/** Runs one call of a function to its end and logs it as Lambda does. */
export class Executor {
  readonly #store: Store;
  readonly #pool: Pool;

  constructor(store: Store, pool: Pool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** @throws AwsError TooManyRequestsException; a failing function is no error but an execution with a failure. */
  async execute(invocation: Invocation): Promise<Execution> {
    const { stored, version } = invocation.target;
    const leave = this.#pool.enter(stored);
    try {
      const warm = await this.#pool.take(stored, version);
      return await this.#executeIn(warm, invocation);
    } finally {
      leave();
    }
  }

  async #executeIn(warm: Warm, invocation: Invocation): Promise<Execution> {
    const lines: string[] = [];
    warm.environment.onOutput = (output) => lines.push(warm.log.output(output));
    const outcome = await this.#run(warm, invocation, lines);
    if (outcome.isOver) this.#pool.requireRunning();
    const failure = namedFailure(outcome.failure, invocation.requestId) ?? tooLarge(outcome.payload);
    if (failure) lines.push(this.#failed(warm, invocation, failure));
    lines.push(...this.#ended(warm, invocation, outcome, failure));
    await warm.log.flush();
    if (!outcome.isOver) this.#pool.give(warm);
    await this.#measure(invocation, outcome, failure);
    return {
      payload: failure ? JSON.stringify(failure) : (outcome.payload ?? "null"),
      failure,
      log: lines.map((line) => `${line}\n`).join(""),
    };
  }

  async #run(warm: Warm, { target, requestId, payload, clientContext }: Invocation, lines: string[]) {
    const { stored, version, qualifier } = target;
    const init = warm.fresh ? await this.#load(warm, lines) : undefined;
    lines.push(
      warm.log.platform({
        type: "start",
        text: `START RequestId: ${requestId} Version: ${version.version}`,
        record: { requestId, version: version.version },
      }),
    );
    if (init?.failure) return { ...init, duration: 0, initDuration: init.duration };
    const call = { requestId, payload, clientContext, functionArn: functionArn(this.#store, stored.name, qualifier) };
    const outcome = await measured(warm.environment.run(call, version.configuration.Timeout * 1000));
    return { ...outcome, initDuration: init?.duration };
  }

  async #load(warm: Warm, lines: string[]): Promise<Measured> {
    warm.fresh = false;
    const text = `INIT_START Runtime Version: node:${nodeVersion}`;
    lines.push(warm.log.platform({ type: "initStart", text, record: { initializationType: "on-demand" } }));
    return measured(warm.environment.loaded(INIT_LIMIT_MS));
  }

  #failed(warm: Warm, { requestId }: Invocation, failure: Failure): string {
    const timeout = /Task timed out after .*/.exec(failure.errorMessage)?.[0];
    if (failure.errorType === "Sandbox.Timedout" && timeout)
      return warm.log.output({ text: `${this.#store.context.clock.now().toISOString()} ${requestId} ${timeout}` });
    const { errorType, errorMessage, trace = [] } = failure;
    const text = `Invoke Error \t${JSON.stringify({ errorType, errorMessage, stack: trace })}`;
    return warm.log.output({ level: "ERROR", requestId, text });
  }

  #ended(warm: Warm, { target, requestId }: Invocation, outcome: Measured, failure: Failure | undefined): string[] {
    const { MemorySize } = target.version.configuration;
    const status = failure ? (failure.errorType === "Sandbox.Timedout" ? "timeout" : "error") : "success";
    const metrics = {
      durationMs: Number(ms(outcome.duration)),
      billedDurationMs: Math.ceil(outcome.duration + (outcome.initDuration ?? 0)),
      memorySizeMB: MemorySize,
      maxMemoryUsedMB: Math.ceil((outcome.memoryBytes ?? 0) / 1024 / 1024),
    };
    const report = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${ms(outcome.duration)} ms`,
      `Billed Duration: ${metrics.billedDurationMs} ms`,
      `Memory Size: ${MemorySize} MB`,
      `Max Memory Used: ${metrics.maxMemoryUsedMB} MB`,
      ...(outcome.initDuration === undefined ? [] : [`Init Duration: ${ms(outcome.initDuration)} ms`]),
      ...(status === "timeout" ? ["Status: timeout"] : []),
    ];
    return [
      warm.log.platform({ type: "runtimeDone", text: `END RequestId: ${requestId}`, record: { requestId, status } }),
      warm.log.platform({ type: "report", text: `${report.join("\t")}\t`, record: { requestId, metrics, status } }),
    ];
  }

  /** Metrics of AWS/Lambda that alarms watch. A sandbox without CloudWatch has none. */
  async #measure({ target }: Invocation, { duration }: Measured, failure: Failure | undefined): Promise<void> {
    const { context } = this.#store;
    const Dimensions = [{ Name: "FunctionName", Value: target.stored.name }];
    const metric = (MetricName: string, Value: number, Unit: "Count" | "Milliseconds") => ({
      MetricName,
      Value,
      Unit,
      Dimensions,
      Timestamp: context.clock.now(),
    });
    const MetricData = [
      metric("Invocations", 1, "Count"),
      metric("Errors", failure ? 1 : 0, "Count"),
      metric("Duration", duration, "Milliseconds"),
    ];
    await context.aws.cloudwatch.putMetricData({ Namespace: "AWS/Lambda", MetricData }).catch((error: unknown) => {
      if (error instanceof AwsError && error.code === "NotImplemented") return;
      context.log(`lambda: metrics of ${target.stored.name} were lost: ${error}`);
    });
  }
}

/** Failures of the platform itself carry the request's id in front. */
function namedFailure(failure: Failure | undefined, requestId: string): Failure | undefined {
  if (!failure || !["Sandbox.Timedout", "Runtime.ExitError"].includes(failure.errorType)) return failure;
  return { errorType: failure.errorType, errorMessage: `RequestId: ${requestId} ${failure.errorMessage}` };
}

function tooLarge(payload: string | undefined): Failure | undefined {
  if (payload === undefined || Buffer.byteLength(payload) <= MAX_ANSWER) return undefined;
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER} bytes).`,
  };
}
