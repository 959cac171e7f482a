import type { TargetHealth, TargetHealthReasonEnum } from "@aws-sdk/client-elastic-load-balancing-v2";

/** How a target group checks its targets. Durations in seconds of AWS's configuration. */
export interface HealthCheck {
  readonly path: string;
  /** A port number, or `traffic-port` for the port that the target receives requests on. */
  readonly port: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Codes and ranges that pass, as in the Matcher: `200`, `200,204`, `200-399`. */
  readonly matcher: string;
}

/** What one check saw: a status, no answer in time, or no usable connection. */
export type Probe = { readonly status: number } | { readonly failure: "timeout" | "connection" };

/** A target's health with the counts that the next check needs. */
export interface Vitals {
  readonly health: TargetHealth;
  readonly passes: number;
  readonly failures: number;
}

const described = (State: TargetHealth["State"], Reason: TargetHealthReasonEnum, Description: string): Vitals => ({
  health: { State, Reason, Description },
  passes: 0,
  failures: 0,
});

/*
 * States that an application load balancer with targets of type ip never shows here: Target.InvalidState is of
 * instances, Target.IpUnusable of addresses that a load balancer itself has (this one has none in the network),
 * Target.HealthCheckDisabled of Lambda functions, and `unhealthy.draining` of network load balancers.
 */
export const REGISTERING = described("initial", "Elb.RegistrationInProgress", "Target registration is in progress");
export const DRAINING = described(
  "draining",
  "Target.DeregistrationInProgress",
  "Target deregistration is in progress",
);
export const NOT_IN_USE = described(
  "unused",
  "Target.NotInUse",
  "Target group is not configured to receive traffic from the load balancer",
);
export const NOT_REGISTERED = described(
  "unused",
  "Target.NotRegistered",
  "Target is not registered to the target group",
);
const CHECKING = described("initial", "Elb.InitialHealthChecking", "Initial health checks in progress");

/**
 * The state after one more check. A new target is healthy after one pass; the healthy threshold counts only for the
 * way back from unhealthy; the unhealthy threshold counts from every state.
 * Source: AWS, "Health checks for Application Load Balancer target groups".
 */
export function afterProbe(before: Vitals, probe: Probe, check: HealthCheck): Vitals {
  if (passes(probe, check.matcher)) return afterPass(before, check);
  const failures = before.failures + 1;
  const failing = { ...before, passes: 0, failures };
  if (before.health.State === "unhealthy") return { ...failing, health: unhealthy(probe) };
  if (failures >= check.unhealthyThreshold) return { ...failing, health: unhealthy(probe) };
  return before.health.State === "initial" ? { ...failing, health: CHECKING.health } : failing;
}

/** Whether a status is one of `200`, `200,204` or `200-399`. */
export function statusMatches(status: number, matcher: string): boolean {
  return matcher.split(",").some((part) => {
    const [from, to] = part.trim().split("-").map(Number);
    return from !== undefined && status >= from && status <= (to ?? from);
  });
}

const passes = (probe: Probe, matcher: string): boolean => "status" in probe && statusMatches(probe.status, matcher);

function afterPass(before: Vitals, check: HealthCheck): Vitals {
  const count = before.passes + 1;
  const recovered = before.health.State !== "unhealthy" || count >= check.healthyThreshold;
  return { health: recovered ? { State: "healthy" } : before.health, passes: count, failures: 0 };
}

function unhealthy(probe: Probe): TargetHealth {
  if ("status" in probe) {
    return {
      State: "unhealthy",
      Reason: "Target.ResponseCodeMismatch",
      Description: `Health checks failed with these codes: [${probe.status}]`,
    };
  }
  return probe.failure === "timeout"
    ? { State: "unhealthy", Reason: "Target.Timeout", Description: "Request timed out" }
    : { State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" };
}
