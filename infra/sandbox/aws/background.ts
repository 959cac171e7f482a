/** Work of a service that goes on until the sandbox stops. */
export interface Background {
  /** What goes on, for the log: `ecs: turns of services`. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Lets it go on; any end but being stopped is a defect, and is said instead of swallowed. */
export function inBackground(work: Promise<unknown>, { what, signal, log }: Background): void {
  work.catch((error: unknown) => {
    if (!signal.aborted) log(`${what} ended: ${error instanceof Error ? error.stack : error}`);
  });
}
