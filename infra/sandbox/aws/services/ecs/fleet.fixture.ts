import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import {
  type CreateServiceCommandInput,
  type DeploymentConfiguration,
  ECS,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { scaledClock } from "../../../clock.ts";
import type { ServiceModule } from "../../kernel.ts";
import { type Aws, startAws } from "../../server.ts";
import { services } from "../../services.ts";
import { makeImage, RegistryClient } from "../ecr/image.fixture.ts";
import { type Kind, program } from "./program.fixture.ts";
import { until } from "./until.fixture.ts";

/** For tests: a sandbox with a cluster, a load balancer with two groups and two rules, and images that are pushed to it. */

const PORT = 9000;
const CLUSTER = "fleet";
/** Lets ECS assume a role. */
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs.amazonaws.com" } }],
});

export class Fleet {
  aws!: Aws;
  ecs!: ECS;
  ecr!: ECR;
  elb!: ElasticLoadBalancingV2;
  #ec2!: EC2;
  #folder = "";
  readonly #scale: number;
  readonly #modules: readonly ServiceModule[];
  readonly #logs: string[] = [];
  subnets: string[] = [];
  blue = "";
  green = "";
  #vpc = "";
  #listener = "";
  productionRule = "";
  testRule = "";
  productionUrl = "";
  testUrl = "";

  /** @param modules the services of the sandbox; ECS on another compute driver, say. */
  constructor(scale = 60, modules: readonly ServiceModule[] = services) {
    this.#scale = scale;
    this.#modules = modules;
  }

  get logs(): readonly string[] {
    return this.#logs;
  }

