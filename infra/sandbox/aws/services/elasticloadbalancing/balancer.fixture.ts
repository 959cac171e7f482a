import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EC2 } from "@aws-sdk/client-ec2";
import {
  type Action,
  type CreateTargetGroupInput,
  ElasticLoadBalancingV2,
  type RuleCondition,
  type TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { scaledClock } from "../../../clock.ts";
import { AddressBook, type Owner } from "../../../network/addresses.ts";
import type { Operations, ServiceModule } from "../../kernel.ts";
import { type Aws, startAws } from "../../server.ts";
import { elasticloadbalancing } from "./service.ts";

/** For tests: a sandbox with this service alone, targets that are real HTTP servers, and the official client. */
export class Fixture {
  readonly network = new AddressBook();
  readonly #targets: Server[] = [];
  aws!: Aws;
  elb!: ElasticLoadBalancingV2;
  #folder = "";
  readonly #scale: number;
  readonly #more: readonly ServiceModule[];

  constructor({ scale = 60, services = [] }: { scale?: number; services?: readonly ServiceModule[] } = {}) {
    this.#scale = scale;
    this.#more = services;
  }

  async start(): Promise<void> {
    this.#folder ||= await mkdtemp(join(tmpdir(), "elb-"));
    this.aws = await startAws({
      services: [elasticloadbalancing, subnets, ...this.#more],
      dataDir: this.#folder,
      clock: scaledClock(this.#scale),
      network: this.network,
    });
    const { endpoint } = this.aws;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    this.elb = new ElasticLoadBalancingV2({ endpoint, region: "us-east-1", credentials });
  }

  /** Stops the sandbox and leaves its state, for a test that starts it again. */
  async pause(): Promise<void> {
    this.elb.destroy();
    await this.aws.stop();
  }

  async stop(): Promise<void> {
    await this.pause();
    for (const server of this.#targets) await closed(server);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async loadBalancer(Name: string): Promise<string> {
    const { LoadBalancers } = await this.elb.createLoadBalancer({ Name, Subnets: ["subnet-a", "subnet-b"] });
    return LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  }

  async attributes(TargetGroupArn: string, attributes: Record<string, string>): Promise<void> {
    const Attributes = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
    await this.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
  }

  /** A listener whose default action is a 404; `url` is its address. */
  async listener(LoadBalancerArn: string, Port = 18_080): Promise<{ arn: string; url: string }> {
    const { Listeners } = await this.elb.createListener({
      LoadBalancerArn,
      Port,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404", MessageBody: "no rule" } }],
    });
    const [listener] = Listeners ?? [];
    return { arn: listener?.ListenerArn ?? "", url: `http://127.0.0.1:${listener?.Port}` };
  }

  async group(Name: string, more: Partial<CreateTargetGroupInput> = {}): Promise<string> {
    const { TargetGroups } = await this.elb.createTargetGroup({
      Name,
      Protocol: "HTTP",
      Port: 8080,
      VpcId: "vpc-1",
      TargetType: "ip",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 3,
      ...more,
    });
    return TargetGroups?.[0]?.TargetGroupArn ?? "";
  }

  async rule(ListenerArn: string, Priority: number, Conditions: RuleCondition[], Actions: Action[]): Promise<string> {
    const { Rules } = await this.elb.createRule({ ListenerArn, Priority, Conditions, Actions });
    return Rules?.[0]?.RuleArn ?? "";
  }

  /** A real server behind a private address on port 8080. */
  async target(serve: RequestListener, owner?: Owner): Promise<RunningTarget> {
    const server = createServer(serve);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#targets.push(server);
    const ip = this.network.allocate(7, owner);
    this.network.map(ip, 8080, { host: "127.0.0.1", port: (server.address() as AddressInfo).port });
    return { ip, server, stop: () => closed(server) };
  }

  async register(TargetGroupArn: string, ...targets: readonly { readonly ip: string }[]): Promise<void> {
    await this.elb.registerTargets({ TargetGroupArn, Targets: targets.map(({ ip }) => ({ Id: ip })) });
  }

  async health(TargetGroupArn: string, { ip }: { readonly ip: string }): Promise<TargetHealth | undefined> {
    const { TargetHealthDescriptions } = await this.elb.describeTargetHealth({ TargetGroupArn, Targets: [{ Id: ip }] });
    return TargetHealthDescriptions?.[0]?.TargetHealth;
  }

  /** Waits until the target is in the state, with the reason if one is given. */
  async becomes(group: string, target: { readonly ip: string }, state: string, reason?: string): Promise<TargetHealth> {
    return until(async () => {
      const health = await this.health(group, target);
      return health?.State === state && (!reason || health.Reason === reason) ? health : undefined;
    });
  }
}

export interface RunningTarget {
  readonly ip: string;
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

export const path = (...values: string[]): RuleCondition => ({
  Field: "path-pattern",
  PathPatternConfig: { Values: values },
});

export const forward = (...groups: readonly (readonly [arn: string, weight: number])[]): Action => ({
  Type: "forward",
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

/** Answers with a name, and with 200 to health checks. */
export const named =
  (name: string): RequestListener =>
  (_request: IncomingMessage, response) => {
    response.end(name);
  };

/** Polls for real time: the sandbox's own work takes real time as well. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, seconds = 10): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Not seen within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Two subnets in two zones: what a load balancer asks of EC2. */
const subnets: ServiceModule = {
  id: "ec2",
  sdk: () => import("@aws-sdk/client-ec2"),
  create: () => {
    const operations: Operations<EC2> = {
      DescribeSubnets: ({ SubnetIds = [] }) => ({
        Subnets: SubnetIds.map((SubnetId) => ({
          SubnetId,
          VpcId: "vpc-1",
          AvailabilityZone: SubnetId === "subnet-a" ? "us-east-1a" : "us-east-1b",
        })),
      }),
    };
    return { operations };
  },
};
