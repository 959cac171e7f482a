import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { type AgentManifest, parseManifest } from "../../agents/manifest.ts";
import { imageParameter, stackName } from "../../agents/naming.ts";
import { fleetApp } from "./fleet.ts";
import { stageNamed, stages } from "./stages.ts";

const manifest = (name: string, agentId: number, calls: string[] = []): AgentManifest => {
  const { manifest: parsed, problems } = parseManifest(`${name}/agent.json`, {
    name,
    purpose: "test",
    agentId,
    build: { kind: "node", entry: "src/main.ts" },
    container: { port: 9000 + agentId, cpu: 256, memoryMiB: 512, architecture: "arm64", stopTimeoutSeconds: 30 },
    health: { path: "/health", intervalSeconds: 10, timeoutSeconds: 3, healthyThreshold: 2, unhealthyThreshold: 2 },
    route: { path: `/${name}`, host: name },
    calls,
    environment: { LOG_LEVEL: "info" },
    secrets: ["private_key"],
    scale: { min: 1, max: 3, cpuPercent: 75, memoryPercent: 80, capacity: "spot" },
    rollout: {
      strategy: "blue-green",
      bakeMinutes: 5,
      gateTimeoutMinutes: 15,
      gates: { errorRatePercent: 1, latencyMs: 500, slowPercent: 5, minimumRequests: 50, smoke: [] },
    },
  });
  if (!parsed) throw new Error(JSON.stringify(problems));
  return parsed;
};

let template: (role: Parameters<typeof stackName>[1]) => Template;

beforeAll(() => {
  const app = fleetApp(stageNamed("sandbox", {}), [manifest("alpha", 1, ["beta"]), manifest("beta", 2)]);
  template = (role) => Template.fromStack(app.node.findChild(stackName("sandbox", role)) as Stack);
});

describe("the fleet's stacks", () => {
  test("an agent's image is read from its parameter and from nowhere else", () => {
    template({ agent: "alpha" }).hasParameter("*", {
      Type: "AWS::SSM::Parameter::Value<String>",
      Default: imageParameter("sandbox", "alpha"),
    });
  });

  test("a service is blue/green with an alternate group, both rules, a breaker and no PAUSE hook", () => {
    template({ agent: "alpha" }).hasResourceProperties("AWS::ECS::Service", {
      DeploymentConfiguration: {
        Strategy: "BLUE_GREEN",
        BakeTimeInMinutes: 5,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        LifecycleHooks: Match.absent(),
      },
      LoadBalancers: [
        {
          AdvancedConfiguration: {
            AlternateTargetGroupArn: Match.anyValue(),
            ProductionListenerRule: Match.anyValue(),
            TestListenerRule: Match.anyValue(),
            RoleArn: Match.anyValue(),
          },
        },
      ],
    });
  });

  test("an agent knows where its peers are, and only those", () => {
    const variables = (agent: string) => {
      const [task] = Object.values(template({ agent }).findResources("AWS::ECS::TaskDefinition"));
      return task?.Properties.ContainerDefinitions[0].Environment.map((e: { Name: string }) => e.Name);
    };
    expect(variables("alpha")).toEqual(["PORT", "ROUTE_PATH", "BETA_URL", "LOG_LEVEL"]);
    expect(variables("beta")).toEqual(["PORT", "ROUTE_PATH", "LOG_LEVEL"]);
  });

  test("rules live apart, blue first, with priorities that another agent does not move", () => {
    const routing = template("routing");
    routing.resourceCountIs("AWS::ElasticLoadBalancingV2::ListenerRule", 4);
    routing.resourceCountIs("AWS::ElasticLoadBalancingV2::TargetGroup", 4);
    routing.hasResourceProperties("AWS::ElasticLoadBalancingV2::ListenerRule", {
      Priority: 20,
      Conditions: [{ PathPatternConfig: { Values: ["/beta", "/beta/*"] } }],
      Actions: [{ ForwardConfig: { TargetGroups: [{ Weight: 1 }, { Weight: 0 }] } }],
    });
    template({ agent: "alpha" }).resourceCountIs("AWS::ElasticLoadBalancingV2::ListenerRule", 0);
  });

  test("an execution role reaches its own repository, logs and secret, and no other agent's", () => {
    const policies = JSON.stringify(template({ agent: "alpha" }).findResources("AWS::IAM::Policy"));
    expect(policies).toContain(":repository/karmacadabra/alpha");
    expect(policies).not.toContain("beta");
    const statements = Object.values(template({ agent: "alpha" }).findResources("AWS::IAM::Policy")).flatMap(
      (policy) => policy.Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const open = statements.filter((statement) => statement.Resource === "*").map((statement) => statement.Action);
    expect(open).toEqual(["ecr:GetAuthorizationToken"]);
  });

  test("repositories refuse moving tags and keep what is tagged", () => {
    template("registries").allResourcesProperties("AWS::ECR::Repository", {
      ImageTagMutability: "IMMUTABLE",
      ImageScanningConfiguration: { ScanOnPush: true },
    });
  });

  test("nothing but the load balancer is open to the world", () => {
    const openIngress = (role: Parameters<typeof stackName>[1]) =>
      Object.values(template(role).findResources("AWS::EC2::SecurityGroup")).flatMap((group) =>
        (group.Properties.SecurityGroupIngress ?? []).filter(
          (rule: { CidrIp?: string }) => rule.CidrIp === "0.0.0.0/0",
        ),
      );
    expect(openIngress("cluster").map((rule: { FromPort: number }) => rule.FromPort)).toEqual([8080, 9080]);
    expect(openIngress({ agent: "alpha" })).toEqual([]);
  });
});

describe("the stage table", () => {
  test("an unknown stage names the allowed ones", () => {
    expect(() => stageNamed("staging", {})).toThrow('STAGE is "staging"; allowed: sandbox, prod');
  });

  test("a port that is none is refused with its value", () => {
    expect(() => stages({ SANDBOX_TEST_PORT: "80a" })).toThrow(
      'SANDBOX_TEST_PORT is "80a"; allowed: a port from 1 to 65535.',
    );
  });
});
