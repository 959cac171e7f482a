import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { EC2 } from "@aws-sdk/client-ec2";
import {
  type ContainerDefinition,
  type CreateServiceCommandInput,
  ECS,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import type { EventBridge } from "@aws-sdk/client-eventbridge";
import { S3 } from "@aws-sdk/client-s3";
import { manualClock } from "../../../clock.ts";
import { type Behaviour, InProcessDriver } from "../../../compute/in-process.fixture.ts";
import type { Operations, ServiceModule } from "../../kernel.ts";
import { type Aws, startAws } from "../../server.ts";
import { cloudwatch } from "../cloudwatch/service.ts";
import { ec2 } from "../ec2/service.ts";
import { logs } from "../logs/service.ts";
import { s3 } from "../s3/service.ts";
import { ecsOn } from "./service.ts";

const PORT = 9000;
export const CLUSTER = "fleet";

/** An event as EventBridge was told it. */
export interface ToldEvent {
  readonly type: string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

/** Takes the place of EventBridge and remembers what it is told. */
function recorder(told: ToldEvent[]): ServiceModule {
  const operations: Operations<EventBridge> = {
    PutEvents: ({ Entries = [] }) => {
      for (const { DetailType = "", Resources = [], Detail = "{}" } of Entries)
        told.push({ type: DetailType, resources: Resources, detail: JSON.parse(Detail) as Record<string, unknown> });
      return { FailedEntryCount: 0, Entries: [] };
    },
  };
  return { id: "events", sdk: () => import("@aws-sdk/client-eventbridge"), create: () => ({ operations }) };
}

/** For stories of tasks: a sandbox whose clock is driven by hand and whose containers are servers of this process. */
export class TaskStory {
  readonly clock = manualClock();
  readonly driver = new InProcessDriver();
  readonly told: ToldEvent[] = [];
  readonly logs: string[] = [];
  aws!: Aws;
  ecs!: ECS;
  cloudwatch!: CloudWatch;
  s3!: S3;
  #ec2!: EC2;
  #folder = "";
  subnets: string[] = [];

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "task-story-"));
    this.aws = await startAws({
      services: [cloudwatch, ec2, ecsOn(() => this.driver), recorder(this.told), logs, s3],
      dataDir: this.#folder,
      persist: false,
      clock: this.clock,
      log: (line) => this.logs.push(line),
    });
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const options = { endpoint: this.aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
    this.ecs = new ECS(options);
    this.cloudwatch = new CloudWatch(options);
    this.#ec2 = new EC2(options);
    this.s3 = new S3({ ...options, forcePathStyle: true });
    await this.ecs.createCluster({ clusterName: CLUSTER, capacityProviders: ["FARGATE", "FARGATE_SPOT"] });
    await this.#network();
  }

  async #network(): Promise<void> {
    const { Vpc } = await this.#ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    for (const [index, AvailabilityZone] of ["us-east-1a", "us-east-1b"].entries()) {
      const request = { VpcId: Vpc?.VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone };
      const { Subnet } = await this.#ec2.createSubnet(request);
      this.subnets.push(Subnet?.SubnetId ?? "");
    }
  }

  async stop(): Promise<void> {
    for (const client of [this.ecs, this.cloudwatch, this.#ec2, this.s3]) client.destroy();
    await this.aws.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A container of an image that behaves so; the version has to be one that no other behaviour has. */
  container(version: string, behaviour: Behaviour = {}, more: Partial<ContainerDefinition> = {}): ContainerDefinition {
    return {
      name: "app",
      image: this.driver.image(version, behaviour),
      portMappings: [{ containerPort: PORT }],
      ...more,
    };
  }

  async define(
    containerDefinitions: ContainerDefinition[],
    more: Partial<RegisterTaskDefinitionCommandInput> = {},
  ): Promise<string> {
    const { taskDefinition } = await this.ecs.registerTaskDefinition({
      family: "alpha",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
      containerDefinitions,
      ...more,
    });
    return taskDefinition?.taskDefinitionArn ?? "";
  }

  get network() {
    return { awsvpcConfiguration: { subnets: this.subnets } };
  }

  /** Runs one task; returns its ARN. */
  async run(containers: ContainerDefinition[], more: Partial<RunTaskCommandInput> = {}): Promise<string> {
    const { tasks } = await this.ecs.runTask({
      cluster: CLUSTER,
      taskDefinition: await this.define(containers),
      networkConfiguration: this.network,
      ...more,
    });
    await this.clock.settle();
    return tasks?.[0]?.taskArn ?? "";
  }

  async serve(name: string, containers: ContainerDefinition[], more: Partial<CreateServiceCommandInput> = {}) {
    await this.ecs.createService({
      cluster: CLUSTER,
      serviceName: name,
      taskDefinition: await this.define(containers, { family: name }),
      desiredCount: 1,
      networkConfiguration: this.network,
      ...more,
    });
    await this.clock.settle();
  }

  /** Takes a service away, with its tasks. */
  async remove(name: string): Promise<void> {
    await this.ecs.deleteService({ cluster: CLUSTER, service: name, force: true });
    await this.clock.advance(30);
  }

  async service(name: string): Promise<Service> {
    const { services } = await this.ecs.describeServices({ cluster: CLUSTER, services: [name] });
    return services?.[0] ?? {};
  }

  async task(arn: string): Promise<Task> {
    const { tasks } = await this.ecs.describeTasks({ cluster: CLUSTER, tasks: [arn] });
    return tasks?.[0] ?? {};
  }

  /** Tasks of a service, oldest first. */
  async tasks(serviceName: string, desiredStatus: "RUNNING" | "STOPPED" = "RUNNING"): Promise<Task[]> {
    const { taskArns = [] } = await this.ecs.listTasks({ cluster: CLUSTER, serviceName, desiredStatus });
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await this.ecs.describeTasks({ cluster: CLUSTER, tasks: taskArns });
    return tasks;
  }

  async messages(name: string): Promise<string[]> {
    return ((await this.service(name)).events ?? []).map(({ message = "" }) => message);
  }

  /** State changes that EventBridge was told of a task, oldest first. */
  eventsOf(arn: string): Record<string, unknown>[] {
    return this.told
      .filter(({ type, resources }) => type === "ECS Task State Change" && resources.includes(arn))
      .map(({ detail }) => detail);
  }
}
