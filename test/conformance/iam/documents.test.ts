import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let client: IAMClient;
beforeAll(async () => {
  sandbox = await startHarness([iam]);
  client = new IAMClient(sandbox.config);
});
afterAll(() => sandbox.stop());

const PolicyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
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

test("a policy with more than one version is not deleted", async () => {
  const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: "p", PolicyDocument }));
  const PolicyArn = Policy?.Arn ?? "";
  await client.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
  expect(PolicyVersion?.IsDefaultVersion).toBe(true);
  await expect(client.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toBeInstanceOf(DeleteConflictException);
});
