import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Sandbox, startSandbox } from "../../infra/sandbox/sandbox.ts";
import { throughput } from "./load.ts";
import { type Ratio, ratio } from "./measure.ts";

const REQUESTS = 20_000;
const CONNECTIONS = 32;
/** Another process, as a task is, so that target and balancer do not share one event loop. */
const TARGET = `require("node:http").createServer((_, r) => r.end("ok")).listen(0, "127.0.0.1", function () { console.log(this.address().port) })`;

/** Requests a second through the sandbox's load balancer, over those straight to the same target. */
export async function balancerThroughput(): Promise<Ratio[]> {
  const target = spawn(process.execPath, ["-e", TARGET], { stdio: ["ignore", "pipe", "inherit"] });
  const sandbox = await startSandbox();
  try {
    const [line] = await once(target.stdout, "data");
    const port = Number(String(line).trim());
    const through = await balancerInFrontOf(port, sandbox);
    const straight = `http://127.0.0.1:${port}/`;
    await throughput(straight, 2_000, CONNECTIONS);
    await throughput(through, 2_000, CONNECTIONS);
    const direct = await throughput(straight, REQUESTS, CONNECTIONS);
    const balanced = await throughput(through, REQUESTS, CONNECTIONS);
    return [ratio("load balancer: requests a second / direct", [balanced, "req/s"], [direct, "req/s"])];
  } finally {
    target.kill();
    await sandbox.stop();
  }
}

/** @returns the URL of a listener that forwards everything to `port`, once the target is healthy. */
async function balancerInFrontOf(port: number, sandbox: Sandbox): Promise<string> {
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const elb = new ElasticLoadBalancingV2Client({ endpoint: sandbox.endpoint, region: sandbox.region, credentials });
  const vpc = await sandbox.aws.ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
  const subnets = await Promise.all(
    ["a", "b"].map((zone, index) =>
      sandbox.aws.ec2.createSubnet({
        VpcId: vpc.Vpc?.VpcId,
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: `${sandbox.region}${zone}`,
      }),
    ),
  );
  const ip = sandbox.network.allocate(100);
  sandbox.network.map(ip, 8080, { host: "127.0.0.1", port });
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: "bench",
      Protocol: "HTTP",
      Port: 8080,
      TargetType: "ip",
      VpcId: vpc.Vpc?.VpcId,
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
    }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "bench", Subnets: subnets.flatMap(({ Subnet }) => Subnet?.SubnetId ?? []) }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 8080,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: ip, Port: 8080 }] }));
  for (;;) {
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    if (TargetHealthDescriptions?.[0]?.TargetHealth?.State === "healthy") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return `http://${LoadBalancers?.[0]?.DNSName}:${Listeners?.[0]?.Port}/`;
}
