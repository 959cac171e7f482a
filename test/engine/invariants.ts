import { isDeepStrictEqual } from "node:util";
import type { ServiceDeployment, Task } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { World } from "./commands.ts";
import { isTerminal, type Shares } from "./engine-service.ts";
import { type Seen, Sight, targetOf } from "./sight.ts";
import { allowedAfter } from "./transitions.ts";

/** What must be true at every moment, whatever was done; each broken one is a sentence. */

/** How long a killed or sick task may take to be replaced: draining, crash-loop delay and checks included. */
const RECOVERY_SECONDS = 300;

export class Invariants {
  readonly #world: World;
  readonly #sight: Sight;
  /** Last sight of each deployment. */
  readonly #known = new Map<string, ServiceDeployment>();

  constructor(world: World) {
    this.#world = world;
    this.#sight = new Sight(world);
  }

  /** @throws Error that names every invariant that does not hold now. */
  async check(): Promise<void> {
    const seen = await this.#sight.look();
    const broken = [
      ...this.#transitions(seen),
      ...counts(seen, this.#world.engine.driver.containers.size),
      ...targetsAgree(seen),
      ...this.#weights(seen),
      ...this.#traffic(seen),
    ];
    if (broken.length === 0) return;
    const { deploymentConfiguration: _, ...newest } = seen.deployments.at(-1) ?? {};
    const events = seen.service.events?.slice(0, 8).map((event) => event.message);
    const { production, test, answer } = seen;
    const groups = { blue: health(seen.blue), green: health(seen.green) };
    const history = seen.deployments.slice(-6).map((one) => {
      const [target, live] = [targetOf(one), liveAfter(one)];
      return `${one.status} of ${target.slice(-6)} in ${seen.groups.get(target)?.split("/").at(-2)}, live ${live?.slice(-6)}`;
    });
    const sight = { history, newest, events, production, test, answer, groups, log: this.#world.engine.logs.slice(-5) };
    throw new Error(`${broken.join("\n")}\n${JSON.stringify(sight, null, 1)}`);
  }

  /** Statuses only move along ECS's table; what is over never changes again. */
  #transitions({ deployments }: Seen): string[] {
    const broken: string[] = [];
    for (const now of deployments) {
      const arn = now.serviceDeploymentArn ?? "";
      const before = this.#known.get(arn);
      this.#known.set(arn, now);
      if (!before?.status || !now.status) continue;
      if (before.status !== now.status && !allowedAfter(before.status).has(now.status))
        broken.push(`${arn} went from ${before.status} to ${now.status}.`);
      if (isTerminal(before) && !isDeepStrictEqual(plain(before), plain(now)))
        broken.push(`${arn} is over (${before.status}) and has changed: ${JSON.stringify([before, now])}`);
    }
    const running = deployments.filter((one) => !isTerminal(one));
    const arriving = running.filter(({ status }) => status === "IN_PROGRESS" || status === "PENDING");
    if (arriving.length > 1) broken.push(`${arriving.length} deployments are in progress at once.`);
    return broken;
  }

  /** The rules say what the deployment says; at rest both lead to the live revision's group. */
  #weights({ deployments, production, test, groups }: Seen): string[] {
    const { service, kind } = this.#world;
    const broken: string[] = [];
    if (kind === "rolling") return production.blue === 100 ? [] : ["A rolling deployment has moved weights."];
    const active = deployments.find((one) => !isTerminal(one));
    const share = (shares: Shares, group: string | undefined) => (group === service.blue ? shares.blue : shares.green);
    const target = active && groups.get(targetOf(active));
    if (active?.status === "IN_PROGRESS" && target) {
      const said = active.targetServiceRevision?.requestedProductionTrafficWeight ?? 0;
      if (said !== share(production, target))
        broken.push(`ECS says production weight ${said}, the rule has ${share(production, target)}.`);
      const tested = active.targetServiceRevision?.requestedTestTrafficWeight ?? 0;
      if (tested !== share(test, target))
        broken.push(`ECS says test weight ${tested}, the rule ${share(test, target)}.`);
    }
    if (active) return broken;
    // With rollback off, a deployment that failed stays where it was, and so does what an earlier, superseded one left
    // (spec 2.4): then nobody has decided what is live.
    const isHeld = deployments.at(-1)?.status === "STOPPED";
    const live = isHeld ? undefined : deployments.map(liveAfter).findLast((arn) => arn !== undefined);
    const group = groups.get(live ?? "");
    if (live && share(production, group) !== 100)
      broken.push(`At rest production gives the live group ${share(production, group)} %.`);
    if (live && share(test, group) !== 100)
      broken.push(`At rest the test rule gives the live group ${share(test, group)} %.`);
    return broken;
  }

