import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  ExpiredTokenException,
  GetCallerIdentityCommand,
  InvalidIdentityTokenException,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { sts } from "../../../infra/sandbox/aws/services/sts/service.ts";
import { type Harness, startHarness } from "../harness.ts";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let sandbox: Harness;
let issuer: Server;
let url: string;
let keys: Keys;
let client: STSClient;

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const trust = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const createRole = (RoleName: string, AssumeRolePolicyDocument: string) =>
  new IAMClient(sandbox.config).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));

const token = (claims: object = {}, key: Keys["privateKey"] | undefined = undefined, expires = "5m") =>
  new SignJWT({ sub: "repo:org/fleet:environment:prod", ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuer(url)
    .setAudience("sts.amazonaws.com")
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key ?? keys.privateKey);

const assume = async (WebIdentityToken: string, RoleArn = role("deploy")) =>
  client.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "run", WebIdentityToken }));

beforeAll(async () => {
  sandbox = await startHarness([sts, iam]);
  client = new STSClient(sandbox.config);
  keys = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  issuer = createServer((request, response) => {
    const answers: Record<string, object> = {
      "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/.well-known/jwks` },
      "/.well-known/jwks": { keys: [jwk] },
    };
    response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
});
afterAll(async () => {
  issuer.closeAllConnections();
  await new Promise((resolve) => issuer.close(resolve));
  await sandbox.stop();
});

test("an unknown key is the account's root", async () => {
  const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
  expect([Account, Arn]).toEqual(["000000000000", "arn:aws:iam::000000000000:root"]);
});

describe("AssumeRole", () => {
  test("needs a role that trusts the caller", async () => {
    const send = (name: string) => client.send(new AssumeRoleCommand({ RoleArn: role(name), RoleSessionName: "s" }));
    await expect(send("missing")).rejects.toMatchObject({ name: "AccessDenied" });
    await createRole("ecs", trust({ Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } }));
    await expect(send("ecs")).rejects.toMatchObject({ name: "AccessDenied" });
    await createRole("open", trust({ Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::000000000000:root" } }));
    const { Credentials } = await send("open");
    const session = new STSClient({
      ...sandbox.config,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      },
    });
    const { Arn } = await session.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:sts::000000000000:assumed-role/open/s");
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
  });

  test("a session key without its token, or of no session, is refused", async () => {
    const credentials = { accessKeyId: "ASIAAAAAAAAAAAAAAAAA", secretAccessKey: "x", sessionToken: "x" };
    const failure = new STSClient({ ...sandbox.config, credentials }).send(new GetCallerIdentityCommand({}));
    await expect(failure).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("AssumeRoleWithWebIdentity", () => {
  test("refuses tokens that are foreign, expired or no token", async () => {
    const foreign = await generateKeyPair("RS256");
    await expect(assume(await token({}, foreign.privateKey))).rejects.toBeInstanceOf(InvalidIdentityTokenException);
    await expect(assume(await token({}, undefined, "-1m"))).rejects.toBeInstanceOf(ExpiredTokenException);
    await expect(assume("no.token.here")).rejects.toBeInstanceOf(InvalidIdentityTokenException);
    const elsewhere = await new SignJWT({ sub: "x" })
      .setProtectedHeader({ alg: "RS256" })
      .setIssuer("https://example.com")
      .sign(keys.privateKey);
    await expect(assume(elsewhere)).rejects.toMatchObject({ message: expect.stringContaining("https://example.com") });
  });

  test("before the one-time set-up a good token is accepted, and the log says what AWS would do", async () => {
    const { AssumedRoleUser, Provider } = await assume(await token());
    expect([AssumedRoleUser?.Arn, Provider]).toEqual(["arn:aws:sts::000000000000:assumed-role/deploy/run", url]);
    expect(sandbox.logged.join()).toContain("AWS would refuse");
  });

  test("with a registered provider the role's trust policy decides", async () => {
    const host = url.replace("http://", "");
    const provider = { Url: url, ClientIDList: ["sts.amazonaws.com"] };
    const created = await new IAMClient(sandbox.config).send(new CreateOpenIDConnectProviderCommand(provider));
    const Condition = {
      StringEquals: { [`${host}:aud`]: "sts.amazonaws.com" },
      StringLike: { [`${host}:sub`]: "repo:org/fleet:environment:*" },
    };
    const Principal = { Federated: created.OpenIDConnectProviderArn };
    await expect(assume(await token())).rejects.toMatchObject({ name: "AccessDenied" });
    await createRole("deploy", trust({ Action: "sts:AssumeRoleWithWebIdentity", Principal, Condition }));
    expect((await assume(await token())).Credentials?.SessionToken).toBeDefined();
    await expect(assume(await token({ sub: "repo:evil/fleet:environment:prod" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });
});
