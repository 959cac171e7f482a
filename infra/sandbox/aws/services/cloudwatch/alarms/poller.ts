import type { ServiceContext } from "../../../kernel.ts";
import type { AlarmMachine } from "./machine.ts";

/**
 * Looks at the alarms every ten seconds of sandbox time while there are any: AWS compares an alarm once a minute, and
 * one with a period below a minute every ten seconds. The machine skips alarms for which nothing is new.
 */
const TICK_SECONDS = 10;
/** With a high time scale ten seconds pass in no time; looking more often than this would only burn the processor. */
const AT_LEAST_MS = 100;

export class AlarmPoller {
  readonly #machine: AlarmMachine;
  readonly #context: ServiceContext;
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(machine: AlarmMachine, context: ServiceContext) {
    this.#machine = machine;
    this.#context = context;
  }

  /** Call it whenever there may be alarms; it ends by itself when the last one is gone. */
  wake(): void {
    if (this.#running || this.#machine.book.size === 0 || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#context;
    const { signal } = this.#stopping;
    while (this.#machine.book.size > 0) {
      const second = (clock.now().getTime() / 1000) % TICK_SECONDS;
      try {
        await clock.poll(TICK_SECONDS - second, { atLeastMs: AT_LEAST_MS }, signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      await clock.hold(this.#machine.turn()).catch((error: unknown) => {
        log(`cloudwatch: alarms were not compared: ${error instanceof Error ? error.stack : error}`);
      });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the sandbox stops"));
    await this.#running;
  }
}
