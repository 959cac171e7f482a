import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Peer, Port, SecurityGroup, type Vpc } from "aws-cdk-lib/aws-ec2";
import { Cluster } from "aws-cdk-lib/aws-ecs";
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { clusterName, loadBalancerName } from "../../../agents/naming.ts";
import type { Stage } from "../stages.ts";

export interface ClusterStackProps extends StackProps {
  readonly stage: Stage;
  readonly vpc: Vpc;
}

/** What all agents share: the cluster, the load balancer with its two listeners, and the role ECS moves traffic with. */
export class ClusterStack extends Stack {
  readonly cluster: Cluster;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly loadBalancerGroup: SecurityGroup;
  readonly production: ApplicationListener;
  readonly test: ApplicationListener;
  /** Role with which ECS registers targets and writes rule weights; never edit it while a deployment runs. */
  readonly trafficRole: Role;

  constructor(scope: Construct, id: string, props: ClusterStackProps) {
    super(scope, id, props);
    const { stage, vpc } = props;
    this.cluster = new Cluster(this, "Cluster", {
      clusterName: clusterName(stage.name),
      vpc,
      enableFargateCapacityProviders: true,
    });
    this.loadBalancerGroup = this.loadBalancerAccess(stage, vpc);
    this.loadBalancer = new ApplicationLoadBalancer(this, "LoadBalancer", {
      loadBalancerName: loadBalancerName(stage.name),
      vpc,
      internetFacing: true,
      securityGroup: this.loadBalancerGroup,
      dropInvalidHeaderFields: true,
    });
    this.production = this.listener("Production", stage.listeners.production);
    this.test = this.listener("Test", stage.listeners.test);
    this.trafficRole = new Role(this, "TrafficRole", {
      assumedBy: new ServicePrincipal("ecs.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("AmazonECSInfrastructureRolePolicyForLoadBalancers")],
    });
    new CfnOutput(this, "Url", {
      value: `http://${this.loadBalancer.loadBalancerDnsName}:${stage.listeners.production}`,
    });
  }

  private loadBalancerAccess(stage: Stage, vpc: Vpc): SecurityGroup {
    const group = new SecurityGroup(this, "LoadBalancerGroup", {
      vpc,
      description: "Load balancer: open at its two listeners, reaches tasks inside the VPC only",
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.anyIpv4(), Port.tcp(stage.listeners.production), "production traffic");
    group.addIngressRule(Peer.ipv4(stage.testAccess), Port.tcp(stage.listeners.test), "gates before a release");
    group.addEgressRule(Peer.ipv4(vpc.vpcCidrBlock), Port.allTcp(), "tasks");
    return group;
  }

  private listener(id: string, port: number): ApplicationListener {
    return this.loadBalancer.addListener(id, {
      port,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.fixedResponse(404, {
        contentType: "application/json",
        messageBody: '{"error":"no agent answers at this path"}',
      }),
    });
  }
}
