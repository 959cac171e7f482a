/**
 * The sandbox's time. Every wait that AWS's configuration names (bake, intervals, draining, time-outs of hooks)
 * goes through it, so a scale of 60 makes a five-minute bake last five seconds; the durations themselves keep
 * their AWS values. Limits on real work (a health answer, a process that has to start or stop) are NOT scaled:
 * processes do not run faster because the clock does. Use plain timers for those and say why.
 */
export interface Clock {
  /** How many sandbox seconds pass in one real second. */
  readonly scale: number;
  /** Sandbox time: starts at the real time of its epoch and runs `scale` times as fast. */
  now(): Date;
  /** Waits `seconds` of sandbox time; rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/** @param epoch real time, in ms since 1970, at which sandbox time and real time were equal. */
export function scaledClock(scale: number, epoch: number = Date.now()): Clock {
  return {
    scale,
    now: () => new Date(epoch + (Date.now() - epoch) * scale),
    sleep: (seconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const done = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        const timer = setTimeout(done, (seconds * 1000) / scale);
        const abort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort, { once: true });
      }),
  };
}

/** How the clock is handed to child processes: the environment variable `KARMACADABRA_CLOCK` holds `<scale>@<epoch ms>`. */
export const clockVariable = (scale: number, epoch: number): string => `${scale}@${epoch}`;
