import { generateKeyPairSync, sign } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { sts } from "../../../infra/sandbox/aws/services/sts/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: STS;
beforeAll(async () => {
  target = await startTarget([iam, sts]);
  client = new STS(target.config);
});
afterAll(() => target.stop());

test("GetCallerIdentity: account, ARN and user id", async () => {
  expect(await client.getCallerIdentity({})).toMatchObject({
    Account: expect.stringMatching(/^\d{12}$/),
    Arn: expect.stringMatching(/^arn:aws:(iam|sts)::\d{12}:/),
    UserId: expect.any(String),
  });
});

test("AssumeRole: credentials of a role that trusts the account", async () => {
  const roles = new IAM(target.config);
  const { Account } = await client.getCallerIdentity({});
  const RoleName = target.unique("role");
  const Principal = { AWS: `arn:aws:iam::${Account}:root` };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role } = await roles.createRole({ RoleName, AssumeRolePolicyDocument });
  try {
    const answer = await client.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "conformance" });
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${Account}:assumed-role/${RoleName}/conformance`);
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = answer.Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const { Arn } = await new STS({ ...target.config, credentials }).getCallerIdentity({});
    expect(Arn).toBe(answer.AssumedRoleUser?.Arn);
  } finally {
    await roles.deleteRole({ RoleName });
  }
});

test("AssumeRoleWithWebIdentity: a token of an issuer nobody knows is refused", async () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { iss: "https://issuer.example", sub: "somebody", aud: "sts.amazonaws.com", exp: 4_000_000_000 };
  const text = `${encode({ alg: "RS256", typ: "JWT", kid: "one" })}.${encode(payload)}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const WebIdentityToken = `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  const RoleArn = "arn:aws:iam::000000000000:role/none";
  const asked = client.assumeRoleWithWebIdentity({ RoleArn, RoleSessionName: "conformance", WebIdentityToken });
  await expect(asked).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
});

test("GetSessionToken: credentials for as long as asked", async () => {
  const before = Date.now();
  const { Credentials } = await client.getSessionToken({ DurationSeconds: 900 });
  const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - before) / 1000;
  expect(Math.round(seconds / 10)).toBe(90);
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
});
