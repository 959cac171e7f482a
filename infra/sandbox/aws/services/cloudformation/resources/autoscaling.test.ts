import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Rig, rig } from "../testing.ts";

let box: Rig;
beforeAll(async () => {
  box = await rig();
});
afterAll(() => box.stop());

const ref = (Ref: string) => ({ Ref });
const get = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const resource = (Type: string, Properties: object, more: object = {}) => ({
  Type: `AWS::${Type}`,
  Properties,
  ...more,
});

const network = { AwsvpcConfiguration: { Subnets: [ref("Subnet")] } };

/** A fleet of two services that know each other by name, and one of them is scaled. `version` 2 is the update in place. */
const template = (version: number) => ({
  Resources: {
    Vpc: resource("EC2::VPC", { CidrBlock: "10.9.0.0/16" }),
    Subnet: resource("EC2::Subnet", { VpcId: ref("Vpc"), CidrBlock: "10.9.0.0/24" }),
    Mesh: resource("ServiceDiscovery::HttpNamespace", { Name: "mesh", Description: `v${version}` }),
    Zone: resource("ServiceDiscovery::PrivateDnsNamespace", {
      Name: "zone.internal",
      Vpc: ref("Vpc"),
      Properties: { DnsProperties: { SOA: { TTL: 10 * version } } },
    }),
    Registry: resource("ServiceDiscovery::Service", {
      Name: "registry",
      NamespaceId: ref("Zone"),
      Description: `v${version}`,
      DnsConfig: { DnsRecords: [{ Type: "A", TTL: 60 }] },
      Tags: [{ Key: "v", Value: String(version) }],
    }),
    Cluster: resource("ECS::Cluster", {
      ClusterName: "fleet",
      ServiceConnectDefaults: { Namespace: get("Mesh", "Arn") },
    }),
    Definition: resource("ECS::TaskDefinition", {
      Family: "alpha",
      NetworkMode: "awsvpc",
      RequiresCompatibilities: ["FARGATE"],
      Cpu: "256",
      Memory: "512",
      ContainerDefinitions: [
        {
          Name: "app",
          Image: "registry.test/alpha:v1",
          PortMappings: [{ Name: "web", ContainerPort: 9000, AppProtocol: "http" }],
        },
      ],
    }),
    Alpha: resource("ECS::Service", {
      Cluster: ref("Cluster"),
      ServiceName: "alpha",
      TaskDefinition: ref("Definition"),
      DesiredCount: 0,
      LaunchType: "FARGATE",
      NetworkConfiguration: network,
      DeploymentConfiguration: {
        Strategy: "CANARY",
        BakeTimeInMinutes: 0,
        CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 0 },
      },
      ServiceConnectConfiguration: {
        Enabled: true,
        Services: [
          {
            PortName: "web",
            ClientAliases: [
              { Port: 8080, DnsName: "alpha", TestTrafficRules: { Header: { Name: "X-Try", Value: { Exact: "1" } } } },
            ],
            Timeout: { PerRequestTimeoutSeconds: 5 },
          },
        ],
      },
    }),
    Target: resource("ApplicationAutoScaling::ScalableTarget", {
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      ResourceId: { "Fn::Join": ["/", ["service", ref("Cluster"), get("Alpha", "Name")]] },
      MinCapacity: 0,
      MaxCapacity: 3 * version,
      ScheduledActions: [
        {
          ScheduledActionName: version === 1 ? "night" : "day",
          Schedule: "cron(0 22 * * ? *)",
          Timezone: "Europe/Zurich",
          StartTime: "2026-01-01T00:00:00Z",
          ScalableTargetAction: { MaxCapacity: 1 },
        },
      ],
    }),
    Tracking: resource("ApplicationAutoScaling::ScalingPolicy", {
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      ScalingTargetId: ref("Target"),
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 40 + version,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    }),
  },
  Outputs: {
    Target: { Value: ref("Target") },
    Policy: { Value: ref("Tracking") },
    Mesh: { Value: ref("Mesh") },
    Zone: { Value: get("Zone", "HostedZoneId") },
    Registry: { Value: get("Registry", "Arn") },
  },
});

