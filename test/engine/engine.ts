import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { type DeploymentConfiguration, ECS, type RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { type Aws, startAws } from "../../infra/sandbox/aws/server.ts";
import { ecsOn } from "../../infra/sandbox/aws/services/ecs/service.ts";
import { services } from "../../infra/sandbox/aws/services.ts";
import { type ManualClock, manualClock } from "../../infra/sandbox/clock.ts";
import type { ComputeDriver } from "../../infra/sandbox/compute/driver.ts";
import { type Behaviour, InProcessDriver } from "../../infra/sandbox/compute/in-process.fixture.ts";
import { FaultBook } from "../../infra/sandbox/faults/fault-book.ts";
import { AddressBook } from "../../infra/sandbox/network/addresses.ts";
import { EngineService, type ServiceWish } from "./engine-service.ts";
import { seeded } from "./seeded.ts";

/**
 * For tests of deployments: a whole sandbox whose clock is driven by hand, whose ids come from a seed and whose tasks
 * are HTTP servers of this process. What a test asserts it asks through the official SDK clients, over real HTTP.
 * Start one per file (`beforeAll`), and let each test make services of its own with `engine.service(…)`.
 */
export interface EngineOptions {
  /** Of ids and of faults' probabilities. */
  readonly seed?: number;
  /** Keeps state in this folder, for a second start on it. */
  readonly dataDir?: string;
  /** The folder holds the state of an engine that was stopped: nothing is made anew. */
  readonly isRestart?: boolean;
  /** Where tasks run; by default in this process. */
  readonly compute?: ComputeDriver;
  readonly clock?: ManualClock;
}

export const CLUSTER = "fleet";
export const CONTAINER_PORT = 9000;

const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
const SERVICES_PER_BALANCER = 45; // each has two groups, and AWS allows 100 of them per load balancer

/** A load balancer with a production and a test listener. */
interface Balancer {
  readonly arn: string;
  readonly production: { readonly arn: string; readonly url: string };
  readonly test: { readonly arn: string; readonly url: string };
  rules: number;
}

export class Engine {
  readonly clock: ManualClock;
  readonly driver: InProcessDriver;
  readonly network: AddressBook;
  readonly faults: FaultBook;
  readonly logs: string[] = [];
  readonly services: EngineService[] = [];
  /** Version of the image of each task definition that was made here, by ARN. */
  readonly versions = new Map<string, string>();
  readonly #options: EngineOptions;
  readonly #balancers: Balancer[] = [];
  readonly #destroy: (() => void)[] = [];
  /** Where the sandbox keeps its files. */
  folder = "";
  aws!: Aws;
  ecs!: ECS;
  elb!: ElasticLoadBalancingV2;
  ec2!: EC2;
  cloudwatch!: CloudWatch;
  cloudwatchLogs!: CloudWatchLogs;
  vpc = "";
  subnets: string[] = [];

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.clock = options.clock ?? manualClock();
    this.driver = options.compute instanceof InProcessDriver ? options.compute : new InProcessDriver();
    this.network = new AddressBook();
    const faultIds = seeded((options.seed ?? 1) + 1);
    this.faults = new FaultBook({
      now: () => this.clock.now(),
      newId: () => `fault-${faultIds.id(8)}`,
      random: faultIds.next,
    });
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    await engine.#start();
    if (!options.isRestart) await engine.#build();
    return engine;
  }

  async #start(): Promise<void> {
    const { seed = 1, dataDir, compute = this.driver } = this.#options;
    this.folder = dataDir ?? (await mkdtemp(join(tmpdir(), "engine-")));
    this.aws = await startAws({
      services: services.map((service) => (service.id === "ecs" ? ecsOn(() => compute) : service)),
      dataDir: this.folder,
      persist: dataDir !== undefined,
      clock: this.clock,
      network: this.network,
      faults: this.faults,
      newId: seeded(seed).id,
      random: seeded(seed + 2).next,
      log: (line) => this.logs.push(line),
    });
    this.ecs = this.client(ECS);
    this.elb = this.client(ElasticLoadBalancingV2);
    this.ec2 = this.client(EC2);
    this.cloudwatch = this.client(CloudWatch);
    this.cloudwatchLogs = this.client(CloudWatchLogs);
  }

  /** A client of any service of the sandbox: `engine.client(EventBridge)`. */
  client<C extends { destroy(): void }>(
    Client: new (config: {
      endpoint: string;
      region: string;
      credentials: { accessKeyId: string; secretAccessKey: string };
      maxAttempts: number;
    }) => C,
  ): C {
    const client = new Client({
      endpoint: this.aws.endpoint,
      region: "us-east-1",
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    this.#destroy.push(() => client.destroy());
    return client;
  }

  async #build(): Promise<void> {
    await this.ecs.createCluster({ clusterName: CLUSTER });
    await this.role("infrastructure");
    await this.cloudwatch.listMetrics({}); // its model is loaded before time counts
    const { Vpc } = await this.ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    this.vpc = Vpc?.VpcId ?? "";
    for (const [index, zone] of ["us-east-1a", "us-east-1b"].entries()) {
      const CidrBlock = `10.0.${index}.0/24`;
      const { Subnet } = await this.ec2.createSubnet({ VpcId: this.vpc, CidrBlock, AvailabilityZone: zone });
      this.subnets.push(Subnet?.SubnetId ?? "");
    }
  }

  /** A role that a service of AWS may assume: ECS by default. @returns its ARN. */
  async role(RoleName: string, principal = "ecs.amazonaws.com"): Promise<string> {
    const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: principal } }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role } = await this.client(IAM).createRole({ RoleName, AssumeRolePolicyDocument });
    return Role?.Arn ?? "";
  }

  /** Lets sandbox time pass, and everything that it sets off. */
  advance(seconds: number): Promise<void> {
    return this.clock.advance(seconds);
  }

  /**
   * Lets time pass until `look` finds something, `step` seconds (5 by default: ECS's own turns) at a time.
   * @throws with `describe`'s account of what is there instead, after `within` sandbox seconds (an hour by default).
   */
  async until<T>(
    look: () => Promise<T | undefined>,
    {
      within = 3600,
      step = 5,
      describe,
    }: { within?: number; step?: number; describe?: () => Promise<string> | string } = {},
  ): Promise<T> {
    for (let waited = 0; ; waited += step) {
      await this.clock.settle();
      const found = await look();
      if (found !== undefined) return found;
      if (waited >= within)
        throw new Error(`Not seen within ${within} s of sandbox time. ${(await describe?.()) ?? ""}`);
      await this.advance(step);
    }
  }

  /** Seconds since the start of the sandbox's time. */
  get seconds(): number {
    return (this.clock.now().getTime() - Date.UTC(2026, 0, 1)) / 1000;
  }

  /** Reference of an image that behaves so. */
  image(version: string, behaviour: Behaviour = {}): string {
    return this.driver.image(version, behaviour);
  }

  /** Registers a task definition for an image; returns its ARN. */
  async define(family: string, image: string, more: Partial<RegisterTaskDefinitionCommandInput> = {}): Promise<string> {
    const { taskDefinition } = await this.ecs.registerTaskDefinition({
      family,
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
      containerDefinitions: [{ name: "app", image, portMappings: [{ containerPort: CONTAINER_PORT }], stopTimeout: 5 }],
      ...more,
    });
    return taskDefinition?.taskDefinitionArn ?? "";
  }

  /**
   * A service with two target groups and two rules of its own, at `<production URL>/<name>`; its first deployment, of
   * version `v1`, has finished unless `wish.settle` is false.
   */
  async service(name: string, configuration: DeploymentConfiguration = {}, wish: ServiceWish = {}) {
    const service = new EngineService(this, name, { configuration, wish });
    this.services.push(service);
    await service.create();
    if (wish.settle ?? true) await service.settles();
    return service;
  }

  /** A load balancer that has room for one more service. */
  async balancer(): Promise<Balancer> {
    const last = this.#balancers.at(-1);
    if (last && last.rules < SERVICES_PER_BALANCER) {
      last.rules++;
      return last;
    }
    const { LoadBalancers } = await this.elb.createLoadBalancer({
      Name: `fleet-${this.#balancers.length}`,
      Subnets: this.subnets,
    });
    const arn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    const [production, test] = [await this.#listener(arn), await this.#listener(arn)];
    const balancer = { arn, production, test, rules: 1 };
    this.#balancers.push(balancer);
    return balancer;
  }

  async #listener(LoadBalancerArn: string): Promise<{ arn: string; url: string }> {
    const { Listeners } = await this.elb.createListener({
      LoadBalancerArn,
      Port: await freePort(),
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    });
    const [listener] = Listeners ?? [];
    return { arn: listener?.ListenerArn ?? "", url: `http://127.0.0.1:${listener?.Port}` };
  }

  /** Deletes every service and lets their tasks drain: for `afterEach`. */
  async clear(): Promise<void> {
    this.faults.clear();
    const services = this.services.splice(0);
    for (const service of services) await service.remove();
    const gone = async () => {
      const left = await Promise.all(services.map((service) => service.isGone()));
      return left.every(Boolean) ? true : undefined;
    };
    if (services.length > 0) await this.until(gone, { step: 30, describe: () => this.#undrained(services) });
    for (const service of services) await service.unroute();
  }

  async #undrained(services: readonly EngineService[]): Promise<string> {
    const tasks = await Promise.all(services.map((service) => service.tasks()));
    const alive = tasks.flat().filter(({ lastStatus }) => lastStatus !== "STOPPED");
    const states = alive.map(({ taskArn, lastStatus, desiredStatus }) => ({ taskArn, lastStatus, desiredStatus }));
    return `Services did not drain: ${JSON.stringify({ states, log: this.logs.slice(-5) })}`;
  }

  /** Ends the sandbox; what it left behind is the caller's to look for. */
  async stop(): Promise<void> {
    for (const destroy of this.#destroy) destroy();
    await this.aws.stop();
    if (!this.#options.dataDir) await rm(this.folder, { recursive: true, force: true });
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
