import type { HealthCheck, HealthStatus } from "@aws-sdk/client-ecs";
import type { Clock } from "../../../../clock.ts";
import type { RunningContainer } from "../../../../compute/driver.ts";

/** Container health checks: ECS's defaults and rules (API reference of HealthCheck). */

const INTERVAL_SECONDS = 30;
const TIMEOUT_SECONDS = 5;
const RETRIES = 3;
const SHORTEST_MS = 100; // real time between two checks: a check is a process, however fast the clock runs

export interface HealthState {
  readonly status: HealthStatus;
  /** Failures in a row that count. */
  readonly failures: number;
  /** Passed before: from then on the start period excuses nothing. */
  readonly hasPassed: boolean;
}

export const UNCHECKED: HealthState = { status: "UNKNOWN", failures: 0, hasPassed: false };

/** The words to run; `undefined` when there is nothing to check (no command, or `NONE`). Pure. */
export function checkCommand(check: HealthCheck | undefined): readonly string[] | undefined {
  const [form, ...rest] = check?.command ?? [];
  if (form === "CMD-SHELL") return ["/bin/sh", "-c", rest.join(" ")];
  if (form === "CMD") return rest;
  return undefined;
}

/** @param elapsedSeconds since the container was up. Pure. */
export function afterCheck(
  state: HealthState,
  check: HealthCheck,
  { hasPassed, elapsedSeconds }: { readonly hasPassed: boolean; readonly elapsedSeconds: number },
): HealthState {
  if (hasPassed) return { status: "HEALTHY", failures: 0, hasPassed: true };
  if (!state.hasPassed && elapsedSeconds <= (check.startPeriod ?? 0)) return state;
  const failures = state.failures + 1;
  return { ...state, failures, status: failures >= (check.retries ?? RETRIES) ? "UNHEALTHY" : state.status };
}

/**
 * Health of a task from its essential containers that have a check: one UNHEALTHY makes it so, else one UNKNOWN, else
 * all are HEALTHY; without any check it is UNKNOWN. Pure.
 */
export function taskHealth(checked: readonly HealthStatus[]): HealthStatus {
  if (checked.includes("UNHEALTHY")) return "UNHEALTHY";
  return checked.length === 0 || checked.includes("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
}

/**
 * Checks a container until the signal aborts or it ends. The first check comes one interval after the start, as with
 * container engines. Intervals and the start period are sandbox time, a command's own time limit is real.
 */
export async function watchHealth(
  clock: Clock,
  { container, check, command }: { container: RunningContainer; check: HealthCheck; command: readonly string[] },
  { onChange, signal }: { onChange: (status: HealthStatus) => void; signal: AbortSignal },
): Promise<void> {
  const start = clock.now().getTime();
  let state = UNCHECKED;
  for (;;) {
    await clock.poll(check.interval ?? INTERVAL_SECONDS, { atLeastMs: SHORTEST_MS }, signal);
    const { code } = await clock.hold(container.exec(command, check.timeout ?? TIMEOUT_SECONDS));
    if (signal.aborted) return;
    const elapsedSeconds = (clock.now().getTime() - start) / 1000;
    const next = afterCheck(state, check, { hasPassed: code === 0, elapsedSeconds });
    if (next.status !== state.status) onChange(next.status);
    state = next;
  }
}
