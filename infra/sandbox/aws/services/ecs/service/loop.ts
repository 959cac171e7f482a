import { inBackground } from "../../../background.ts";
import type { Records } from "../records.ts";
import type { ServiceController } from "./controller.ts";

const INTERVAL_SECONDS = 5; // of sandbox time
const SHORTEST_MS = 50;
const LONGEST_MS = 500;

/** Gives every service its turns: at an interval, and at once when something about it changed. */
export class ServiceLoop {
  readonly #records: Records;
  readonly #controller: ServiceController;
  readonly #turns = new Map<string, Promise<void>>();
  /** Services that changed while their turn ran. */
  readonly #again = new Set<string>();
  readonly #reported = new Map<string, string>();
  readonly #stopping = new AbortController();
  #isStopped = false;

  constructor(records: Records, controller: ServiceController) {
    this.#records = records;
    this.#controller = controller;
  }

  /** @param housekeeping done at each interval besides the services' turns. */
  start(housekeeping: () => void): void {
    const { log } = this.#records.context;
    inBackground(this.#run(housekeeping), { what: "ecs: turns of services", signal: this.#stopping.signal, log });
  }

  async #run(housekeeping: () => void): Promise<never> {
    const { clock } = this.#records.context;
    const bounds = { atLeastMs: SHORTEST_MS, atMostMs: LONGEST_MS };
    for (;;) {
      await clock.poll(INTERVAL_SECONDS, bounds, this.#stopping.signal);
      housekeeping();
      for (const service of this.#records.services.values()) if (service.status !== "INACTIVE") this.wake(service.arn);
    }
  }

  readonly wake = (serviceArn: string): void => {
    if (this.#isStopped) return;
    if (this.#turns.has(serviceArn)) {
      this.#again.add(serviceArn);
      return;
    }
    const turn = this.#records.context.clock.hold(this.#turn(serviceArn)).finally(() => {
      this.#turns.delete(serviceArn);
      if (this.#again.delete(serviceArn)) this.wake(serviceArn);
    });
    this.#turns.set(serviceArn, turn);
  };

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopping.abort();
    await Promise.all(this.#turns.values());
  }

  /** A turn that keeps failing for one reason says so once. */
  #report(serviceArn: string, line: string): void {
    if (this.#reported.get(serviceArn) === line) return;
    this.#reported.set(serviceArn, line);
    this.#records.context.log(line);
  }

  async #turn(serviceArn: string): Promise<void> {
    await Promise.resolve(); // never inside the caller's own request
    const service = this.#records.services.get(serviceArn);
    if (!service || service.status === "INACTIVE") return;
    try {
      await this.#controller.turn(service);
    } catch (error) {
      this.#report(serviceArn, `ecs: service ${service.name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
}
