import { rm } from "node:fs/promises";
import { afterAll, expect, test } from "@jest/globals";
import { bootstrapAccount } from "./bootstrap.ts";
import { parameter, rig } from "./testing.ts";

let folder: string | undefined;
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("an operation that was interrupted is reported as failed after a restart and can be rolled back or deleted", async () => {
  const first = await rig();
  folder = first.dataDir;
  expect(await first.create("whole", { Resources: { P: parameter("/whole/p", "v") } })).toBe("CREATE_COMPLETE");
  // A service whose tasks can never start keeps the stack in progress for as long as the test needs.
  const TemplateBody = JSON.stringify({
    Resources: {
      Cluster: { Type: "AWS::ECS::Cluster" },
      P: parameter("/interrupted/p", "v"),
      Task: {
        Type: "AWS::ECS::TaskDefinition",
        Properties: {
          NetworkMode: "awsvpc",
          Cpu: "256",
          Memory: "512",
          RequiresCompatibilities: ["FARGATE"],
          ContainerDefinitions: [{ Name: "web", Image: "127.0.0.1:1/nothing:here" }],
        },
      },
      Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
      Subnet: { Type: "AWS::EC2::Subnet", Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.0.0.0/24" } },
      Service: {
        Type: "AWS::ECS::Service",
        Properties: {
          Cluster: { Ref: "Cluster" },
          TaskDefinition: { Ref: "Task" },
          LaunchType: "FARGATE",
          NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: "Subnet" }] } },
        },
      },
    },
  });
  await first.cloudformation.createStack({ StackName: "half", TemplateBody });
  while (!(await first.events("half")).includes("Task CREATE_COMPLETE"))
    await new Promise((done) => setTimeout(done, 20));
  await first.stop(true);

  const second = await rig(folder);
  try {
    expect(await second.settled("whole")).toBe("CREATE_COMPLETE");
    expect(await second.settled("half")).toBe("CREATE_FAILED");
    expect(await second.reasons("half")).toContain("The sandbox stopped while this operation was running");
    await second.cloudformation.rollbackStack({ StackName: "half" });
    expect(await second.settled("half")).toBe("ROLLBACK_COMPLETE");
    await expect(second.ssm.getParameter({ Name: "/interrupted/p" })).rejects.toThrow();
    expect(await second.remove("half")).toBe("GONE");
  } finally {
    await second.stop(true);
  }
});

test("the account is bootstrapped as the CDK expects it, once", async () => {
  const box = await rig();
  try {
    await bootstrapAccount(box.aws);
    await bootstrapAccount(box.aws);
    const version = await box.ssm.getParameter({ Name: "/cdk-bootstrap/hnb659fds/version" });
    expect(Number(version.Parameter?.Value)).toBeGreaterThanOrEqual(30);
    expect(await box.outputs("CDKToolkit")).toMatchObject({
      BucketName: "cdk-hnb659fds-assets-000000000000-us-east-1",
    });
    const { Role } = await box.iam.getRole({ RoleName: "cdk-hnb659fds-deploy-role-000000000000-us-east-1" });
    expect(Role?.RoleName).toBeDefined();
  } finally {
    await box.stop();
  }
});
