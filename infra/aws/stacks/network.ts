import { Stack, type StackProps } from "aws-cdk-lib";
import { GatewayVpcEndpointAwsService, IpAddresses, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import type { Stage } from "../stages.ts";

/** Two zones, public subnets for the load balancer, private ones for tasks, one NAT gateway, S3 without NAT charges. */
export class NetworkStack extends Stack {
  readonly vpc: Vpc;

  constructor(scope: Construct, id: string, props: StackProps & { readonly stage: Stage }) {
    super(scope, id, props);
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(props.stage.cidr),
      availabilityZones: [...props.stage.availabilityZones],
      natGateways: 1,
      subnetConfiguration: [
        { name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        { name: "private", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
      ],
      // Image layers come from S3: the gateway endpoint is free and keeps them off the NAT gateway.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
  }
}
