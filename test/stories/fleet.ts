import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type AgentManifest, readManifests } from "../../agents/manifest.ts";
import { clusterName, serviceName } from "../../agents/naming.ts";
import { type Host, type PushResult, startHost } from "../../infra/sandbox/host/host.ts";

export const ROOT = join(import.meta.dirname, "../..");

const STAGE = "sandbox";

/** A team's repository (a clone of this one) beside a sandbox that it pushes to. */
export class Fleet {
  readonly agents: readonly AgentManifest[] = readManifests(join(ROOT, "agents"));
  readonly #host: Host;
  readonly #folder: string;

  private constructor(host: Host, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  static async start(timeScale = 60): Promise<Fleet> {
    const folder = mkdtempSync(join(tmpdir(), "fleet-"));
    const clone = join(folder, "repository");
    execFileSync("git", ["clone", "--quiet", "--local", ROOT, clone], { stdio: "pipe" });
    const host = await startHost({
      repositoryRoot: clone,
      installedFrom: ROOT,
      descriptorFile: join(folder, "running.json"),
      dataDir: join(folder, "data"),
      port: 0,
      timeScale,
      quit: () => undefined,
      log: () => undefined,
    });
    return new Fleet(host, folder);
  }

  get host(): Host {
    return this.#host;
  }

  get repository(): string {
    return join(this.#folder, "repository");
  }

  head(): string {
    return this.#git("rev-parse", "HEAD");
  }

  /** Commits a harmless change to each file, as a developer's next commit. */
  commit(...files: string[]): string {
    for (const file of files) appendFileSync(join(this.repository, file), "\n// A further line.\n");
    return this.#commit(files.join(" "));
  }

  /** Commits a change of an agent's manifest. */
  commitManifest(agent: AgentManifest, change: (manifest: AgentManifest) => AgentManifest): string {
    const file = join("agents", agent.name, "agent.json");
    const manifest = JSON.parse(readFileSync(join(this.repository, file), "utf8")) as AgentManifest;
    writeFileSync(join(this.repository, file), JSON.stringify(change(manifest), null, 2));
    return this.#commit(file);
  }

  push(
    request: Parameters<Host["push"]>[0] = {},
    onEvent: Parameters<Host["push"]>[1] = () => undefined,
  ): Promise<PushResult> {
    return this.#host.push(request, onEvent);
  }

  /** Environment that the agent's running task definition gives its container. */
  async environmentOf(agent: AgentManifest): Promise<Record<string, string>> {
    const { services } = await this.#host.aws.ecs.describeServices(this.#place(agent));
    const taskDefinition = services?.[0]?.taskDefinition;
    const found = await this.#host.aws.ecs.describeTaskDefinition({ taskDefinition });
    const variables = found.taskDefinition?.containerDefinitions?.[0]?.environment ?? [];
    return Object.fromEntries(variables.map(({ name, value }) => [name ?? "", value ?? ""]));
  }

  /** Where the agent answers through the load balancer. */
  url(agent: AgentManifest, path: string): string {
    return `${this.#host.addresses.LOAD_BALANCER_URL}${agent.route.path}${path}`;
  }

  /** Waits until the agent's deployment is paused and kills the runner there. @returns production's weights by group. */
  async killRunnerAtPause(agent: AgentManifest): Promise<Record<string, number>> {
    for (;;) {
      const deployment = await this.#newestDeployment(agent);
      if (deployment?.lifecycleHookDetails?.some((hook) => hook.status === "AWAITING_ACTION")) break;
      await wait(20);
    }
    this.#host.killRunners();
    return this.productionWeights(agent);
  }

  /** How the agent's newest deployment ends. */
  async deploymentEnd(agent: AgentManifest): Promise<{ status?: string; reason?: string }> {
    for (;;) {
      const deployment = await this.#newestDeployment(agent);
      if (deployment?.finishedAt) return { status: deployment.status, reason: deployment.statusReason };
      await wait(100);
    }
  }

  /** Weights of production's target groups, by ARN, as the load balancer has them. */
  async productionWeights(agent: AgentManifest): Promise<Record<string, number>> {
    const { aws } = this.#host;
    const { services } = await aws.ecs.describeServices(this.#place(agent));
    const rule = services?.[0]?.loadBalancers?.[0]?.advancedConfiguration?.productionListenerRule;
    const { Rules } = await aws.elasticloadbalancing.describeRules({ RuleArns: rule ? [rule] : [] });
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    return Object.fromEntries(groups.map((group) => [group.TargetGroupArn ?? "", group.Weight ?? 0]));
  }

  async #newestDeployment(agent: AgentManifest) {
    const { cluster, services } = this.#place(agent);
    const { serviceDeployments } = await this.#host.aws.ecs.listServiceDeployments({ cluster, service: services[0] });
    const arn = serviceDeployments?.[0]?.serviceDeploymentArn;
    if (!arn) return undefined;
    const found = await this.#host.aws.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    return found.serviceDeployments?.[0];
  }

  #place(agent: AgentManifest) {
    return { cluster: clusterName(STAGE), services: [serviceName(STAGE, agent.name)] };
  }

  async stop(): Promise<void> {
    await this.#host.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #commit(subject: string): string {
    this.#git("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "commit", "-qam", `change ${subject}`);
    return this.head();
  }

  #git(...args: string[]): string {
    return execFileSync("git", args, {
      cwd: this.repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }
}

/** Verdicts by agent, for short expectations. */
export const verdicts = (result: PushResult): Record<string, string> =>
  Object.fromEntries(result.rows.map((row) => [row.agent, row.verdict]));
