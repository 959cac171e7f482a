/** At most `size` at a time; the others wait in the order in which they came. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
