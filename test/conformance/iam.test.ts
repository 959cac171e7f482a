import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { iam } from "../../infra/sandbox/aws/services/iam/service.ts";
import { type Harness, startHarness } from "./harness.ts";

let sandbox: Harness;
let client: IAMClient;
beforeAll(async () => {
  sandbox = await startHarness([iam]);
  client = new IAMClient(sandbox.config);
});
afterAll(() => sandbox.stop());

const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } };
const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const PolicyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

test("a role through its life", async () => {
  const RoleName = "task";
  const { Role } = await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Path: "/fleet/" }));
  expect(Role?.Arn).toBe("arn:aws:iam::000000000000:role/fleet/task");
  await expect(client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))).rejects.toBeInstanceOf(
    EntityAlreadyExistsException,
  );
  const got = await client.send(new GetRoleCommand({ RoleName }));
  expect(decodeURIComponent(got.Role?.AssumeRolePolicyDocument ?? "")).toBe(AssumeRolePolicyDocument);
  await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: "read", PolicyDocument }));
  const inline = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: "read" }));
  expect(decodeURIComponent(inline.PolicyDocument ?? "")).toBe(PolicyDocument);
  const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const { AttachedPolicies } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName: "AmazonECSTaskExecutionRolePolicy" }]);
  await expect(client.send(new DeleteRoleCommand({ RoleName }))).rejects.toBeInstanceOf(DeleteConflictException);
  await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "read" }));
  await client.send(new DeleteRoleCommand({ RoleName }));
  await expect(client.send(new GetRoleCommand({ RoleName }))).rejects.toBeInstanceOf(NoSuchEntityException);
});

test("a policy document is refused with all its problems", async () => {
  const document = JSON.stringify({
    Version: "1999",
    Statement: [{ Effect: "Perhaps", Action: "everything", Resource: "*" }],
  });
  const failure = client.send(new CreateRoleCommand({ RoleName: "bad", AssumeRolePolicyDocument: document }));
  await expect(failure).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
  const message = await failure.catch((error: Error) => error.message);
  for (const part of ["Version", "Effect", "Action", "Principal", "Resource"]) expect(message).toContain(part);
});

test("managed policies have versions", async () => {
  const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: "p", PolicyDocument }));
  const PolicyArn = Policy?.Arn ?? "";
  await client.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
  expect(PolicyVersion?.IsDefaultVersion).toBe(true);
  await expect(client.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toBeInstanceOf(DeleteConflictException);
});

test("service-linked roles", async () => {
  const { Role } = await client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" }));
  expect(Role?.Arn).toBe("arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
});
