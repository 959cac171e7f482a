import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECR } from "@aws-sdk/client-ecr";
import { deployService } from "../../actions/deploy-service/deploy-service.ts";
import { inputs as deployInputs } from "../../actions/deploy-service/inputs.ts";
import { readInputs } from "../../actions/lib/action.ts";
import { parseVerdictFile, type VerdictFile } from "../../actions/lib/report/verdict-file.ts";
import { alphaManifest } from "../../actions/lib/rollout/alpha.fixture.ts";
import { inputs as rollbackInputs } from "../../actions/rollback-service/inputs.ts";
import { rollbackService } from "../../actions/rollback-service/rollback-service.ts";
import { clusterName, logGroupName, repositoryName, serviceName, taskFamily } from "../../agents/naming.ts";
import { makeImage, RegistryClient } from "../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/sandbox.ts";

export type Kind = "good" | "crash" | "unhealthy" | "errors";
export const STAGE = "story";
const PORT = alphaManifest().container.port;
const SCALE = 60;

/** A small agent with the fleet's health shape; what is wrong with it is said by its kind. */
const program = (commit: string, kind: Kind): string => `
import { createServer } from "node:http";
${kind === "crash" ? 'console.error("Error: cannot read the price list"); process.exit(3);' : ""}
const startedAt = new Date().toISOString();
const server = createServer((request, response) => {
  const health = request.url.endsWith("/health");
  response.statusCode = health ? ${kind === "unhealthy" ? 500 : 200} : ${kind === "errors" ? 500 : 200};
  response.end(JSON.stringify(health
    ? { status: "ok", agent: "alpha", version: "1", commit: ${JSON.stringify(commit)}, startedAt, checks: {} }
    : { answer: ${JSON.stringify(commit)} }));
});
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

export interface Release {
  readonly commit: string;
  readonly image: string;
  readonly digest: string;
}

/** One service behind the sandbox's load balancer, and the actions that deploy to it over HTTP. */
export class Story {
  readonly #sandbox: Sandbox;
  readonly #folder: string;
  readonly #epoch: number;
  readonly lines: string[] = [];
  productionUrl = "";
  #blue = "";

  private constructor(sandbox: Sandbox, folder: string, epoch: number) {
    this.#sandbox = sandbox;
    this.#folder = folder;
    this.#epoch = epoch;
  }

  static async start(): Promise<Story> {
    const epoch = Date.now();
    const folder = mkdtempSync(join(tmpdir(), "rollout-"));
    const manifest = alphaManifest();
    mkdirSync(join(folder, "agents", manifest.name), { recursive: true });
    const rollout = { ...manifest.rollout, bakeMinutes: 0, gateTimeoutMinutes: 2 };
    writeFileSync(join(folder, "agents", manifest.name, "agent.json"), JSON.stringify({ ...manifest, rollout }));
    const story = new Story(await startSandbox({ timeScale: SCALE, epoch }), folder, epoch);
    await story.#build();
    return story;
  }

  async stop(): Promise<void> {
    await this.#sandbox.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get aws() {
    return this.#sandbox.aws;
  }

  get #environment(): NodeJS.ProcessEnv {
    return {
      AWS_REGION: this.#sandbox.region,
      AWS_ENDPOINT_URL: this.#sandbox.endpoint,
      GITHUB_WORKSPACE: this.#folder,
      GITHUB_ACTOR: "kim",
      KARMACADABRA_CLOCK: `${SCALE}@${this.#epoch}`,
    };
  }

  readonly #progress = { line: (text: string) => void this.lines.push(text), mask: () => undefined };

  /** Builds and pushes a version. @param body the commit that its health body names, when that is another one. */
  async push(letter: string, kind: Kind = "good", body: string = letter): Promise<Release> {
    const commit = letter.repeat(40);
    const image = await makeImage({
      files: { "app/index.mjs": program(body.repeat(40), kind) },
      labels: { "dev.karmacadabra.base": "host-node", "org.opencontainers.image.revision": commit },
    });
    const ecr = new ECR({ endpoint: this.#sandbox.endpoint, region: this.#sandbox.region, credentials: KEYS });
    const pushed = await new RegistryClient(this.#sandbox.endpoint, ecr).push(repositoryName("alpha"), commit, image);
    ecr.destroy();
    const registry = pushed.split("/")[0];
    return { commit, digest: image.digest, image: `${registry}/${repositoryName("alpha")}@${image.digest}` };
  }

  async deploy(release: Release, more: Record<string, string> = {}, cancel = new AbortController().signal) {
    const env = {
      INPUT_STAGE: STAGE,
      INPUT_AGENT: "alpha",
      INPUT_IMAGE: release.image,
      INPUT_COMMIT: release.commit,
      "INPUT_REPORT-FILE": "verdict.json",
      ...more,
    };
    const given = readInputs({ name: "deploy-service", inputs: deployInputs }, env);
    const outcome = await deployService(given, this.#progress, { env: this.#environment, cancel });
    return { outcome, verdict: this.#verdict() };
  }

  async rollBack(more: Record<string, string> = {}) {
    const env = { INPUT_STAGE: STAGE, INPUT_AGENT: "alpha", INPUT_REASON: "too slow", ...more };
    const given = readInputs({ name: "rollback-service", inputs: rollbackInputs }, env);
    const cancel = new AbortController().signal;
    return rollbackService(given, this.#progress, { env: this.#environment, cancel });
  }

  #verdict(): VerdictFile {
    const file = parseVerdictFile(readFileSync(join(this.#folder, "verdict.json"), "utf8"));
    if (!file) throw new Error("The verdict file is not complete.");
    return file;
  }

  /** Commit that production says it runs. */
  async live(): Promise<string> {
    const answer = await fetch(`${this.productionUrl}/alpha/health`);
    return ((await answer.json()) as { commit: string }).commit;
  }

  /** Creates the service as the template would: no pause, judged by health checks alone. */
  async create(release: Release): Promise<void> {
    const { aws } = this;
    const { Subnets } = await aws.ec2.describeSubnets({});
    const { taskDefinition } = await aws.ecs.registerTaskDefinition(definition(release.image));
    await aws.ecs.createService({
      cluster: clusterName(STAGE),
      serviceName: serviceName(STAGE, "alpha"),
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: Subnets?.map((one) => one.SubnetId ?? "") } },
      deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 },
      loadBalancers: [{ ...this.#balancing, targetGroupArn: this.#blue, containerName: "alpha", containerPort: PORT }],
    });
    for (let look = 0; look < 400; look++) {
      const [newest] = await this.deployments();
      if (newest?.status === "SUCCESSFUL") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("The service was not created in 20 s.");
  }

  async deployments() {
    const place = { cluster: clusterName(STAGE), service: serviceName(STAGE, "alpha") };
    return (await this.aws.ecs.listServiceDeployments(place)).serviceDeployments ?? [];
  }

  #balancing = {
    advancedConfiguration: {
      alternateTargetGroupArn: "",
      productionListenerRule: "",
      testListenerRule: "",
      roleArn: ROLE,
    },
  };

  async #build(): Promise<void> {
    const { aws } = this;
    await aws.ecs.createCluster({ clusterName: clusterName(STAGE) });
    await aws.iam.createRole({ RoleName: "infrastructure", AssumeRolePolicyDocument: TRUST });
    await aws.ecr.createRepository({ repositoryName: repositoryName("alpha") });
    await aws.logs.createLogGroup({ logGroupName: logGroupName(STAGE, "alpha") });
    const { Vpc } = await aws.ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    const subnets: string[] = [];
    for (const [i, zone] of ["us-east-1a", "us-east-1b"].entries()) {
      const CidrBlock = `10.0.${i}.0/24`;
      const { Subnet } = await aws.ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone: zone });
      subnets.push(Subnet?.SubnetId ?? "");
    }
    const balancer = await aws.elasticloadbalancing.createLoadBalancer({ Name: "story", Subnets: subnets });
    const arn = balancer.LoadBalancers?.[0]?.LoadBalancerArn;
    this.#blue = await this.#group("story-alpha-blue", Vpc?.VpcId);
    const green = await this.#group("story-alpha-green", Vpc?.VpcId);
    const [productionListenerRule, productionPort] = await this.#rule(arn, 18_290, green);
    const [testListenerRule] = await this.#rule(arn, 18_291, green);
    this.#balancing = {
      advancedConfiguration: {
        alternateTargetGroupArn: green,
        productionListenerRule,
        testListenerRule,
        roleArn: ROLE,
      },
    };
    this.productionUrl = `http://127.0.0.1:${productionPort}`;
  }

  async #group(Name: string, VpcId: string | undefined): Promise<string> {
    const { aws } = this;
    const { TargetGroups } = await aws.elasticloadbalancing.createTargetGroup({
      ...{ Name, VpcId, Protocol: "HTTP", Port: PORT, TargetType: "ip" },
      ...{ HealthCheckPath: "/health", HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2 },
    });
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }];
    await aws.elasticloadbalancing.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
    return TargetGroupArn;
  }

  async #rule(LoadBalancerArn: string | undefined, Port: number, green: string): Promise<[string, number]> {
    const balancing = this.aws.elasticloadbalancing;
    const { Listeners } = await balancing.createListener({
      LoadBalancerArn,
      Port,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    });
    const TargetGroups = [
      { TargetGroupArn: this.#blue, Weight: 1 },
      { TargetGroupArn: green, Weight: 0 },
    ];
    const { Rules } = await balancing.createRule({
      ListenerArn: Listeners?.[0]?.ListenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/alpha", "/alpha/*"] } }],
      Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
    });
    return [Rules?.[0]?.RuleArn ?? "", Listeners?.[0]?.Port ?? 0];
  }
}

const KEYS = { accessKeyId: "test", secretAccessKey: "test" };
const ROLE = "arn:aws:iam::000000000000:role/infrastructure";
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs.amazonaws.com" } }],
});

const definition = (image: string) => ({
  family: taskFamily(STAGE, "alpha"),
  networkMode: "awsvpc" as const,
  requiresCompatibilities: ["FARGATE" as const],
  cpu: "256",
  memory: "512",
  executionRoleArn: "arn:aws:iam::000000000000:role/execution",
  containerDefinitions: [
    {
      name: "alpha",
      image,
      portMappings: [{ containerPort: PORT }],
      environment: [{ name: "PORT", value: String(PORT) }],
      stopTimeout: 5,
      logConfiguration: {
        logDriver: "awslogs" as const,
        options: {
          "awslogs-group": logGroupName(STAGE, "alpha"),
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "ecs",
        },
      },
    },
  ],
});
