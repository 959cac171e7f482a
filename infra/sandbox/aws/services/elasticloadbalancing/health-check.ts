import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { validationError } from "./errors.ts";

export type HealthCheckFields = Pick<
  TargetGroup,
  | "HealthCheckProtocol"
  | "HealthCheckPort"
  | "HealthCheckEnabled"
  | "HealthCheckIntervalSeconds"
  | "HealthCheckTimeoutSeconds"
  | "HealthyThresholdCount"
  | "UnhealthyThresholdCount"
  | "HealthCheckPath"
  | "Matcher"
>;

export const HEALTH_CHECK_DEFAULTS: Required<HealthCheckFields> = {
  HealthCheckProtocol: "HTTP",
  HealthCheckPort: "traffic-port",
  HealthCheckEnabled: true,
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  HealthCheckPath: "/",
  Matcher: { HttpCode: "200" },
};

/** The fields that an input names; what it leaves out stays as it is. */
export function healthCheckFields(input: HealthCheckFields): HealthCheckFields {
  const keys = Object.keys(HEALTH_CHECK_DEFAULTS) as (keyof HealthCheckFields)[];
  return Object.fromEntries(keys.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])));
}

/** @throws ValidationError naming every problem. Ranges: the SDK's documentation of CreateTargetGroup. */
export function checkHealthCheck(fields: HealthCheckFields): void {
  const problems = [
    ...outside("Health check interval", fields.HealthCheckIntervalSeconds, [5, 300]),
    ...outside("Health check timeout", fields.HealthCheckTimeoutSeconds, [2, 120]),
    ...outside("Healthy threshold count", fields.HealthyThresholdCount, [2, 10]),
    ...outside("Unhealthy threshold count", fields.UnhealthyThresholdCount, [2, 10]),
    ...timeoutProblem(fields),
    ...pathProblem(fields.HealthCheckPath ?? ""),
    ...portProblem(fields.HealthCheckPort ?? ""),
    ...matcherProblem(fields.Matcher?.HttpCode ?? ""),
    ...(fields.HealthCheckProtocol === "HTTP"
      ? []
      : [`Health check protocol '${fields.HealthCheckProtocol}' must be HTTP`]),
    ...(fields.HealthCheckEnabled === false ? ["Health checks cannot be disabled for target type 'ip'"] : []),
  ];
  if (problems.length > 0) throw validationError(problems.join("; "));
}

function outside(what: string, value: number | undefined, [least, most]: [number, number]): string[] {
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return [];
  return [`${what} '${value}' must be between ${least} and ${most}`];
}

function timeoutProblem({
  HealthCheckIntervalSeconds = 0,
  HealthCheckTimeoutSeconds = 0,
}: HealthCheckFields): string[] {
  if (HealthCheckTimeoutSeconds < HealthCheckIntervalSeconds) return [];
  return ["Health check interval must be greater than the timeout."];
}

function pathProblem(path: string): string[] {
  if (/^\/[!-~]*$/.test(path) && path.length <= 1024) return [];
  return [`Health check path '${path}' must begin with a '/' character and be at most 1024 characters long`];
}

function portProblem(port: string): string[] {
  if (port === "traffic-port") return [];
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return [];
  return [`Health check port '${port}' must be 'traffic-port' or between 1 and 65535`];
}

/** Codes and ranges of 200-499, e.g. `200`, `200,204`, `200-399`. */
function matcherProblem(codes: string): string[] {
  const parts = codes.split(",");
  const valid = parts.every((part) => {
    const range = /^([2-4]\d\d)(?:-([2-4]\d\d))?$/.exec(part);
    return range !== null && Number(range[1]) <= Number(range[2] ?? range[1]);
  });
  return valid ? [] : [`Health check matcher HTTP code '${codes}' must be codes or ranges between 200 and 499`];
}
