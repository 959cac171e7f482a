import { isIPv4 } from "node:net";
import type {
  ElasticLoadBalancingV2,
  TargetDescription,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { NOT_REGISTERED } from "../../../network/balancer/health.ts";
import { anyNetwork } from "../../../network/balancer/patterns.ts";
import { AwsError, type Operations } from "../../kernel.ts";
import type { Core } from "./core.ts";
import { validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { type Records, type TargetGroupRecord, targetGroupOf } from "./records.ts";
import { groupsUsedBy, loadBalancersUsing } from "./target-groups.ts";

/** Where a target of type ip may be. Source: the SDK's documentation of CreateTargetGroup. */
const PRIVATE = anyNetwork(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]);

interface Address {
  readonly id: string;
  readonly port: number;
}

export const targetOperations = (core: Core): Operations<ElasticLoadBalancingV2> => ({
  RegisterTargets: ({ TargetGroupArn, Targets = [] }) => {
    const record = targetGroupOf(core.records, TargetGroupArn);
    register(core, record, addresses(record, Targets));
    return {};
  },

  DeregisterTargets: ({ TargetGroupArn, Targets = [] }) => {
    const record = targetGroupOf(core.records, TargetGroupArn);
    const group = core.plane.group(record);
    for (const { Id = "", Port } of Targets) {
      // Without a port, every registration of the address goes.
      const leaving = record.targets.filter(({ id, port }) => id === Id && (Port === undefined || port === Port));
      record.targets = record.targets.filter((target) => !leaving.includes(target));
      for (const { id, port } of leaving) group.deregister(id, port);
    }
    return {};
  },

  DescribeTargetHealth: ({ TargetGroupArn, Targets }) => {
    const record = targetGroupOf(core.records, TargetGroupArn);
    return { TargetHealthDescriptions: Targets?.length ? healthOf(core, record, Targets) : allHealth(core, record) };
  },
});

function register({ records, plane }: Core, record: TargetGroupRecord, wanted: readonly Address[]): void {
  const known = new Set(record.targets.map(({ id, port }) => `${id}:${port}`));
  const added = wanted.filter(({ id, port }) => !known.has(`${id}:${port}`));
  checkRoom(records, record, added.length);
  record.targets.push(...added);
  const group = plane.group(record);
  for (const { id, port } of wanted) group.register(id, port);
}

/** @throws naming every address that cannot be a target. */
function addresses(record: TargetGroupRecord, targets: readonly TargetDescription[]): Address[] {
  const problems = targets.flatMap(({ Id = "", Port }) => [
    ...(isIPv4(Id) && PRIVATE(Id) ? [] : [`The IP address '${Id}' is not a valid IPv4 address of a private network`]),
    ...(Port === undefined || (Port >= 1 && Port <= 65_535) ? [] : [`Port '${Port}' must be between 1 and 65535`]),
  ]);
  if (problems.length > 0) throw validationError(problems.join("; "));
  return targets.map(({ Id = "", Port }) => ({ id: Id, port: Port ?? record.shown.Port ?? 80 }));
}

function checkRoom(records: Records, record: TargetGroupRecord, added: number): void {
  const [loadBalancer] = loadBalancersUsing(records, record.arn);
  const groups = loadBalancer
    ? [...groupsUsedBy(records, loadBalancer)].flatMap((arn) => records.targetGroups.get(arn) ?? [])
    : [record];
  const count = groups.reduce((sum, { targets }) => sum + targets.length, 0) + added;
  if (count > LIMITS["targets-per-application-load-balancer"]) {
    throw new AwsError("TooManyTargets", "The quota of targets per load balancer has been reached");
  }
}

function allHealth({ plane }: Core, record: TargetGroupRecord): TargetHealthDescription[] {
  return plane.group(record).targets.map(({ ip, port, health }) => ({
    Target: { Id: ip, Port: port },
    HealthCheckPort: healthCheckPort(record, port),
    TargetHealth: health,
  }));
}

function healthOf({ plane }: Core, record: TargetGroupRecord, asked: readonly TargetDescription[]) {
  return asked.map(({ Id = "", Port }): TargetHealthDescription => {
    const port = Port ?? record.shown.Port ?? 80;
    const health = plane.group(record).target(Id, port)?.health ?? NOT_REGISTERED.health;
    return { Target: { Id, Port: port }, HealthCheckPort: healthCheckPort(record, port), TargetHealth: health };
  });
}

function healthCheckPort({ shown }: TargetGroupRecord, port: number): string {
  return shown.HealthCheckPort === "traffic-port" ? String(port) : (shown.HealthCheckPort ?? String(port));
}
