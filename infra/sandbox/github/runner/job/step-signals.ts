import type { JobState } from "./job-state.ts";

/**
 * The two signals of a running step. A cancelled job stops the step unless the step's condition, asked again, still
 * holds (`always()`, `cancelled()`); a step's own time limit stops it in any case. Limits are real minutes.
 */
export function stepSignals(job: JobState, holds: () => boolean) {
  const cancel = new AbortController();
  let limitMinutes = 0;
  let timedOut = false;
  let timer: NodeJS.Timeout | undefined;
  const onCancel = () => {
    if (!holds()) cancel.abort(job.cancellation.reason);
  };
  job.cancellation.signal.addEventListener("abort", onCancel, { once: true });
  return {
    cancel: cancel.signal,
    kill: job.cancellation.forced,
    limit(minutes: number | undefined): void {
      if (minutes === undefined) return;
      limitMinutes = minutes;
      timer = setTimeout(() => {
        timedOut = true;
        cancel.abort("time limit");
      }, minutes * 60_000);
    },
    timedOut: () => timedOut,
    minutes: () => limitMinutes,
    release(): void {
      clearTimeout(timer);
      job.cancellation.signal.removeEventListener("abort", onCancel);
    },
  };
}