const key = {
  ServiceNamespace: "ecs",
  ResourceId: "service/fleet/alpha",
  ScalableDimension: "ecs:service:DesiredCount",
} as const;

async function found() {
  const { autoscaling, ecs, servicediscovery } = box.aws;
  const { ScalableTargets } = await autoscaling.describeScalableTargets({ ServiceNamespace: "ecs" });
  const { ScalingPolicies } = await autoscaling.describeScalingPolicies(key);
  const { ScheduledActions } = await autoscaling.describeScheduledActions(key);
  const { services } = await ecs.describeServices({ cluster: "fleet", services: ["alpha"] });
  const { Services } = await servicediscovery.listServices({});
  return {
    max: ScalableTargets?.[0]?.MaxCapacity,
    target: ScalingPolicies?.[0]?.TargetTrackingScalingPolicyConfiguration?.TargetValue,
    actions: ScheduledActions?.map(({ ScheduledActionName, Timezone, StartTime }) => [
      ScheduledActionName,
      Timezone,
      StartTime?.toISOString(),
    ]),
    connect: services?.[0]?.deployments?.[0]?.serviceConnectConfiguration,
    services: Services?.map(({ Name, Description }) => [Name, Description]).sort(),
  };
}

test("autoscaling, Cloud Map and Service Connect are created, updated in place and deleted", async () => {
  expect([await box.create("scaled", template(1)), await box.reasons("scaled")]).toEqual([
    "CREATE_COMPLETE",
    expect.anything(),
  ]);
  const outputs = await box.outputs("scaled");
  expect(outputs).toEqual({
    Target: "service/fleet/alpha|ecs:service:DesiredCount|ecs",
    Policy: expect.stringMatching(/^arn:aws:autoscaling:.*:policyName\/cpu$/),
    Mesh: expect.stringMatching(/^ns-/),
    Zone: expect.stringMatching(/^Z/),
    Registry: expect.stringMatching(/:service\/srv-/),
  });
  const first = await found();
  expect(first).toMatchObject({
    max: 3,
    target: 41,
    services: [
      ["registry", "v1"],
      ["web", undefined],
    ],
  });
  expect(first.actions).toEqual([["night", "Europe/Zurich", "2026-01-01T00:00:00.000Z"]]);
  expect(first.connect).toMatchObject({
    namespace: expect.stringMatching(/:namespace\/ns-/),
    services: [
      {
        portName: "web",
        clientAliases: [
          { port: 8080, dnsName: "alpha", testTrafficRules: { header: { name: "X-Try", value: { exact: "1" } } } },
        ],
        timeout: { perRequestTimeoutSeconds: 5 },
      },
    ],
  });
  expect([await box.update("scaled", template(2)), await found()]).toEqual([
    "UPDATE_COMPLETE",
    expect.objectContaining({
      max: 6,
      target: 42,
      services: [
        ["registry", "v2"],
        ["web", undefined],
      ],
    }),
  ]);
  expect((await found()).actions?.map(([name]) => name)).toEqual(["day"]);
  expect(await box.outputs("scaled")).toEqual(outputs);
  expect([await box.remove("scaled"), await box.reasons("scaled").catch(() => "")]).toEqual(["GONE", ""]);
  const { Namespaces } = await box.aws.servicediscovery.listNamespaces({});
  const { MetricAlarms } = await box.aws.cloudwatch.describeAlarms({});
  expect([Namespaces, MetricAlarms]).toEqual([[], []]);
});

test("a policy without a target is refused", async () => {
  const Policy = resource("ApplicationAutoScaling::ScalingPolicy", { PolicyName: "cpu", PolicyType: "StepScaling" });
  expect(await box.create("lost", { Resources: { Policy } })).toBe("ROLLBACK_COMPLETE");
  expect(await box.reasons("lost")).toMatch(/Either ScalingTargetId or all three of/);
  await box.remove("lost");
});
