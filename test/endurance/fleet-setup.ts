import type { EC2 } from "@aws-sdk/client-ec2";
import type { ECR } from "@aws-sdk/client-ecr";
import type { DeploymentConfiguration, ECS, LoadBalancer } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { makeImage, RegistryClient } from "../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { program } from "../../infra/sandbox/aws/services/ecs/program.fixture.ts";
import { freePort } from "../engine/engine.ts";

/** Services behind one load balancer, made through the API alone: what tests of long runs deploy to. */
export const CLUSTER = "fleet";
export const REPOSITORY = "alpha";
const PORT = 9000;

export interface Clients {
  readonly ec2: EC2;
  readonly ecr: ECR;
  readonly ecs: ECS;
  readonly elb: ElasticLoadBalancingV2;
}

/** One service with its two groups and the rule that production traffic follows. */
export interface Site {
  readonly name: string;
  readonly groups: readonly [string, string];
  readonly rule: string;
  readonly configuration: DeploymentConfiguration;
}

export const CONFIGURATIONS: readonly DeploymentConfiguration[] = [
  { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 },
  {
    strategy: "CANARY",
    bakeTimeInMinutes: 1,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 },
    lifecycleHooks: [
      {
        targetType: "PAUSE",
        lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"],
        timeoutConfiguration: { timeoutInMinutes: 10, action: "ROLLBACK" },
      },
    ],
  },
  {
    strategy: "LINEAR",
    bakeTimeInMinutes: 1,
    linearConfiguration: { stepPercent: 34, stepBakeTimeInMinutes: 1 },
  },
];

interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly listeners: readonly string[];
}

async function makeNetwork({ ec2, elb }: Clients): Promise<Network> {
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
  const vpc = Vpc?.VpcId ?? "";
  const subnets: string[] = [];
  for (const [index, AvailabilityZone] of ["us-east-1a", "us-east-1b"].entries()) {
    const { Subnet } = await ec2.createSubnet({ VpcId: vpc, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone });
    subnets.push(Subnet?.SubnetId ?? "");
  }
  const { LoadBalancers } = await elb.createLoadBalancer({ Name: "fleet", Subnets: subnets });
  const listeners: string[] = [];
  for (let n = 0; n < 2; n++) {
    const { Listeners } = await elb.createListener({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Port: await freePort(),
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    });
    listeners.push(Listeners?.[0]?.ListenerArn ?? "");
  }
  return { vpc, subnets, listeners };
}

async function makeGroup({ elb }: Clients, Name: string, VpcId: string): Promise<string> {
  const { TargetGroups } = await elb.createTargetGroup({
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
  const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "10" }];
  await elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
  return TargetGroupArn;
}

async function makeRule({ elb }: Clients, listener: string, site: { name: string; groups: readonly string[] }) {
  const { Rules: before } = await elb.describeRules({ ListenerArn: listener });
  const { Rules } = await elb.createRule({
    ListenerArn: listener,
    Priority: before?.length ?? 1,
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: [`/${site.name}*`] } }],
    Actions: [
      {
        Type: "forward",
        ForwardConfig: {
          TargetGroups: site.groups.map((TargetGroupArn, index) => ({ TargetGroupArn, Weight: index === 0 ? 1 : 0 })),
        },
      },
    ],
  });
  return Rules?.[0]?.RuleArn ?? "";
}

export async function pushVersion({ ecr }: Clients, endpoint: string, version: string): Promise<string> {
  const image = await makeImage({ files: { "app/index.mjs": program(version, "good") } });
  return new RegistryClient(endpoint, ecr).push(REPOSITORY, version, image);
}

export async function define({ ecs }: Clients, family: string, image: string, version: string): Promise<string> {
  const environment = Object.entries({ PORT: String(PORT), AGENT_VERSION: version });
  const { taskDefinition } = await ecs.registerTaskDefinition({
    family,
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
        environment: environment.map(([name, value]) => ({ name, value })),
        stopTimeout: 2,
      },
    ],
  });
  return taskDefinition?.taskDefinitionArn ?? "";
}

/** The role with which ECS changes listener rules. */
async function makeRole(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const iam = new IAM({ endpoint, region: "us-east-1", credentials });
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs.amazonaws.com" } }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.createRole({ RoleName: "infrastructure", AssumeRolePolicyDocument });
  iam.destroy();
}

/** A cluster, and one service per strategy that runs version `first`. @returns the sites and the first image. */
export async function makeFleet(clients: Clients, endpoint: string): Promise<{ sites: Site[]; image: string }> {
  await makeRole(endpoint);
  await clients.ecs.createCluster({ clusterName: CLUSTER });
  await clients.ecr.createRepository({ repositoryName: REPOSITORY });
  const image = await pushVersion(clients, endpoint, "first");
  const { vpc, subnets, listeners } = await makeNetwork(clients);
  const sites: Site[] = [];
  for (const configuration of CONFIGURATIONS) {
    const name = `site-${configuration.strategy?.toLowerCase().replace("_", "-")}`;
    const groups = [await makeGroup(clients, `${name}-a`, vpc), await makeGroup(clients, `${name}-b`, vpc)] as const;
    const [rule = "", testRule = ""] = await Promise.all(
      listeners.map((listener) => makeRule(clients, listener, { name, groups })),
    );
    const balancer: LoadBalancer = {
      targetGroupArn: groups[0],
      containerName: "app",
      containerPort: PORT,
      advancedConfiguration: {
        alternateTargetGroupArn: groups[1],
        productionListenerRule: rule,
        testListenerRule: testRule,
        roleArn: "arn:aws:iam::000000000000:role/infrastructure",
      },
    };
    await clients.ecs.createService({
      cluster: CLUSTER,
      serviceName: name,
      taskDefinition: await define(clients, name, image, "first"),
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: [...subnets] } },
      loadBalancers: [balancer],
      deploymentConfiguration: { ...configuration, lifecycleHooks: [] },
    });
    sites.push({ name, groups, rule, configuration });
  }
  return { sites, image };
}
