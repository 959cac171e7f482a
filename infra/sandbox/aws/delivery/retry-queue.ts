import type { Clock } from "../../clock.ts";
import type { Collection } from "../kernel.ts";

/** Something that has to be done and may fail at first: kept until it is over, also across a restart. */
export interface Queued<T> {
  readonly value: T;
  readonly since: Date;
  /** How often it was tried. */
  attempts: number;
}

export interface RetryOptions<T> {
  readonly items: Collection<Queued<T>>;
  readonly clock: Clock;
  /**
   * One try, real work: it must not wait on the clock. Never throws.
   * @returns sandbox seconds until the next one; `undefined` when it is over, well or badly
   */
  readonly attempt: (item: Queued<T>) => Promise<number | undefined>;
}

/** At least once: a crash between the work and its being noted repeats it, as at AWS. */
export class RetryQueue<T> {
  readonly #options: RetryOptions<T>;
  readonly #end = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: RetryOptions<T>) {
    this.#options = options;
  }

  add(id: string, value: T): void {
    this.#options.items.set(id, { value, since: this.#options.clock.now(), attempts: 0 });
    this.#begin(id);
  }

  /** Goes on with what a former run left. */
  resume(): void {
    for (const id of [...this.#options.items.keys()]) this.#begin(id);
  }

  /** What runs is waited for; what waits stays for the next start. */
  async stop(): Promise<void> {
    this.#end.abort(new Error("The sandbox stops."));
    await Promise.all(this.#running);
  }

  #begin(id: string): void {
    const work = this.#run(id).catch(() => undefined); // only the end of the wait rejects
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  async #run(id: string): Promise<void> {
    const { items, clock, attempt } = this.#options;
    for (;;) {
      const item = items.get(id);
      if (!item || this.#end.signal.aborted) return;
      const pause = await clock.hold(attempt(item));
      if (this.#end.signal.aborted) return;
      item.attempts++;
      if (pause === undefined) {
        items.delete(id);
        return;
      }
      items.set(id, item);
      await clock.sleep(pause, this.#end.signal);
    }
  }
}