  /** Production weight is on groups with healthy targets if any revision is healthy, and the listener really serves. */
  #traffic({ production, blue, green, answer, deployments }: Seen): string[] {
    const { engine, disturbedAt } = this.#world;
    if (engine.seconds < disturbedAt + RECOVERY_SECONDS) return [];
    const isHealthy = ({ TargetHealth }: TargetHealthDescription) => TargetHealth?.State === "healthy";
    const hasHealthy = { blue: blue.some(isHealthy), green: green.some(isHealthy) };
    if (!hasHealthy.blue && !hasHealthy.green) return [];
    const dead = (["blue", "green"] as const).filter((colour) => production[colour] > 0 && !hasHealthy[colour]);
    const first = deployments.length === 1;
    if (dead.length > 0 && !first)
      return [`Production weight is on ${dead.join(" and ")}, where no target is healthy.`];
    return first || answer === undefined || /^v\d+$/.test(answer) ? [] : [`The production listener answers ${answer}.`];
  }
}

/** Answers over HTTP and in process may have prototypes of different realms under Jest. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The revision that a deployment which is over has left live; `undefined` when it has not decided that. */
const liveAfter = (deployment: ServiceDeployment): string | undefined => {
  if (deployment.status === "SUCCESSFUL") return targetOf(deployment);
  return deployment.status === "ROLLBACK_SUCCESSFUL" ? deployment.rollback?.serviceRevisionArn : undefined;
};

const health = (targets: readonly TargetHealthDescription[]) =>
  targets.map(({ Target, TargetHealth }) => `${Target?.Id} ${TargetHealth?.State}`);

/** ECS's own counts agree with its tasks, and those with what really runs. */
function counts({ service, tasks }: Seen, containers: number): string[] {
  const broken: string[] = [];
  const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  const running = wanted.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  if (service.runningCount !== running) broken.push(`runningCount is ${service.runningCount}, of ${running} tasks.`);
  const pending = wanted.length - running;
  if (service.pendingCount !== pending) broken.push(`pendingCount is ${service.pendingCount}, of ${pending} tasks.`);
  const alive = tasks.filter(({ lastStatus = "" }) => ["RUNNING", "DEACTIVATING"].includes(lastStatus)).length;
  const between = tasks.filter(({ lastStatus = "" }) =>
    ["PENDING", "ACTIVATING", "STOPPING"].includes(lastStatus),
  ).length;
  if (containers < alive || containers > alive + between)
    broken.push(`${containers} containers run for ${alive} tasks (and ${between} on their way).`);
  return broken;
}

const addressOf = ({ attachments = [] }: Task): string | undefined =>
  attachments[0]?.details?.find(({ name }) => name === "privateIPv4Address")?.value;

/** Every serving task is a target in one group, and every target that may serve is a running task. */
function targetsAgree({ tasks, blue, green }: Seen): string[] {
  const serving = tasks.filter((task) => task.desiredStatus === "RUNNING" && task.lastStatus === "RUNNING");
  const addresses = serving.map(addressOf);
  const registered = [...blue, ...green].filter(({ TargetHealth }) => TargetHealth?.State !== "draining");
  const targets = registered.map(({ Target }) => Target?.Id);
  const missing = addresses.filter((ip) => !targets.includes(ip));
  const stray = targets.filter((ip) => !addresses.includes(ip));
  return [
    ...(missing.length > 0 ? [`Running tasks at ${missing} are no targets.`] : []),
    ...(stray.length > 0 ? [`Targets ${stray} are no running tasks.`] : []),
    ...(new Set(targets).size < targets.length ? [`A task is a target twice: ${targets}.`] : []),
  ];
}
