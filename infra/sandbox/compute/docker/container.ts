import { setTimeout as delay } from "node:timers/promises";
import type { ContainerEvents, ExitStatus, RunningContainer, Usage } from "../driver.ts";
import { collect, type DockerEngine, EngineError } from "./engine.ts";
import { OutputReader } from "./output.ts";

/** The engine's answers, as far as they are read. */
interface Inspected {
  readonly State: { readonly ExitCode: number; readonly OOMKilled: boolean };
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, { HostPort: string }[] | null>> };
}
interface Stats {
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: {
    readonly usage?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
}

/**
 * Takes memory until the kernel ends the container's first process for it: that one is made the kernel's first choice,
 * because the command's own process would be it otherwise.
 */
const LEAK = `require("fs").writeFileSync("/proc/1/oom_score_adj","1000");
const held=[];setInterval(()=>held.push(Buffer.alloc(8<<20,1)),5)`;

const SIGNALS: Readonly<Record<number, string>> = { 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM" };

/** A container of the engine that was created and is about to run. */
export class DockerContainer implements RunningContainer {
  readonly exited: Promise<ExitStatus>;
  readonly #engine: DockerEngine;
  readonly #path: string;
  #isOver = false;

  private constructor(engine: DockerEngine, id: string, output: Promise<void>) {
    this.#engine = engine;
    this.#path = `/containers/${id}`;
    this.exited = this.#wait(output);
  }

  /** Starts a created container and follows its output. @throws EngineError */
  static async start(engine: DockerEngine, id: string, events: ContainerEvents): Promise<DockerContainer> {
    const path = `/containers/${id}`;
    await engine.call({ method: "POST", path: `${path}/start` });
    const query = { follow: "1", stdout: "1", stderr: "1" };
    const log = await engine.stream({ method: "GET", path: `${path}/logs`, query });
    const reader = new OutputReader(events.onOutput);
    log.on("data", (chunk: Buffer) => reader.push(chunk));
    const output = new Promise<void>((resolve) =>
      log.once("close", () => {
        reader.end();
        resolve();
      }),
    );
    const container = new DockerContainer(engine, id, output);
    await container.#announcePorts(events);
    return container;
  }

  async #announcePorts(events: ContainerEvents): Promise<void> {
    const { NetworkSettings } = await this.#inspect();
    for (const [port, bindings] of Object.entries(NetworkSettings.Ports))
      for (const { HostPort } of bindings ?? [])
        events.onListen(Number.parseInt(port, 10), "127.0.0.1", Number(HostPort));
  }

  #inspect(): Promise<Inspected> {
    return this.#engine.call<Inspected>({ method: "GET", path: `${this.#path}/json` });
  }

  async #wait(output: Promise<void>): Promise<ExitStatus> {
    try {
      await this.#engine.call({ method: "POST", path: `${this.#path}/wait` });
      await output;
      const { State } = await this.#inspect();
      const signal = SIGNALS[State.ExitCode];
      return { code: State.ExitCode, ...(signal ? { signal } : {}), isOutOfMemory: State.OOMKilled };
    } catch {
      return { code: 137, signal: "SIGKILL" }; // removed by somebody, or the engine is gone: it does not run any more
    } finally {
      this.#isOver = true;
      await this.#remove();
    }
  }

  async #remove(): Promise<void> {
    const query = { force: "1", v: "1" };
    await this.#engine.call({ method: "DELETE", path: this.#path, query }).catch(() => undefined);
  }

  async stop(graceSeconds: number): Promise<ExitStatus> {
    if (!this.#isOver) {
      const query = { t: String(Math.ceil(graceSeconds)) };
      await this.#engine.call({ method: "POST", path: `${this.#path}/stop`, query }).catch(() => undefined);
    }
    return this.exited;
  }

  kill(): void {
    void this.#engine.call({ method: "POST", path: `${this.#path}/kill` }).catch(() => undefined);
  }

  async exec(command: readonly string[], timeoutSeconds: number): Promise<{ code: number; output: string }> {
    const running = this.#exec(command);
    const late = new AbortController();
    const timeout = delay(timeoutSeconds * 1000, { code: -1, output: "" }, { signal: late.signal });
    timeout.catch(() => undefined);
    try {
      return await Promise.race([running, timeout]);
    } catch (error) {
      if (error instanceof EngineError) return { code: 126, output: error.message };
      throw error;
    } finally {
      late.abort();
    }
  }

  async #exec(command: readonly string[]): Promise<{ code: number; output: string }> {
    const body = { Cmd: command, AttachStdout: true, AttachStderr: true };
    const { Id } = await this.#engine.call<{ Id: string }>({ method: "POST", path: `${this.#path}/exec`, body });
    const stream = await this.#engine.stream({
      method: "POST",
      path: `/exec/${Id}/start`,
      body: { Detach: false, Tty: false },
    });
    const lines: string[] = [];
    const reader = new OutputReader((line) => lines.push(line));
    reader.push(await collect(stream));
    reader.end();
    const { ExitCode } = await this.#engine.call<{ ExitCode: number }>({ method: "GET", path: `/exec/${Id}/json` });
    return { code: ExitCode, output: lines.join("\n") };
  }

  async usage(): Promise<Usage | undefined> {
    if (this.#isOver) return undefined;
    const query = { stream: "false", "one-shot": "true" };
    const path = `${this.#path}/stats`;
    const stats = await this.#engine.call<Stats>({ method: "GET", path, query }).catch(() => undefined);
    const used = stats?.memory_stats.usage;
    if (!stats || used === undefined) return undefined;
    const { inactive_file, total_inactive_file } = stats.memory_stats.stats ?? {};
    // Pages of files that can be dropped at any time are no use of memory; `docker stats` leaves them out as well.
    const memoryBytes = used - (inactive_file ?? total_inactive_file ?? 0);
    return { cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9, memoryBytes };
  }

  leakMemory(): void {
    void this.#exec(["node", "-e", LEAK]).catch(() => undefined);
  }
}
