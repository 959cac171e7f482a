import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const RUNTIME = fileURLToPath(new URL("./runtime.mjs", import.meta.url));

/** Where CloudFormation of this sandbox takes the answers of custom resources. */
const RESPONSES_PATH = "/_sandbox/cloudformation/responses/";

/** What the runtime reports of a thrown error; what a caller of the function gets as its payload. */
export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface Call {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly clientContext?: unknown;
}

/** A line of the function's: of its console with a level, or as it came out of the process. */
export interface Output {
  readonly text: string;
  readonly level?: string;
  readonly requestId?: string;
}

export interface Outcome {
  /** JSON text; absent when it failed. */
  readonly payload?: string;
  readonly failure?: Failure;
  /** The process cannot be used again: it crashed or was killed. */
  readonly isOver: boolean;
  readonly memoryBytes?: number;
}

export interface EnvironmentSpec {
  /** Folder of the code. */
  readonly root: string;
  /** Folder that the function may write to; removed at the end. */
  readonly temporary: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Base URL of the sandbox. */
  readonly endpoint: string;
}

type Message =
  | { readonly kind: "ready" }
  | { readonly kind: "log"; readonly level: string; readonly requestId?: string; readonly text: string }
  | { readonly kind: "result"; readonly payload?: string; readonly failure?: Failure; readonly memoryBytes: number }
  | { readonly kind: "failure"; readonly failure: Failure };

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One execution environment: a process that has loaded the function and runs one call at a time. */
export class Environment {
  readonly #child: ChildProcess;
  /** Takes the lines; set anew for every call. */
  onOutput: (output: Output) => void = () => undefined;
  /** Told once, when the process is gone. */
  onGone: () => void = () => undefined;
  #settle: ((outcome: Outcome) => void) | undefined;
  #failure: Failure | undefined;
  readonly gone: Promise<void>;

  private constructor(child: ChildProcess, spec: EnvironmentSpec) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (text) => this.onOutput({ text }));
    child.on("message", (message) => this.#hear(message as Message));
    this.gone = new Promise((resolve) => {
      const leave = (failure: Failure) => {
        this.#end(this.#failure ?? failure);
        this.onGone();
        void rm(spec.temporary, { recursive: true, force: true }).finally(resolve);
      };
      child.once("exit", () => this.kill()); // what it started may still run and hold its output open
      child.once("close", (code, signal) => leave(exitFailure(code, signal)));
      child.on("error", ({ message }) => {
        if (child.pid === undefined) leave({ errorType: "Runtime.ExitError", errorMessage: `Error: ${message}` });
      });
    });
  }

  static async start(spec: EnvironmentSpec): Promise<Environment> {
    await mkdir(spec.temporary, { recursive: true });
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${spec.memoryMb}`, RUNTIME, spec.endpoint, RESPONSES_PATH],
      {
        cwd: spec.root,
        env: { ...spec.variables, TMPDIR: spec.temporary },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true, // leader of its own group, so that nothing it starts outlives it
      },
    );
    return new Environment(child, spec);
  }

  /** Until the handler is loaded. @returns why it could not be. */
  async loaded(limitMs: number): Promise<Outcome> {
    return this.#wait(limitMs, () => undefined);
  }

  /** Runs one call; at the limit (real ms: code does not run faster because the clock does) the process is killed. */
  async run(call: Call, limitMs: number): Promise<Outcome> {
    return this.#wait(limitMs, () => {
      this.#child.send({ kind: "invoke", ...call, remainingMs: limitMs }, () => undefined);
    });
  }

  kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // already gone
    }
  }

  async #wait(limitMs: number, begin: () => void): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
      timer = setTimeout(() => this.#end(timedOut(limitMs)), limitMs);
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        this.#end(exitFailure(this.#child.exitCode, this.#child.signalCode));
      else begin();
    });
    clearTimeout(timer);
    if (outcome.isOver) {
      this.kill();
      await this.gone;
    }
    // What the function wrote before it answered is in the pipes already: read it before the answer is passed on.
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    return outcome;
  }

  #hear(message: Message): void {
    if (message.kind === "log") {
      const { text, level, requestId } = message;
      this.onOutput({ text, level, requestId });
    } else if (message.kind === "ready") this.#resolve({ isOver: false });
    else if (message.kind === "failure") {
      this.#failure = message.failure;
      this.#end(message.failure);
    } else {
      const { payload, failure, memoryBytes } = message;
      this.#resolve({ payload, failure, memoryBytes, isOver: false });
    }
  }

  #end(failure: Failure): void {
    this.#resolve({ failure, isOver: true });
  }

  #resolve(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}

/** Marks the failures that AWS words with the request's id in front. */
const timedOut = (limitMs: number): Failure => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`,
});

const exitFailure = (code: number | null, signal: NodeJS.Signals | null): Failure => ({
  errorType: "Runtime.ExitError",
  errorMessage: signal
    ? `Error: Runtime exited with error: signal: ${signal === "SIGKILL" ? "killed" : signal === "SIGABRT" ? "aborted" : signal}`
    : code === 0
      ? "Error: Runtime exited without providing a reason"
      : `Error: Runtime exited with error: exit status ${code}`,
});
