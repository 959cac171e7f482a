import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, RunRequest, RunResult, WorkflowEvent } from "../github/contract.ts";
import { type RunHandle, startRun } from "../github/start-run.ts";

/** What every run of this sandbox shares. */
export type RunSettings = Omit<RunRequest, "workflow" | "event" | "runId" | "runNumber" | "attempt" | "workDir">;

export interface RunningRun {
  readonly workflow: string;
  readonly pid: number | undefined;
}

/** Where runs lie, and how they are numbered: on from the last, as GitHub never gives an id twice. */
export interface RunBook {
  readonly folder: string;
  readonly last: number;
  readonly onStart: (runId: number) => void;
}

/** Results of older runs are kept on disk for a look; the oldest go. */
const KEPT = 20;

/** The workflow runs of one sandbox: each its own process in its own folder. */
export class Runs {
  readonly #settings: RunSettings;
  readonly #book: RunBook;
  readonly #running = new Map<number, { readonly workflow: string; readonly handle: RunHandle }>();
  readonly #ended: number[] = [];
  #last: number;

  constructor(settings: RunSettings, book: RunBook) {
    this.#settings = settings;
    this.#book = book;
    this.#last = book.last;
  }

  /** Runs one workflow to its end. Aborting `signal` cancels it as GitHub does. */
  async run(
    workflow: string,
    event: WorkflowEvent,
    watch: { readonly onEvent: (event: RunEvent) => void; readonly signal?: AbortSignal },
  ): Promise<RunResult> {
    const runId = ++this.#last;
    this.#book.onStart(runId);
    const workDir = join(this.#book.folder, String(runId));
    const handle = startRun({ ...this.#settings, workflow, event, runId, runNumber: runId, attempt: 1, workDir });
    this.#running.set(runId, { workflow, handle });
    const cancel = () => handle.kill("SIGTERM");
    watch.signal?.addEventListener("abort", cancel, { once: true });
    try {
      for await (const happened of handle.events) watch.onEvent(happened);
      return await handle.done;
    } finally {
      watch.signal?.removeEventListener("abort", cancel);
      this.#running.delete(runId);
      this.#forget(runId);
    }
  }

  running(): RunningRun[] {
    return [...this.#running.values()].map(({ workflow, handle }) => ({ workflow, pid: handle.pid }));
  }

  /** Kills every runner as a lost machine does. @returns how many there were. */
  kill(): number {
    const handles = [...this.#running.values()];
    for (const { handle } of handles) handle.kill("SIGKILL");
    return handles.length;
  }

  /** Cancels what runs and waits until it has ended. */
  async stop(): Promise<void> {
    const handles = [...this.#running.values()].map(({ handle }) => handle);
    for (const handle of handles) handle.kill("SIGTERM");
    await Promise.allSettled(handles.map(({ done }) => done));
  }

  #forget(runId: number): void {
    this.#ended.push(runId);
    const old = this.#ended.length > KEPT ? this.#ended.shift() : undefined;
    if (old !== undefined) rmSync(join(this.#book.folder, String(old)), { recursive: true, force: true });
  }
}
