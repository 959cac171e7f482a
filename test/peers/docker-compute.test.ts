import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { alphaManifest, createRepository, linkPackages, put } from "../../actions/lib/images/testing/checkout.ts";
import { Fleet } from "../../infra/sandbox/aws/services/ecs/fleet.fixture.ts";
import { load } from "../../infra/sandbox/aws/services/ecs/load.fixture.ts";
import { ecsOn } from "../../infra/sandbox/aws/services/ecs/service.ts";
import { until } from "../../infra/sandbox/aws/services/ecs/until.fixture.ts";
import { services } from "../../infra/sandbox/aws/services.ts";
import { dockerDriver } from "../../infra/sandbox/compute/docker/driver.ts";
import { succeed } from "./command.ts";
import { withPeer } from "./peer.ts";

const ROOT = join(import.meta.dirname, "../..");
const MINUTES = 60_000;
const MEBIBYTE = 2 ** 20;

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** What the container knows of its surroundings, asked from inside. */
const PROGRAM = `
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const env = process.env;
const json = async (url) => (await fetch(url)).json();
createServer(async (request, response) => {
  if (request.url === "/health") return response.end("ok");
  const credentials = await json(env.AWS_CONTAINER_CREDENTIALS_FULL_URI).catch(String);
  const task = await json(env.ECS_CONTAINER_METADATA_URI_V4 + "/task").catch(String);
  response.end(JSON.stringify({ version: env.AGENT_VERSION, key: credentials.AccessKeyId, family: task.Family }));
}).listen(Number(env.PORT));
console.log("listening in a container");
process.on("SIGTERM", () => process.exit(0));
`;

/** A base image of this machine's Node and the libraries it is linked with: nothing can be pulled in a closed network. */
function nodeBase(folder: string): void {
  const node = realpathSync(process.execPath);
  const libraries = execFileSync("ldd", [node], { encoding: "utf8" }).match(/\/lib\S+/g) ?? [];
  for (const [from, to] of [[node, "/usr/bin/node"], ...libraries.map((file) => [file, file])] as [string, string][]) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  mkdirSync(join(folder, "tmp"));
}

const SERVER = `import { createServer } from "node:http";
import { greet } from "./greet.ts";
createServer((_, response) => response.end(JSON.stringify(greet("world")))).listen(Number(process.env.PORT));
`;

/** What the workflow's two actions make of a commit. @returns the pushed image's digest URI. */
async function builtImage(base: string, folder: string, { aws }: Fleet): Promise<string> {
  const root = join(folder, "checkout");
  const architecture = process.arch === "x64" ? "amd64" : "arm64";
  const container = { port: 9000, cpu: 256, memoryMiB: 512, architecture, stopTimeoutSeconds: 30 };
  put(join(root, "x"), "");
  createRepository(root, {
    "agents/alpha/agent.json": alphaManifest({ container }),
    "agents/alpha/src/main.ts": SERVER,
  });
  linkPackages(root);
  const layout = join(folder, "layout");
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    GITHUB_WORKSPACE: root,
    PATH: process.env.PATH,
  };
  const action = (name: string, inputs: Record<string, string>) => {
    const given = Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value]);
    const env = { ...environment, ...Object.fromEntries(given), GITHUB_OUTPUT: join(folder, `${name}.txt`) };
    writeFileSync(env.GITHUB_OUTPUT, "");
    return succeed(process.execPath, [join(ROOT, "actions/dist", `${name}.js`)], { env });
  };
  await action("build-image", { agent: "alpha", base, output: layout });
  await action("push-image", { layout, repository: "alpha" });
  const outputs = readFileSync(join(folder, "push-image.txt"), "utf8");
  return /[^\s=]+\/alpha@sha256:[0-9a-f]{64}/.exec(outputs)?.[0] ?? "";
}

