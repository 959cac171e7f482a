import { EC2 } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ec2 } from "../../../infra/sandbox/aws/services/ec2/service.ts";
import { elasticloadbalancing } from "../../../infra/sandbox/aws/services/elasticloadbalancing/service.ts";
import { startTarget, type Target } from "../target.ts";

type Undo = () => Promise<unknown>;

/** A VPC with subnets in two zones, and clients: what every test of load balancers needs. */
export class Network {
  readonly elb: ElasticLoadBalancingV2;
  readonly vpcId: string;
  /** Two, in different Availability Zones. */
  readonly subnets: readonly string[];
  readonly unique: Target["unique"];
  readonly #target: Target;
  readonly #ec2: EC2;
  readonly #undo: Undo[];

  private constructor(target: Target, ec2: EC2, made: { vpcId: string; subnets: string[]; undo: Undo[] }) {
    this.#target = target;
    this.#ec2 = ec2;
    this.unique = target.unique;
    this.vpcId = made.vpcId;
    this.subnets = made.subnets;
    this.#undo = made.undo;
    this.elb = new ElasticLoadBalancingV2(target.config);
  }

  static async start(): Promise<Network> {
    const target = await startTarget([ec2, elasticloadbalancing]);
    const client = new EC2(target.config);
    const { Vpc } = await client.createVpc({ CidrBlock: "10.77.0.0/16" });
    const vpcId = Vpc?.VpcId ?? "";
    const undo: Undo[] = [() => client.deleteVpc({ VpcId: vpcId })];
    const { AvailabilityZones = [] } = await client.describeAvailabilityZones({});
    const subnets: string[] = [];
    for (const [index, zone] of AvailabilityZones.slice(0, 2).entries()) {
      const CidrBlock = `10.77.${index}.0/24`;
      const request = { VpcId: vpcId, CidrBlock, AvailabilityZone: zone.ZoneName };
      const { Subnet } = await client.createSubnet(request);
      const SubnetId = Subnet?.SubnetId ?? "";
      subnets.push(SubnetId);
      undo.push(() => client.deleteSubnet({ SubnetId }));
    }
    return new Network(target, client, { vpcId, subnets, undo });
  }

  /** What a test made is deleted at the end, newest first, also when the test failed. */
  later(undo: Undo): void {
    this.#undo.push(undo);
  }

  /** An internal load balancer; it needs no gateway to the Internet. @returns its ARN. */
  async loadBalancer(): Promise<string> {
    const Name = this.unique("lb");
    const { LoadBalancers } = await this.elb.createLoadBalancer({
      Name,
      Scheme: "internal",
      Subnets: [...this.subnets],
    });
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    this.later(() => this.elb.deleteLoadBalancer({ LoadBalancerArn }));
    return LoadBalancerArn;
  }

  async targetGroup(): Promise<string> {
    const { TargetGroups } = await this.elb.createTargetGroup({
      Name: this.unique("tg"),
      Protocol: "HTTP",
      Port: 8080,
      VpcId: this.vpcId,
      TargetType: "ip",
    });
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    this.later(() => this.elb.deleteTargetGroup({ TargetGroupArn }));
    return TargetGroupArn;
  }

  /** Answers 404 by itself. */
  async listener(LoadBalancerArn: string, Port = 18_977): Promise<string> {
    const { Listeners } = await this.elb.createListener({
      LoadBalancerArn,
      Port,
      Protocol: "HTTP",
      DefaultActions: [fixedResponse("404")],
    });
    const ListenerArn = Listeners?.[0]?.ListenerArn ?? "";
    this.later(() => this.elb.deleteListener({ ListenerArn }));
    return ListenerArn;
  }

  async rule(ListenerArn: string, Priority: number): Promise<string> {
    const Conditions = [{ Field: "path-pattern", Values: [`/${Priority}`] }];
    const { Rules } = await this.elb.createRule({ ListenerArn, Priority, Conditions, Actions: [fixedResponse("200")] });
    const RuleArn = Rules?.[0]?.RuleArn ?? "";
    this.later(() => this.elb.deleteRule({ RuleArn }));
    return RuleArn;
  }

  async securityGroup(): Promise<string> {
    const GroupName = this.unique("sg");
    const { GroupId } = await this.#ec2.createSecurityGroup({
      GroupName,
      Description: "conformance",
      VpcId: this.vpcId,
    });
    this.later(() => this.#ec2.deleteSecurityGroup({ GroupId }));
    return GroupId ?? "";
  }

  async stop(): Promise<void> {
    for (const undo of this.#undo.toReversed()) await this.#undone(undo);
    this.elb.destroy();
    this.#ec2.destroy();
    await this.#target.stop();
  }

  /** At AWS what a load balancer used is in use for a while after it is gone; what a test deleted itself is gone. */
  async #undone(undo: Undo): Promise<void> {
    const tries = this.#target.isAws ? 30 : 1;
    for (let left = tries; left > 0; left--) {
      try {
        await undo();
        return;
      } catch (error) {
        const { name } = error as Error;
        if (/NotFound/.test(name)) return;
        if (left === 1) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      }
    }
  }
}

export const fixedResponse = (StatusCode: string) => ({
  Type: "fixed-response" as const,
  FixedResponseConfig: { StatusCode, ContentType: "text/plain", MessageBody: "conformance" },
});

/** A forward to one group or, with weights, to several. */
export const forward = (...groups: readonly (readonly [arn: string, weight: number])[]) => ({
  Type: "forward" as const,
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});
