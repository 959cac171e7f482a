import { EC2 } from "@aws-sdk/client-ec2";
import { ECS, type RunTaskCommandInput, type Task, waitUntilTasksStopped } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { services } from "../../../infra/sandbox/aws/services.ts";
import { startTarget, type Target } from "../target.ts";

/**
 * One-off tasks. Their image is one of AWS's public gallery that ends by itself; where it cannot be pulled (the sandbox)
 * the task ends as TaskFailedToStart. What is asserted holds for both.
 */
let target: Target;
let client: ECS;
let ec2: EC2;
let cluster: string;
let VpcId: string | undefined;
let subnet: string;

beforeAll(async () => {
  target = await startTarget(services);
  client = new ECS(target.config);
  ec2 = new EC2(target.config);
  cluster = target.unique("cluster");
  await client.createCluster({ clusterName: cluster });
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/24" });
  VpcId = Vpc?.VpcId;
  const { Subnet } = await ec2.createSubnet({ VpcId, CidrBlock: "10.0.0.0/25" });
  subnet = Subnet?.SubnetId ?? "";
  await client.registerTaskDefinition({
    family: cluster,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [
      { name: "app", image: "public.ecr.aws/docker/library/busybox:1.36", command: ["sleep", "1"], stopTimeout: 2 },
    ],
  });
});
afterAll(async () => {
  await client.deregisterTaskDefinition({ taskDefinition: `${cluster}:1` });
  await client.deleteCluster({ cluster });
  await ec2.deleteSubnet({ SubnetId: subnet });
  await ec2.deleteVpc({ VpcId });
  await target.stop();
});

const request = (more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput => ({
  cluster,
  taskDefinition: cluster,
  launchType: "FARGATE",
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
  ...more,
});

/** A task that is stopped after the test. */
async function withTask(run: (task: Task) => Promise<void>, more: Partial<RunTaskCommandInput> = {}): Promise<void> {
  const { tasks } = await client.runTask(request(more));
  const task = tasks?.[0] ?? {};
  try {
    await run(task);
  } finally {
    await client.stopTask({ cluster, task: task.taskArn });
    const waiting = { client, maxWaitTime: 300, minDelay: 1, maxDelay: 5 };
    await waitUntilTasksStopped(waiting, { cluster, tasks: [task.taskArn ?? ""] });
  }
}

test("RunTask: begins in PROVISIONING, and names every problem", () =>
  withTask(async (task) => {
    expect(task).toMatchObject({ lastStatus: "PROVISIONING", desiredStatus: "RUNNING", launchType: "FARGATE" });
    expect(task).toMatchObject({ group: `family:${cluster}`, cpu: "256", memory: "512", platformFamily: "Linux" });
    await expect(client.runTask({ cluster, taskDefinition: cluster, count: 11 })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(client.runTask(request({ taskDefinition: `${cluster}-none` }))).rejects.toMatchObject({
      name: "ClientException",
    });
  }));

test("DescribeTasks: the task with its tags, and MISSING for what is not there", () =>
  withTask(
    async ({ taskArn = "" }) => {
      const missing = taskArn.replace(/[^/]+$/, "0".repeat(32));
      const { tasks, failures } = await client.describeTasks({ cluster, tasks: [taskArn, missing], include: ["TAGS"] });
      expect(tasks).toMatchObject([{ taskArn, startedBy: "conformance", tags: [{ key: "team", value: "fleet" }] }]);
      expect(failures).toMatchObject([{ arn: missing, reason: "MISSING" }]);
    },
    { startedBy: "conformance", tags: [{ key: "team", value: "fleet" }] },
  ));

test("ListTasks: by family and desired status", () =>
  withTask(async ({ taskArn }) => {
    await client.stopTask({ cluster, task: taskArn });
    const list = async (family: string) =>
      (await client.listTasks({ cluster, family, desiredStatus: "STOPPED" })).taskArns ?? [];
    expect(await list(cluster)).toContain(taskArn);
    expect(await list(`${cluster}-other`)).toEqual([]);
    await expect(client.listTasks({ cluster: `${cluster}-none` })).rejects.toMatchObject({
      name: "ClusterNotFoundException",
    });
  }));

test("StopTask: a task is to be STOPPED afterwards, with a reason", () =>
  withTask(async ({ taskArn }) => {
    const { task } = await client.stopTask({ cluster, task: taskArn, reason: "enough" });
    expect(task).toMatchObject({ taskArn, desiredStatus: "STOPPED" });
    await expect(client.stopTask({ cluster, task: "0".repeat(32) })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  }));

test("StartTask: needs a container instance", () =>
  expect(
    client.startTask({ cluster, taskDefinition: cluster, containerInstances: ["0".repeat(32)] }),
  ).rejects.toMatchObject({ name: "InvalidParameterException" }));

test("ExecuteCommand: not without being enabled when the task was run", () =>
  withTask(async ({ taskArn }) => {
    const command = { cluster, task: taskArn, container: "app", command: "ls", interactive: true };
    await expect(client.executeCommand(command)).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));
