import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import type { Scope } from "./handler.ts";

export interface Awaited {
  readonly service: string;
  readonly cluster: string;
  readonly creating: boolean;
  /** Newest service deployment before the change. */
  readonly known?: string | undefined;
}

const POLL_SECONDS = 3;
/** Looks, without a deployment of its own, after which an update counts as one that needed none (new tags only). */
const LOOKS_FOR_NONE = 2;
const FAILED = new Set(["STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]);

/**
 * Waits as CloudFormation does until the service deployment that a change started has ended. Throws with ECS's own
 * status reason and the newest service events when it failed, was rolled back, or was replaced by another deployment.
 */
export async function waitForDeployment(awaited: Awaited, scope: Scope): Promise<void> {
  let mine: string | undefined;
  for (let look = 1; ; look++) {
    const deployments = await newestFirst(awaited, scope);
    const newest = deployments[0];
    if (mine === undefined && newest && newest.serviceDeploymentArn !== awaited.known)
      mine = newest.serviceDeploymentArn;
    if (mine === undefined && look > LOOKS_FOR_NONE && (await needsNone(awaited, scope))) return;
    if (mine !== undefined) {
      const own = await describe(mine, scope);
      if (own?.status === "SUCCESSFUL") return;
      const why = own && failure(own, newest);
      if (why) throw new Error(await withEvents(why, awaited, scope));
    }
    await scope.clock.sleep(POLL_SECONDS, scope.signal);
  }
}

async function newestFirst({ service, cluster }: Awaited, { aws }: Scope) {
  const { serviceDeployments = [] } = await aws.ecs.listServiceDeployments({ service, cluster });
  return serviceDeployments.toSorted((a, b) => Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0));
}

async function describe(arn: string, { aws }: Scope): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments = [] } = await aws.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
  return serviceDeployments[0];
}

function failure(own: ServiceDeployment, newest: { serviceDeploymentArn?: string } | undefined): string | undefined {
  const because = own.statusReason ? `: ${own.statusReason}` : "";
  if (FAILED.has(own.status ?? "")) {
    const other = newest?.serviceDeploymentArn;
    if (own.status === "STOPPED" && other !== own.serviceDeploymentArn)
      return `service deployment ${own.serviceDeploymentArn} was superseded by ${other}${because}`;
    return `service deployment ${own.serviceDeploymentArn} ended ${own.status}${because}`;
  }
  return undefined;
}

/** An update that changes nothing the tasks run with starts no deployment: all tasks wanted are running already. */
async function needsNone({ service, cluster }: Awaited, { aws }: Scope): Promise<boolean> {
  const { services = [] } = await aws.ecs.describeServices({ services: [service], cluster });
  const one = services[0];
  if (one?.status !== "ACTIVE") throw new Error(`the service is ${one?.status ?? "gone"}`);
  return (one.runningCount ?? 0) >= (one.desiredCount ?? 0) && (one.pendingCount ?? 0) === 0;
}

async function withEvents(why: string, { service, cluster, creating }: Awaited, { aws }: Scope): Promise<string> {
  const { services = [] } = await aws.ecs.describeServices({ services: [service], cluster });
  const events = (services[0]?.events ?? []).slice(0, 5).map((event) => event.message ?? "");
  const news = events.length > 0 ? ` Newest service events: ${events.join(" | ")}` : "";
  return `Error occurred during operation '${creating ? "CreateService" : "UpdateService"}': ${why.replace(/\.$/, "")}.${news}`;
}
