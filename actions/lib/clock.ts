/** Time as the domain sees it; injected everywhere, so that tests and the sandbox can run it faster. */
export interface Clock {
  now(): Date;
  /** Waits `seconds` of this clock's time; rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Real time, unless `KARMACADABRA_CLOCK` (`<scale>@<epoch ms>`, set by the sandbox for its jobs) says that the
 * environment's clock runs faster: then policy waits and timestamps follow it. Limits on real work never scale.
 */
export function environmentClock(env: NodeJS.ProcessEnv): Clock {
  const setting = env.KARMACADABRA_CLOCK ?? "1@0";
  const match = /^(\d+(?:\.\d+)?)@(\d+)$/.exec(setting);
  if (!match)
    throw new Error(
      `KARMACADABRA_CLOCK is "${setting}"; allowed: <scale>@<epoch in ms>, for example 60@1700000000000.`,
    );
  const scale = Number(match[1]);
  const epoch = Number(match[2]);
  return {
    now: () => new Date(epoch + (Date.now() - epoch) * scale),
    sleep: (seconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(
          () => {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
          (seconds * 1000) / scale,
        );
        signal?.addEventListener("abort", abort, { once: true });
      }),
  };
}
