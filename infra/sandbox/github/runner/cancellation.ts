/** Whether a run or a job was cancelled, and who wants to know. `force` ends even what cancelling lets run on. */
export class Cancellation {
  readonly #soft = new AbortController();
  readonly #force = new AbortController();

  get cancelled(): boolean {
    return this.#soft.signal.aborted;
  }

  /** Aborted when cancelled. */
  get signal(): AbortSignal {
    return this.#soft.signal;
  }

  /** Aborted when nothing may go on, not even `always()` steps. */
  get forced(): AbortSignal {
    return this.#force.signal;
  }

  get reason(): string {
    return String(this.#soft.signal.reason ?? "");
  }

  cancel(reason: string): void {
    if (!this.cancelled) this.#soft.abort(reason);
  }

  force(reason: string): void {
    this.cancel(reason);
    if (!this.#force.signal.aborted) this.#force.abort(reason);
  }

  /** A cancellation that follows this one where `follows` says so. Call the returned `release` when done. */
  child(follows: () => boolean = () => true): { cancellation: Cancellation; release: () => void } {
    const cancellation = new Cancellation();
    const soft = () => {
      if (follows()) cancellation.cancel(this.reason);
    };
    const force = () => cancellation.force(String(this.#force.signal.reason));
    this.signal.addEventListener("abort", soft, { once: true });
    this.forced.addEventListener("abort", force, { once: true });
    if (this.cancelled) soft();
    if (this.forced.aborted) force();
    const release = () => {
      this.signal.removeEventListener("abort", soft);
      this.forced.removeEventListener("abort", force);
    };
    return { cancellation, release };
  }
}