withPeer("Docker", ["docker", "info"], () => {
  const onDocker = services.map((service) => (service.id === "ecs" ? ecsOn(() => dockerDriver()) : service));
  const fleet = new Fleet(60, onDocker);
  let folder: string;
  const docker = (...args: string[]) => succeed("docker", ["--config", folder, ...args]);

  async function push(version: string): Promise<string> {
    const context = join(folder, version);
    mkdirSync(context);
    writeFileSync(join(context, "index.cjs"), PROGRAM);
    const recipe = [
      "FROM karmacadabra-test/node:1",
      "COPY index.cjs /app/",
      `ENV AGENT_VERSION=${version} PATH=/usr/bin`,
      'ENTRYPOINT ["node", "/app/index.cjs"]',
    ];
    writeFileSync(join(context, "Dockerfile"), recipe.join("\n"));
    const name = `${new URL(fleet.aws.endpoint).host}/alpha:${version}`;
    await docker("build", "--quiet", "--tag", name, context);
    await docker("push", "--quiet", name);
    await docker("rmi", name);
    const { images } = await fleet.ecr.batchGetImage({ repositoryName: "alpha", imageIds: [{ imageTag: version }] });
    return `${name.split(":").slice(0, 2).join(":")}@${images?.[0]?.imageId?.imageDigest}`;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "docker-compute-"));
    nodeBase(join(folder, "base"));
    await fleet.start();
    await fleet.build();
    execFileSync("tar", ["-cf", join(folder, "base.tar"), "-C", join(folder, "base"), "."]);
    await docker("import", join(folder, "base.tar"), "karmacadabra-test/node:1");
    const { authorizationData } = await fleet.ecr.getAuthorizationToken({});
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64").toString();
    const registry = new URL(fleet.aws.endpoint).host;
    await docker("login", "--username", "AWS", "--password", token.slice("AWS:".length), registry);
  }, 2 * MINUTES);

  afterAll(async () => {
    await fleet.stop();
    await docker("rmi", "karmacadabra-test/node:1").catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }, MINUTES);

  const ours = async () =>
    (await docker("ps", "--all", "--quiet", "--filter", "label=dev.karmacadabra.sandbox")).split("\n").filter(Boolean);

  test(
    "containers serve behind the load balancer, with their role's credentials and metadata; blue/green replaces them",
    async () => {
      const { Role } = await fleet.aws.aws.iam.createRole({ RoleName: "task", AssumeRolePolicyDocument: TRUST });
      const role = Role?.Arn;
      const arn = (await fleet.create(await fleet.define(await push("v1"), { taskRoleArn: role })))
        .currentServiceDeployment;
      await fleet.reaches(arn ?? "", "SUCCESSFUL", 60);
      const stop = load(fleet.productionUrl);
      const second = await fleet.deploy(await fleet.define(await push("v2"), { taskRoleArn: role }));
      await fleet.reaches(second, "SUCCESSFUL", 60);
      const { asked, lost } = await stop();
      expect(lost).toEqual([]);
      expect(asked).toBeGreaterThan(0);
      const answer = await fetch(fleet.productionUrl);
      expect(await answer.json()).toEqual({ version: "v2", key: expect.stringMatching(/^ASIA/), family: "alpha" });
      expect(await ours()).toHaveLength(1);
    },
    2 * MINUTES,
  );

  test(
    "an image that build-image made on a real base, and push-image pushed, runs in a container",
    async () => {
      const base = await push("as-base");
      const image = await builtImage(base, folder, fleet);
      const taskDefinition = await fleet.define(image, {
        family: "built",
        containerDefinitions: [
          {
            name: "app",
            image,
            portMappings: [{ containerPort: 9000 }],
            environment: [{ name: "PORT", value: "9000" }],
          },
        ],
      });
      const deployment = await fleet.deploy(taskDefinition);
      await fleet.reaches(deployment, "SUCCESSFUL", 60);
      expect(await (await fetch(fleet.productionUrl)).json()).toEqual({ hello: "world" });
    },
    3 * MINUTES,
  );

  test(
    "a container that takes more memory than its limit is reported as ECS reports it",
    async () => {
      const image = await push("hungry");
      const hungry = "const held = []; setInterval(() => held.push(Buffer.alloc(8 << 20, 1)), 5)";
      const taskDefinition = await fleet.define(image, {
        family: "hungry",
        containerDefinitions: [
          { name: "app", image, memory: 64, entryPoint: ["node"], command: ["-e", hungry], stopTimeout: 5 },
        ],
      });
      const { tasks } = await fleet.ecs.runTask({
        cluster: "fleet",
        taskDefinition,
        launchType: "FARGATE",
        networkConfiguration: fleet.network(),
      });
      const taskArn = tasks?.[0]?.taskArn ?? "";
      const ended = await until(async () => {
        const described = await fleet.ecs.describeTasks({ cluster: "fleet", tasks: [taskArn] });
        return described.tasks?.find((task) => task.lastStatus === "STOPPED");
      }, 60);
      expect(ended.stopCode).toBe("EssentialContainerExited");
      expect(ended.containers?.[0]).toMatchObject({
        exitCode: 137,
        reason: expect.stringMatching(/^OutOfMemoryError: Container killed due to memory usage/),
      });
    },
    2 * MINUTES,
  );

  test(
    "limits are the engine's own; commands run inside; usage is measured; nothing is left behind",
    async () => {
      const driver = dockerDriver();
      const reference = await push("limits");
      const { authorizationData } = await fleet.ecr.getAuthorizationToken({});
      const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
      const lines: string[] = [];
      const image = await driver.pull({ reference, authorization });
      const ports = [9000];
      const container = await driver.start(
        { name: "app", image, environment: { PORT: "9000" }, ports, cpu: 256, memoryMiB: 128 },
        { onOutput: (line) => lines.push(line), onListen: () => undefined },
      );
      const [id = ""] = (await docker("ps", "--quiet", "--latest")).split("\n");
      const limits = await docker("inspect", id, "--format", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}");
      expect(limits.trim()).toBe(`${128 * MEBIBYTE} ${0.25 * 1e9}`);
      await until(async () => lines[0]);
      expect(lines).toEqual(["listening in a container"]);
      expect(await container.exec(["node", "-e", "console.log(6 * 7); process.exit(4)"], 20)).toEqual({
        code: 4,
        output: "42",
      });
      expect(await container.exec(["node", "-e", "setInterval(() => {}, 1000)"], 0.5)).toMatchObject({ code: -1 });
      const usage = await container.usage();
      expect(usage?.memoryBytes).toBeGreaterThan(10 * MEBIBYTE);
      expect(usage?.cpuSeconds).toBeGreaterThan(0);
      container.leakMemory();
      expect(await container.exited).toMatchObject({ code: 137, isOutOfMemory: true });
      await driver.stop();
      expect(await docker("ps", "--all", "--quiet", "--filter", `id=${id}`)).toBe("");
    },
    2 * MINUTES,
  );
});
