import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { secretsmanager } from "../../../infra/sandbox/aws/services/secretsmanager/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  sandbox = await startHarness([secretsmanager]);
  secrets = new SecretsManagerClient(sandbox.config);
});
afterAll(() => sandbox.stop());

test("a secret keeps its current and its previous value", async () => {
  const SecretId = "fleet/key";
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "one" }));
  expect(ARN).toMatch(/:secret:fleet\/key-[A-Za-z0-9]{6}$/);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
  const read = async (question: object) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId, ...question }))).SecretString;
  expect([await read({}), await read({ VersionStage: "AWSPREVIOUS" }), await read({ SecretId: ARN })]).toEqual([
    "two",
    "one",
    "two",
  ]);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretBinary: Buffer.from("three") }));
  const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  expect(Buffer.from(SecretBinary ?? []).toString()).toBe("three");
  const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  expect(
    Object.values(VersionIdsToStages ?? {})
      .flat()
      .sort(),
  ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
});
