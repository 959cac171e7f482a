import { App, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, LogDrivers } from "aws-cdk-lib/aws-ecs";
import { ApplicationLoadBalancer, ApplicationProtocol } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";

/**
 * A small app as anybody would write it, to prove that the sandbox takes the unmodified CDK: a VPC, a load balancer
 * and a Fargate service in a second stack. Context: `image` (URI) and `greeting`.
 */
const app = new App();
const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION };

const network = new Stack(app, "Network", { env });
const vpc = new Vpc(network, "Vpc", {
  availabilityZones: ["us-east-1a", "us-east-1b"],
  natGateways: 1,
  subnetConfiguration: [
    { name: "public", subnetType: SubnetType.PUBLIC },
    { name: "private", subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  ],
});

const web = new Stack(app, "Web", { env });
const task = new FargateTaskDefinition(web, "Task", { cpu: 256, memoryLimitMiB: 512 });
const logGroup = new LogGroup(web, "Log", { retention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY });
task.addContainer("web", {
  image: ContainerImage.fromRegistry(String(app.node.tryGetContext("image"))),
  portMappings: [{ containerPort: 8080 }],
  environment: { GREETING: String(app.node.tryGetContext("greeting") ?? "hello") },
  logging: LogDrivers.awsLogs({ streamPrefix: "web", logGroup }),
});
const cluster = new Cluster(web, "Cluster", { vpc });
const service = new FargateService(web, "Service", {
  cluster,
  taskDefinition: task,
  desiredCount: 1,
  minHealthyPercent: 100,
  circuitBreaker: { rollback: true },
});
const balancer = new ApplicationLoadBalancer(web, "Balancer", { vpc, internetFacing: true });
const listener = balancer.addListener("Http", { port: 8099, protocol: ApplicationProtocol.HTTP });
listener.addTargets("Web", {
  port: 8080,
  protocol: ApplicationProtocol.HTTP,
  targets: [service],
  healthCheck: { path: "/" },
});
new CfnOutput(web, "ListenerArn", { value: listener.listenerArn });
