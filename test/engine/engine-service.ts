import type {
  CreateServiceCommandInput,
  DeploymentConfiguration,
  RegisterTaskDefinitionCommandInput,
  Service,
  ServiceDeployment,
  Task,
  UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import type { Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Behaviour } from "../../infra/sandbox/compute/in-process.fixture.ts";
import { CLUSTER, CONTAINER_PORT, type Engine } from "./engine.ts";
import { deleteRoute, makeRoute, type ServiceRoute, weightedRoute } from "./service-route.ts";

/** What a service of a test has that is not the usual. */
export interface ServiceWish {
  readonly desiredCount?: number;
  /** Behaviour of version `v1`. */
  readonly behaviour?: Behaviour;
  /** Members of CreateService that replace the usual ones. */
  readonly create?: Partial<CreateServiceCommandInput>;
  /** Members of every task definition that replace the usual ones. */
  readonly definition?: Partial<RegisterTaskDefinitionCommandInput>;
  /** `none`: no load balancer at all. */
  readonly balancer?: "none";
  /** False: do not wait for the first deployment. */
  readonly settle?: boolean;
  /** Of both groups; 30 by default. */
  readonly deregistrationSeconds?: number;
}

/** Which share of a rule's traffic each group gets, in percent. */
export interface Shares {
  readonly blue: number;
  readonly green: number;
}

export const TERMINAL: readonly string[] = ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

export const isTerminal = ({ status }: ServiceDeployment): boolean => TERMINAL.includes(status ?? "");

/** One service of an Engine, with its groups, rules and URLs. */
export class EngineService implements ServiceRoute {
  readonly name: string;
  readonly #engine: Engine;
  readonly #configuration: DeploymentConfiguration;
  readonly #wish: ServiceWish;
  arn = "";
  // Its route, as makeRoute tells it; empty without a load balancer.
  blue = "";
  green = "";
  productionRule = "";
  testRule = "";
  productionUrl = "";
  testUrl = "";
  /** ARN of its first service deployment. */
  first = "";

  constructor(
    engine: Engine,
    name: string,
    { configuration, wish }: { configuration: DeploymentConfiguration; wish: ServiceWish },
  ) {
    this.#engine = engine;
    this.name = name;
    this.#wish = wish;
    this.#configuration = { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1, ...configuration };
  }

  get #isWeighted(): boolean {
    return this.#wish.balancer !== "none" && this.#configuration.strategy !== "ROLLING";
  }

  async create(): Promise<void> {
    const { ecs, subnets } = this.#engine;
    if (this.#wish.balancer !== "none") await this.#route();
    const { service } = await ecs.createService({
      cluster: CLUSTER,
      serviceName: this.name,
      taskDefinition: await this.define("v1", this.#wish.behaviour),
      desiredCount: this.#wish.desiredCount ?? 1,
      networkConfiguration: { awsvpcConfiguration: { subnets } },
      loadBalancers: this.loadBalancers(),
      deploymentConfiguration: this.#configuration,
      ...this.#wish.create,
    });
    this.arn = service?.serviceArn ?? "";
    this.first = service?.currentServiceDeployment ?? "";
  }

  /** As CreateService and UpdateService take them. */
  loadBalancers(): CreateServiceCommandInput["loadBalancers"] {
    if (this.#wish.balancer === "none") return [];
    const entry = { targetGroupArn: this.blue, containerName: "app", containerPort: CONTAINER_PORT };
    return this.#isWeighted ? [{ ...entry, advancedConfiguration: weightedRoute(this) }] : [entry];
  }

  async #route(): Promise<void> {
    const seconds = this.#wish.deregistrationSeconds ?? 30;
    Object.assign(this, await makeRoute(this.#engine, this.name, seconds));
  }

  /** Registers a task definition of an image that behaves so; returns its ARN. */
  async define(version: string, behaviour: Behaviour = {}): Promise<string> {
    const image = this.#engine.image(version, behaviour);
    const arn = await this.#engine.define(this.name, image, this.#wish.definition);
    this.#engine.versions.set(arn, version);
    return arn;
  }

  /** Starts a deployment of a version; returns the service deployment's ARN. */
  async deploy(
    version: string,
    behaviour: Behaviour = {},
    configuration?: DeploymentConfiguration,
    more: Partial<UpdateServiceCommandInput> = {},
  ): Promise<string> {
    const { service } = await this.#engine.ecs.updateService({
      cluster: CLUSTER,
      service: this.name,
      taskDefinition: await this.define(version, behaviour),
      deploymentConfiguration: configuration,
      ...more,
    });
    return service?.currentServiceDeployment ?? "";
  }

  async update(more: Partial<UpdateServiceCommandInput>): Promise<Service> {
    const { service } = await this.#engine.ecs.updateService({ cluster: CLUSTER, service: this.name, ...more });
    return service ?? {};
  }

  async describe(): Promise<Service> {
    const { services } = await this.#engine.ecs.describeServices({ cluster: CLUSTER, services: [this.name] });
    return services?.[0] ?? {};
  }

  async deployment(arn: string): Promise<ServiceDeployment> {
    const answer = await this.#engine.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    const [deployment] = answer.serviceDeployments ?? [];
    if (!deployment) throw new Error(`There is no service deployment ${arn}.`);
    return deployment;
  }

  /** Every service deployment there was, oldest first. */
  async deployments(): Promise<ServiceDeployment[]> {
    const { ecs } = this.#engine;
    const { serviceDeployments = [] } = await ecs.listServiceDeployments({
      cluster: CLUSTER,
      service: this.name,
      maxResults: 100,
    });
    const arns = serviceDeployments.map((brief) => brief.serviceDeploymentArn ?? "").reverse();
    return Promise.all(arns.map((arn) => this.deployment(arn)));
  }

  /** Lets time pass until the deployment satisfies `is`. */
  until(
    arn: string,
    is: (deployment: ServiceDeployment) => boolean,
    { within, step }: { within?: number; step?: number } = {},
  ): Promise<ServiceDeployment> {
    const look = async () => {
      const deployment = await this.deployment(arn);
      return is(deployment) ? deployment : undefined;
    };
    return this.#engine.until(look, { within, step, describe: () => this.account(arn) });
  }

  /** Lets time pass until the deployment has the status. */
  reaches(arn: string, status: string, within?: number): Promise<ServiceDeployment> {
    return this.until(arn, (deployment) => deployment.status === status, { within });
  }

  /** Lets time pass until the deployment is in the lifecycle stage, looking every second. */
  reachesStage(arn: string, stage: string, within?: number): Promise<ServiceDeployment> {
    return this.until(arn, (deployment) => deployment.lifecycleStage === stage, { within, step: 1 });
  }

  /** Lets time pass until the deployment waits at a PAUSE hook; returns the open hook's id. */
  async pauses(arn: string, within?: number): Promise<string> {
    const deployment = await this.until(arn, (seen) => openHook(seen) !== undefined, { within });
    return openHook(deployment) ?? "";
  }

  async answers(arn: string, hookId: string, action: "CONTINUE" | "ROLLBACK" = "CONTINUE"): Promise<void> {
    await this.#engine.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId, action });
    await this.#engine.clock.settle();
  }

  /** Lets time pass until no deployment runs, with few looks on the way. */
  async settles(within?: number): Promise<ServiceDeployment> {
    const { currentServiceDeployment = "" } = await this.describe();
    return this.until(currentServiceDeployment, isTerminal, { within, step: 15 });
  }

  /** Share of each group in a rule; whatever scale the weights have. */
  async shares(ruleArn: string): Promise<Shares> {
    const { Rules } = await this.#engine.elb.describeRules({ RuleArns: [ruleArn] });
    return sharesOf(Rules?.[0], this);
  }

  production(): Promise<Shares> {
    return this.shares(this.productionRule);
  }

  test(): Promise<Shares> {
    return this.shares(this.testRule);
  }

  /** Newest first, as ECS tells them, without the service's name. */
  async events(): Promise<string[]> {
    const { events = [] } = await this.describe();
    return events.map(({ message = "" }) => message.replace(`(service ${this.name}) `, ""));
  }

  async targets(groupArn: string): Promise<TargetHealthDescription[]> {
    const { TargetHealthDescriptions = [] } = await this.#engine.elb.describeTargetHealth({ TargetGroupArn: groupArn });
    return TargetHealthDescriptions;
  }

  /** Its tasks, stopped ones included, oldest first. */
  async tasks(): Promise<Task[]> {
    const { ecs } = this.#engine;
    const lists = await Promise.all(
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        ecs.listTasks({ cluster: CLUSTER, serviceName: this.name, desiredStatus }),
      ),
    );
    const arns = lists.flatMap(({ taskArns = [] }) => taskArns);
    if (arns.length === 0) return [];
    const { tasks = [] } = await ecs.describeTasks({ cluster: CLUSTER, tasks: arns });
    return tasks.sort((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0));
  }

  /** How many tasks of which version are RUNNING: `{ v1: 2, v2: 2 }`. */
  async running(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { lastStatus, taskDefinitionArn = "" } of await this.tasks()) {
      const version = this.#engine.versions.get(taskDefinitionArn) ?? taskDefinitionArn;
      if (lastStatus === "RUNNING") counts[version] = (counts[version] ?? 0) + 1;
    }
    return counts;
  }

  /** What answers at a URL: a version, or the status when it is not 200. */
  async asks(url: string): Promise<string> {
    const response = await fetch(url);
    const text = await response.text();
    return response.status === 200 ? (JSON.parse(text) as { version: string }).version : String(response.status);
  }

  /** Deletes the service, whatever it runs. */
  async remove(): Promise<void> {
    await this.#engine.ecs.deleteService({ cluster: CLUSTER, service: this.name, force: true }).catch((error) => {
      if (!(error instanceof Error && error.name === "ServiceNotFoundException")) throw error;
    });
  }

  /** Deletes its rules and groups. */
  async unroute(): Promise<void> {
    if (this.blue) await deleteRoute(this.#engine, this);
  }

  async isGone(): Promise<boolean> {
    const { status } = await this.describe();
    return status === undefined || status === "INACTIVE";
  }

  /** What there is, for the message of a test that waited in vain. */
  async account(arn: string): Promise<string> {
    const { deploymentConfiguration, ...deployment } = await this.deployment(arn);
    const events = (await this.events()).slice(0, 12);
    return JSON.stringify({ deployment, events, log: this.#engine.logs.slice(-10) }, null, 1);
  }
}

/** The hook that waits for an answer. */
export const openHook = ({ lifecycleHookDetails = [] }: ServiceDeployment): string | undefined =>
  lifecycleHookDetails.find((hook) => hook.status === "AWAITING_ACTION")?.hookId;

/** What a rule's weights amount to. */
export function sharesOf(rule: Rule | undefined, { blue, green }: Pick<EngineService, "blue" | "green">): Shares {
  const groups = rule?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  const total = groups.reduce((sum, group) => sum + (group.Weight ?? 0), 0);
  const share = (arn: string) => (100 * (groups.find((group) => group.TargetGroupArn === arn)?.Weight ?? 0)) / total;
  return { blue: share(blue), green: share(green) };
}
