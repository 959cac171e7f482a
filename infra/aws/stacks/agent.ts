import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Port, SecurityGroup, SubnetType, type Vpc } from "aws-cdk-lib/aws-ec2";
import { CfnService, CfnTaskDefinition } from "aws-cdk-lib/aws-ecs";
import type { Role } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import type { AgentManifest } from "../../../agents/manifest.ts";
import {
  imageParameter,
  logGroupName,
  peerVariable,
  secretName,
  serviceName,
  tags,
  taskFamily,
} from "../../../agents/naming.ts";
import { executionRole, taskRole } from "../policies/task-roles.ts";
import type { Stage } from "../stages.ts";
import type { ClusterStack } from "./cluster.ts";
import type { AgentRoute } from "./routing.ts";

export interface AgentStackProps extends StackProps {
  readonly stage: Stage;
  readonly agent: AgentManifest;
  /** The agents that this one calls, with their routes. */
  readonly peers: readonly AgentManifest[];
  readonly vpc: Vpc;
  readonly cluster: ClusterStack;
  readonly route: AgentRoute;
}

interface TaskParts {
  readonly logs: LogGroup;
  readonly secret: Secret | undefined;
  readonly execution: Role;
}

/** One agent: roles, secret, log group, task definition and its blue/green service. */
export class AgentStack extends Stack {
  constructor(scope: Construct, id: string, props: AgentStackProps) {
    super(scope, id, props);
    const { stage, agent } = props;
    const logs = new LogGroup(this, "Logs", {
      logGroupName: logGroupName(stage.name, agent.name),
      retention: stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const secret = this.secret(props);
    const execution = executionRole(this, { agent: agent.name, logs, secret });
    const service = this.service(props, this.taskDefinition(props, { logs, secret, execution }));
    // Without its policy the first task could neither pull its image nor read its secret.
    service.node.addDependency(execution);
    new CfnOutput(this, "ServiceName", { value: service.attrName });
  }

  /** Created with every key the manifest names and no value: a person or rotation puts the values in. */
  private secret({ stage, agent }: AgentStackProps): Secret | undefined {
    if (agent.secrets.length === 0) return undefined;
    const keys = Object.fromEntries(agent.secrets.map((key) => [key, ""]));
    return new Secret(this, "Secret", {
      secretName: secretName(stage.name, agent.name),
      description: `Keys of ${agent.name} in ${stage.name}`,
      generateSecretString: { secretStringTemplate: JSON.stringify(keys), generateStringKey: "created_by" },
    });
  }

  private taskDefinition(props: AgentStackProps, parts: TaskParts): CfnTaskDefinition {
    const { stage, agent } = props;
    const { logs, secret, execution } = parts;
    const { container } = agent;
    const architecture = Array.isArray(container.architecture) ? container.architecture[0] : container.architecture;
    return new CfnTaskDefinition(this, "Task", {
      family: taskFamily(stage.name, agent.name),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(container.cpu),
      memory: String(container.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: architecture === "arm64" ? "ARM64" : "X86_64",
      },
      taskRoleArn: taskRole(this).roleArn,
      executionRoleArn: execution.roleArn,
      containerDefinitions: [
        {
          name: agent.name,
          // The pipeline owns which image runs: the parameter is written after a deployment was proven.
          image: StringParameter.valueForStringParameter(this, imageParameter(stage.name, agent.name)),
          essential: true,
          stopTimeout: container.stopTimeoutSeconds,
          portMappings: [{ containerPort: container.port, protocol: "tcp" }],
          environment: this.variables(props),
          secrets:
            secret &&
            agent.secrets.map((key) => ({ name: key.toUpperCase(), valueFrom: `${secret.secretArn}:${key}::` })),
          readonlyRootFilesystem: true,
          linuxParameters: { initProcessEnabled: true },
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logs.logGroupName,
              "awslogs-region": this.region,
              "awslogs-stream-prefix": "ecs",
            },
          },
        },
      ],
    });
  }

  private variables({ agent, peers, cluster, stage }: AgentStackProps): { name: string; value: string }[] {
    const base = `http://${cluster.loadBalancer.loadBalancerDnsName}:${stage.listeners.production}`;
    const values: Record<string, string> = {
      PORT: String(agent.container.port),
      ROUTE_PATH: agent.route.path,
      ...Object.fromEntries(peers.map((peer) => [peerVariable(peer.name), `${base}${peer.route.path}`])),
      ...agent.environment,
    };
    return Object.entries(values).map(([name, value]) => ({ name, value }));
  }

  private service(props: AgentStackProps, task: CfnTaskDefinition): CfnService {
    const { stage, agent, vpc, cluster, route } = props;
    const access = new SecurityGroup(this, "Access", {
      vpc,
      description: `Tasks of ${agent.name}: called by the load balancer only`,
    });
    access.addIngressRule(cluster.loadBalancerGroup, Port.tcp(agent.container.port), "load balancer");
    return new CfnService(this, "Service", {
      serviceName: serviceName(stage.name, agent.name),
      cluster: cluster.cluster.clusterName,
      taskDefinition: task.ref,
      desiredCount: agent.scale.min,
      capacityProviderStrategy: [
        { capacityProvider: agent.scale.capacity === "spot" ? "FARGATE_SPOT" : "FARGATE", weight: 1 },
      ],
      deploymentController: { type: "ECS" },
      // No PAUSE hook here: creation would wait for one. deploy-service brings its gates with every deployment.
      deploymentConfiguration: {
        strategy: agent.rollout.strategy === "rolling" ? "ROLLING" : "BLUE_GREEN",
        bakeTimeInMinutes: agent.rollout.strategy === "rolling" ? undefined : agent.rollout.bakeMinutes,
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      healthCheckGracePeriodSeconds: 60,
      loadBalancers: [
        {
          containerName: agent.name,
          containerPort: agent.container.port,
          targetGroupArn: route.blue.ref,
          advancedConfiguration: {
            alternateTargetGroupArn: route.green.ref,
            productionListenerRule: route.productionRule.ref,
            testListenerRule: route.testRule.ref,
            roleArn: cluster.trafficRole.roleArn,
          },
        },
      ],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
          securityGroups: [access.securityGroupId],
          assignPublicIp: "DISABLED",
        },
      },
      propagateTags: "SERVICE",
      enableEcsManagedTags: true,
      tags: Object.entries(tags(stage.name, agent.name)).map(([key, value]) => ({ key, value })),
    });
  }
}