  async start(): Promise<void> {
    this.#folder ||= await mkdtemp(join(tmpdir(), "ecs-"));
    const clock = scaledClock(this.#scale);
    this.aws = await startAws({
      services: this.#modules,
      dataDir: this.#folder,
      clock,
      log: (line) => this.#logs.push(line),
    });
    const options = {
      endpoint: this.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.ecs = new ECS(options);
    this.ecr = new ECR(options);
    this.elb = new ElasticLoadBalancingV2(options);
    this.#ec2 = new EC2(options);
  }

  async pause(): Promise<void> {
    for (const client of [this.ecs, this.ecr, this.elb, this.#ec2]) client.destroy();
    await this.aws.stop();
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async build(): Promise<void> {
    await this.ecs.createCluster({ clusterName: CLUSTER });
    await this.aws.aws.iam.createRole({ RoleName: "infrastructure", AssumeRolePolicyDocument: TRUST });
    await this.ecr.createRepository({ repositoryName: "alpha" });
    const vpc = await this.#ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    const VpcId = vpc.Vpc?.VpcId;
    this.#vpc = VpcId ?? "";
    for (const [index, zone] of ["us-east-1a", "us-east-1b"].entries()) {
      const { Subnet } = await this.#ec2.createSubnet({
        VpcId,
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: zone,
      });
      this.subnets.push(Subnet?.SubnetId ?? "");
    }
    const { LoadBalancers } = await this.elb.createLoadBalancer({ Name: "fleet", Subnets: this.subnets });
    [this.blue, this.green] = [await this.#group("blue", VpcId), await this.#group("green", VpcId)];
    const balancer = LoadBalancers?.[0]?.LoadBalancerArn;
    [this.productionRule, this.productionUrl] = await this.#rule(balancer, 18_090);
    [this.testRule, this.testUrl] = await this.#rule(balancer, 18_091);
  }

  async #group(Name: string, VpcId: string | undefined): Promise<string> {
    const { TargetGroups } = await this.elb.createTargetGroup({
      Name,
      VpcId,
      Protocol: "HTTP",
      Port: PORT,
      TargetType: "ip",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    });
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }];
    await this.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
    return TargetGroupArn;
  }

  async #rule(LoadBalancerArn: string | undefined, Port: number): Promise<[string, string]> {
    const { Listeners } = await this.elb.createListener({
      LoadBalancerArn,
      Port,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    });
    const [listener] = Listeners ?? [];
    this.#listener = listener?.ListenerArn ?? "";
    const { Rules } = await this.elb.createRule({
      ListenerArn: listener?.ListenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
      Actions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: this.blue, Weight: 1 },
              { TargetGroupArn: this.green, Weight: 0 },
            ],
          },
        },
      ],
    });
    return [Rules?.[0]?.RuleArn ?? "", `http://127.0.0.1:${listener?.Port}`];
  }

  /** A group of its own for a rolling service, attached to the load balancer so that its targets are checked. */
  async rollingGroup(): Promise<string> {
    const TargetGroupArn = await this.#group("rolling", this.#vpc);
    const Conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/rolling"] } }];
    const Actions = [{ Type: "forward" as const, TargetGroupArn }];
    await this.elb.createRule({ ListenerArn: this.#listener, Priority: 2, Conditions, Actions });
    return TargetGroupArn;
  }

  async push(version: string, kind: Kind = "good"): Promise<string> {
    const image = await makeImage({
      files: { "app/index.mjs": program(version, kind) },
      environment: [`AGENT_VERSION=${version}`, "NODE_ENV=production"],
    });
    return new RegistryClient(this.aws.endpoint, this.ecr).push("alpha", version, image);
  }

  /** Registers a task definition for an image; returns its ARN. */
  async define(image: string, more: Partial<RegisterTaskDefinitionCommandInput> = {}): Promise<string> {
    const { taskDefinition } = await this.ecs.registerTaskDefinition({
      family: "alpha",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      executionRoleArn: "arn:aws:iam::000000000000:role/execution",
      containerDefinitions: [
        {
          name: "app",
          image,
          portMappings: [{ containerPort: PORT }],
          environment: [{ name: "PORT", value: String(PORT) }],
          stopTimeout: 5,
        },
      ],
      ...more,
    });
    return taskDefinition?.taskDefinitionArn ?? "";
  }

  network(): CreateServiceCommandInput["networkConfiguration"] {
    return { awsvpcConfiguration: { subnets: this.subnets } };
  }

  /** Creates service `alpha` behind the load balancer. */
  async create(taskDefinition: string, deploymentConfiguration: DeploymentConfiguration = {}): Promise<Service> {
    const { service } = await this.ecs.createService({
      cluster: CLUSTER,
      serviceName: "alpha",
      taskDefinition,
      desiredCount: 1,
      networkConfiguration: this.network(),
      loadBalancers: [
        {
          targetGroupArn: this.blue,
          containerName: "app",
          containerPort: PORT,
          advancedConfiguration: {
            alternateTargetGroupArn: this.green,
            productionListenerRule: this.productionRule,
            testListenerRule: this.testRule,
            roleArn: "arn:aws:iam::000000000000:role/infrastructure",
          },
        },
      ],
      deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1, ...deploymentConfiguration },
    });
    return service ?? {};
  }

  /** Starts a deployment of a task definition; returns the service deployment's ARN. */
  async deploy(taskDefinition: string, deploymentConfiguration?: DeploymentConfiguration): Promise<string> {
    const { service } = await this.ecs.updateService({
      cluster: CLUSTER,
      service: "alpha",
      taskDefinition,
      deploymentConfiguration,
    });
    return service?.currentServiceDeployment ?? "";
  }

  async service(): Promise<Service> {
    const { services: found } = await this.ecs.describeServices({ cluster: CLUSTER, services: ["alpha"] });
    return found?.[0] ?? {};
  }

  async deployment(arn: string): Promise<ServiceDeployment> {
    const { serviceDeployments } = await this.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    return serviceDeployments?.[0] ?? {};
  }

  /** Waits for a deployment to get into the status. */
  async reaches(arn: string, status: string, seconds = 20): Promise<ServiceDeployment> {
    let last: ServiceDeployment = {};
    return until(async () => {
      last = await this.deployment(arn);
      return last.status === status ? last : undefined;
    }, seconds).catch(() => {
      throw new Error(`not ${status} but ${JSON.stringify(last, null, 1)}\n${this.#logs.join("\n")}`);
    });
  }

  /** Waits until the deployment pauses; returns the open hook's id. */
  async pauses(arn: string): Promise<string> {
    return until(async () => {
      const { lifecycleHookDetails } = await this.deployment(arn);
      return lifecycleHookDetails?.find((hook) => hook.status === "AWAITING_ACTION")?.hookId;
    });
  }

  /** Weight of each group in a rule, as shares of 100. */
  async weights(ruleArn: string): Promise<{ blue: number; green: number }> {
    const { Rules } = await this.elb.describeRules({ RuleArns: [ruleArn] });
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const total = groups.reduce((sum, group) => sum + (group.Weight ?? 0), 0);
    const share = (arn: string) => (100 * (groups.find((group) => group.TargetGroupArn === arn)?.Weight ?? 0)) / total;
    return { blue: share(this.blue), green: share(this.green) };
  }

  async version(url: string): Promise<string> {
    const response = await fetch(url);
    return ((await response.json()) as { version: string }).version;
  }
}
