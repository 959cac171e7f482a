import { Pool } from "undici";

/** One request of a steady load: when it was sent and answered, in ms of the process's clock, and what answered. */
export interface Sample {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The version that served it; `undefined` when it was lost. */
  readonly version?: string;
  /** Why it was lost. */
  readonly loss?: string;
}

const TICK_MS = 10;

/** Sends `perSecond` requests a second to one URL, whether earlier ones are answered or not (an open loop). */
export class SteadyLoad {
  readonly samples: Sample[] = [];
  readonly #pool: Pool;
  readonly #path: string;
  readonly #perSecond: number;
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #sent = 0;

  constructor(url: string, perSecond: number) {
    const { origin, pathname } = new URL(url);
    this.#pool = new Pool(origin, { connections: 64, pipelining: 1 });
    this.#path = pathname;
    this.#perSecond = perSecond;
    this.#timer = setInterval(() => this.#send(), TICK_MS);
  }

  #send(): void {
    const due = Math.floor(((performance.now() - this.#startedAt) / 1000) * this.#perSecond);
    for (; this.#sent < due; this.#sent++) {
      const asking = this.#ask().finally(() => this.#pending.delete(asking));
      this.#pending.add(asking);
    }
  }

  async #ask(): Promise<void> {
    const sentAt = performance.now();
    try {
      const { statusCode, body } = await this.#pool.request({ method: "GET", path: this.#path });
      const text = await body.text();
      const answeredAt = performance.now();
      if (statusCode !== 200) this.samples.push({ sentAt, answeredAt, loss: `status ${statusCode}` });
      else this.samples.push({ sentAt, answeredAt, version: (JSON.parse(text) as { version: string }).version });
    } catch (error) {
      this.samples.push({ sentAt, answeredAt: performance.now(), loss: String(error) });
    }
  }

  get lost(): readonly Sample[] {
    return this.samples.filter((sample) => sample.loss !== undefined);
  }

  /** Requests a second that were really sent. */
  get rate(): number {
    return this.#sent / ((performance.now() - this.#startedAt) / 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
    await this.#pool.destroy();
  }
}
