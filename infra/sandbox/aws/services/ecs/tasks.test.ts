import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeImage, RegistryClient } from "../ecr/image.fixture.ts";
import { Fleet } from "./fleet.fixture.ts";
import { until } from "./until.fixture.ts";

const fleet = new Fleet();
let good: string;

beforeAll(async () => {
  await fleet.start();
  await fleet.build();
  good = await fleet.push("good");
});
afterAll(() => fleet.stop());

const clientOptions = () => ({
  endpoint: fleet.aws.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

async function start(container: Partial<ContainerDefinition>, overrides?: { command: string[] }): Promise<string> {
  const taskDefinition = await fleet.define(good, {
    volumes: (container.mountPoints ?? []).map(({ sourceVolume }) => ({ name: sourceVolume })),
    containerDefinitions: [
      {
        name: "app",
        image: good,
        portMappings: [{ containerPort: 9000 }],
        environment: [{ name: "PORT", value: "9000" }],
        ...container,
      },
    ],
  });
  const { tasks } = await fleet.ecs.runTask({
    cluster: "fleet",
    taskDefinition,
    networkConfiguration: fleet.network(),
    overrides: overrides && { containerOverrides: [{ name: "app", ...overrides }] },
  });
  return tasks?.[0]?.taskArn ?? "";
}

async function reaches(arn: string, status: string): Promise<Task> {
  return until(async () => {
    const { tasks } = await fleet.ecs.describeTasks({ cluster: "fleet", tasks: [arn] });
    return tasks?.[0]?.lastStatus === status ? tasks[0] : undefined;
  });
}

async function push(options: Parameters<typeof makeImage>[0], tag: string): Promise<string> {
  return new RegistryClient(fleet.aws.endpoint, fleet.ecr).push("alpha", tag, await makeImage(options));
}

describe("a task that runs", () => {
  test("has a private address, and ends with its own exit code when stopped", async () => {
    const arn = await start({});
    const task = await reaches(arn, "RUNNING");
    const details = task.attachments?.[0]?.details ?? [];
    expect(details.find(({ name }) => name === "privateIPv4Address")?.value).toMatch(/^10\.0\.\d+\.\d+$/);
    expect(task.containers?.[0]).toMatchObject({ lastStatus: "RUNNING", imageDigest: good.split("@")[1] });
    await fleet.ecs.stopTask({ cluster: "fleet", task: arn, reason: "enough" });
    const stopped = await reaches(arn, "STOPPED");
    expect(stopped).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough", desiredStatus: "STOPPED" });
    expect(stopped.containers?.[0]?.exitCode).toBe(0);
  });

  test("ignores SIGTERM only until its stop timeout", async () => {
    const image = await push(
      {
        files: {
          "app/index.mjs":
            'process.on("SIGTERM", () => {}); import("node:http").then((http) => http.createServer().listen(9000));',
        },
      },
      "stubborn",
    );
    const arn = await start({ image, stopTimeout: 2 });
    await reaches(arn, "RUNNING");
    await fleet.ecs.stopTask({ cluster: "fleet", task: arn });
    expect((await reaches(arn, "STOPPED")).containers?.[0]?.exitCode).toBe(137);
  });

  test("sees its image's and its definition's environment and AWS's, nothing of the host", async () => {
    process.env.ONLY_ON_THE_HOST = "secret";
    const image = await push(
      {
        files: { "app/index.mjs": "console.log(JSON.stringify(process.env))" },
        environment: ["FROM_IMAGE=1", "PORT=1"],
      },
      "environment",
    );
    const logs = new CloudWatchLogs(clientOptions());
    await logs.createLogGroup({ logGroupName: "/fleet/alpha" });
    const options = { "awslogs-group": "/fleet/alpha", "awslogs-stream-prefix": "ecs", "awslogs-region": "us-east-1" };
    const arn = await start({ image, logConfiguration: { logDriver: "awslogs", options } });
    await reaches(arn, "STOPPED");
    const logStreamName = `ecs/app/${arn.split("/").at(-1)}`;
    const { events } = await logs.getLogEvents({ logGroupName: "/fleet/alpha", logStreamName });
    const environment = JSON.parse(events?.[0]?.message ?? "") as Record<string, string>;
    expect(environment).toMatchObject({
      FROM_IMAGE: "1",
      PORT: "9000",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: fleet.aws.endpoint,
    });
    expect(
      Object.keys(environment).filter((name) => name in process.env && !/^(HOME|TMPDIR|AWS_.*)$/.test(name)),
    ).toEqual([]);
    logs.destroy();
  });

  test("gets its secrets from the parameter store", async () => {
    const ssm = new SSM(clientOptions());
    await ssm.putParameter({ Name: "/fleet/key", Value: "hidden", Type: "SecureString" });
    const image = await push(
      { files: { "app/index.mjs": 'process.exit(process.env.KEY === "hidden" ? 7 : 1)' } },
      "secret",
    );
    const arn = await start({
      image,
      secrets: [{ name: "KEY", valueFrom: "arn:aws:ssm:us-east-1:000000000000:parameter/fleet/key" }],
    });
    expect((await reaches(arn, "STOPPED")).containers?.[0]?.exitCode).toBe(7);
    ssm.destroy();
  });

  test("gets a member of a secret by its key, and says which key is missing", async () => {
    const secrets = new SecretsManager(clientOptions());
    const { ARN } = await secrets.createSecret({ Name: "fleet/keys", SecretString: '{"one":"first"}' });
    const image = await push(
      { files: { "app/index.mjs": 'process.exit(process.env.KEY === "first" ? 8 : 1)' } },
      "keys",
    );
    const arn = await start({ image, secrets: [{ name: "KEY", valueFrom: `${ARN}:one::` }] });
    expect((await reaches(arn, "STOPPED")).containers?.[0]?.exitCode).toBe(8);
    const missing = await reaches(await start({ secrets: [{ name: "KEY", valueFrom: `${ARN}:two::` }] }), "STOPPED");
    expect(missing.stoppedReason).toMatch(/^ResourceInitializationError: .*did not contain json key two$/);
    secrets.destroy();
  });

  test("can be given another command", async () => {
    const image = await push(
      { files: { "app/index.mjs": "", "app/other.mjs": "process.exit(9)" }, entryPoint: ["node"] },
      "command",
    );
    const arn = await start({ image }, { command: ["/app/other.mjs"] });
    const task = await reaches(arn, "STOPPED");
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
    expect(task.containers?.[0]?.exitCode).toBe(9);
  });
});

describe("a task of real processes", () => {
  const server =
    'import { createServer } from "node:http"; createServer((_request, response) => response.end()).listen(9000);';
  const check =
    'const { status } = await fetch("http://localhost:9000").catch(() => ({})); process.exit(status === 200 ? 0 : 1);';

  test("is HEALTHY by a command that runs in its container", async () => {
    const image = await push({ files: { "app/index.mjs": server, "app/check.mjs": check } }, "checked");
    const command = ["CMD-SHELL", "node /app/check.mjs || exit 1"];
    const arn = await start({ image, healthCheck: { command, interval: 5 } });
    await until(async () => {
      const { tasks } = await fleet.ecs.describeTasks({ cluster: "fleet", tasks: [arn] });
      return tasks?.[0]?.healthStatus === "HEALTHY" ? true : undefined;
    });
    await fleet.ecs.stopTask({ cluster: "fleet", task: arn });
  });

  test("is killed when it uses more memory than it may", async () => {
    const image = await push({ files: { "app/index.mjs": server } }, "leaking");
    const arn = await start({ image, memory: 200 });
    await reaches(arn, "RUNNING");
    fleet.aws.faults.add({ kind: "memory-leak", count: 1 });
    const task = await reaches(arn, "STOPPED");
    expect(task.stopCode).toBe("EssentialContainerExited");
    expect(task.containers?.[0]).toMatchObject({
      exitCode: 137,
      reason: "OutOfMemoryError: Container killed due to memory usage",
    });
  });
});

describe("a task that cannot start says why", () => {
  test.each([
    [
      "an image that does not exist",
      () => ({ image: good.replace(/@.*/, ":nope") }),
      /^CannotPullContainerError: .*failed to resolve ref .*:nope: not found/,
    ],
    [
      "a repository that does not exist",
      () => ({ image: good.replace(/alpha@.*/, "omega:v1") }),
      /^CannotPullContainerError: .*not found/,
    ],
    [
      "an image of Docker Hub",
      () => ({ image: "nginx:latest" }),
      /^CannotPullContainerError: image nginx:latest names no registry/,
    ],
    [
      "a missing parameter",
      () => ({ secrets: [{ name: "KEY", valueFrom: "/fleet/nothing" }] }),
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*ParameterNotFound/,
    ],
    [
      "a missing log group",
      () => ({
        logConfiguration: {
          logDriver: "awslogs" as const,
          options: { "awslogs-group": "/no/such/group", "awslogs-region": "us-east-1" },
        },
      }),
      /^ResourceInitializationError: failed to validate logger args: .*\/no\/such\/group/,
    ],
    [
      "a volume",
      () => ({ mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch" }] }),
      /^CannotCreateVolumeError: .*volume 'scratch' at \/scratch of container 'app'/,
    ],
  ])("%s", async (_case, container, reason) => {
    const task = await reaches(await start(container()), "STOPPED");
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.stoppedReason).toMatch(reason);
  });

  test("an image that needs a container engine", async () => {
    const image = await push({ files: { "app/index.mjs": "" }, labels: {} }, "engine");
    const task = await reaches(await start({ image }), "STOPPED");
    expect(task.stoppedReason).toMatch(
      /^CannotPullContainerError: .*needs a container engine: the sandbox's process driver runs only/,
    );
  });

  test("a command that is not node", async () => {
    const image = await push({ files: { "app/index.mjs": "" }, entryPoint: ["/bin/sh", "-c", "true"] }, "shell");
    const task = await reaches(await start({ image }), "STOPPED");
    expect(task.stoppedReason).toMatch(
      /^CannotStartContainerError: the sandbox's process driver runs only "node", not "\/bin\/sh"/,
    );
  });
});

describe("refusals", () => {
  test("a task definition with several problems names them all", async () => {
    await expect(
      fleet.ecs.registerTaskDefinition({
        family: "bad",
        requiresCompatibilities: ["FARGATE"],
        networkMode: "bridge",
        cpu: "256",
        memory: "8192",
        containerDefinitions: [{ name: "app", secrets: [{ name: "A", valueFrom: "b" }] }],
      }),
    ).rejects.toMatchObject({
      name: "ClientException",
      message: expect.stringMatching(
        /should not be null or empty.*network mode 'awsvpc'.*No Fargate configuration exists.*executionRoleArn/,
      ),
    });
  });

  test("a service with several problems names them all, and nothing is created", async () => {
    const taskDefinition = await fleet.define(good);
    await expect(
      fleet.create(taskDefinition, {
        lifecycleHooks: [
          { targetType: "PAUSE", lifecycleStages: ["TEST_TRAFFIC_SHIFT"] },
          {
            targetType: "AWS_LAMBDA",
            hookTargetArn: "arn:aws:lambda:us-east-1:000000000000:function:gate",
            lifecycleStages: ["PRE_SCALE_UP"],
          },
        ],
      }),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(/Invalid lifecycle stage provided for Pause Hook.*roleArn of a Lambda hook/),
    });
    const { failures } = await fleet.ecs.describeServices({ cluster: "fleet", services: ["alpha"] });
    expect(failures).toMatchObject([{ reason: "MISSING" }]);
  });

  test("unknown clusters, services and deployments get ECS's errors", async () => {
    await expect(fleet.ecs.listTasks({ cluster: "nowhere" })).rejects.toMatchObject({
      name: "ClusterNotFoundException",
    });
    await expect(fleet.ecs.updateService({ cluster: "fleet", service: "none" })).rejects.toMatchObject({
      name: "ServiceNotFoundException",
    });
    await expect(
      fleet.ecs.stopServiceDeployment({
        serviceDeploymentArn: "arn:aws:ecs:us-east-1:000000000000:service-deployment/fleet/none/x",
      }),
    ).rejects.toMatchObject({ name: "ServiceDeploymentNotFoundException" });
    await expect(fleet.ecs.createTaskSet({ cluster: "fleet", service: "none", taskDefinition: "x" })).rejects.toThrow();
  });
});
