/**
 * The sandbox's time. Every wait that AWS's configuration names (bake, intervals, draining, time-outs of hooks)
 * goes through it, so a scale of 60 makes a five-minute bake last five seconds; the durations themselves keep
 * their AWS values. Limits on real work (a health answer, a process that has to start or stop) are NOT scaled:
 * processes do not run faster because the clock does. Use plain timers for those and say why.
 */
export interface Clock {
  /** How many sandbox seconds pass in one real second; 1 for a clock that is driven by hand. */
  readonly scale: number;
  /** Sandbox time. */
  now(): Date;
  /** Waits `seconds` of sandbox time; rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /** As `sleep`, for polling what is real: never shorter or longer than the bounds. */
  poll(seconds: number, bounds: RealBounds, signal?: AbortSignal): Promise<void>;
  /**
   * Real work (a request, a process that starts) that has to be over before the next moment comes when the clock is
   * driven by hand; a running clock waits for nobody. Never hold what itself sleeps on the clock.
   */
  hold<T>(work: Promise<T>): Promise<T>;
  /** All at once it is `seconds` later (or, below 0, earlier): waits that are over by then end. */
  jump(seconds: number): void;
}

/** Real milliseconds. A clock that is driven by hand has no real time and ignores them. */
export interface RealBounds {
  readonly atLeastMs?: number;
  readonly atMostMs?: number;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1; // a longer setTimeout fires at once

/** One wait until a moment of sandbox time, in ms since 1970. */
interface Sleeper {
  readonly deadline: number;
  readonly end: (error?: unknown) => void;
}

/** @param add is given the sleeper and returns how to take it out again. */
function asleep(deadline: number, signal: AbortSignal | undefined, add: (sleeper: Sleeper) => () => void) {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = (error?: unknown) => {
      remove();
      signal?.removeEventListener("abort", abort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = () => end(signal?.reason ?? new Error("aborted"));
    const remove = add({ deadline, end: () => end() });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** @param epoch real time, in ms since 1970, at which sandbox time and real time were equal. */
export function scaledClock(scale: number, epoch: number = Date.now()): Clock {
  const sleepers = new Map<Sleeper, NodeJS.Timeout>();
  let jumped = 0;
  const now = () => epoch + (Date.now() - epoch) * scale + jumped;
  const arm = (sleeper: Sleeper) => {
    clearTimeout(sleepers.get(sleeper));
    const rest = (sleeper.deadline - now()) / scale;
    const fire = () => (rest > LONGEST_TIMER_MS ? arm(sleeper) : sleeper.end());
    sleepers.set(sleeper, setTimeout(fire, Math.min(rest, LONGEST_TIMER_MS)));
  };
  const sleep = (seconds: number, signal?: AbortSignal) =>
    asleep(now() + seconds * 1000, signal, (sleeper) => {
      arm(sleeper);
      return () => {
        clearTimeout(sleepers.get(sleeper));
        sleepers.delete(sleeper);
      };
    });
  return {
    scale,
    now: () => new Date(now()),
    sleep,
    poll: (seconds, { atLeastMs = 0, atMostMs = Number.POSITIVE_INFINITY }, signal) => {
      const ms = Math.min(atMostMs, Math.max(atLeastMs, (seconds * 1000) / scale));
      return sleep((ms * scale) / 1000, signal);
    },
    hold: (work) => work,
    jump: (seconds) => {
      jumped += seconds * 1000;
      for (const sleeper of [...sleepers.keys()]) arm(sleeper);
    },
  };
}

/** A clock for tests: time stands still until it is told to pass. */
export interface ManualClock extends Clock {
  /** Lets so many seconds pass: each wait ends at its own moment, and what it sets off is over before the next one. */
  advance(seconds: number): Promise<void>;
  /** Until nothing that was held is under way; no time passes. */
  settle(): Promise<void>;
  /** How many waits are open: a test of leaks reads it. */
  readonly waiting: number;
}

const QUIET_ROUNDS = 3; // turns of the event loop without held work, after which nothing more is expected

/** @param start sandbox time at the beginning. */
export function manualClock(start = new Date("2026-01-01T00:00:00Z")): ManualClock {
  const sleepers = new Set<Sleeper>();
  let time = start.getTime();
  let held = 0;
  const settle = async () => {
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet = held > 0 ? 0 : quiet + 1)
      await new Promise<void>((resolve) => setImmediate(resolve));
  };
  const sleep = (seconds: number, signal?: AbortSignal) =>
    asleep(time + Math.max(0, seconds) * 1000, signal, (sleeper) => {
      sleepers.add(sleeper);
      return () => sleepers.delete(sleeper);
    });
  const next = (end: number): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers)
      if (sleeper.deadline <= end && (!first || sleeper.deadline < first.deadline)) first = sleeper;
    return first;
  };
  return {
    scale: 1,
    now: () => new Date(time),
    sleep,
    poll: (seconds, _bounds, signal) => sleep(seconds, signal),
    hold: (work) => {
      held++;
      const release = () => {
        held--;
      };
      work.then(release, release);
      return work;
    },
    jump: (seconds) => {
      time += seconds * 1000;
      for (const sleeper of [...sleepers]) if (sleeper.deadline <= time) sleeper.end();
    },
    advance: async (seconds) => {
      const end = time + seconds * 1000;
      await settle();
      for (let sleeper = next(end); sleeper; sleeper = next(end)) {
        time = Math.max(time, sleeper.deadline);
        sleeper.end();
        await settle();
      }
      time = Math.max(time, end);
      await settle();
    },
    settle,
    get waiting() {
      return sleepers.size;
    },
  };
}

/** How the clock is handed to child processes: the environment variable `KARMACADABRA_CLOCK` holds `<scale>@<epoch ms>`. */
export const clockVariable = (scale: number, epoch: number): string => `${scale}@${epoch}`;
