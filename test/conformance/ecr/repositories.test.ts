import { ECR } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ecr } from "../../../infra/sandbox/aws/services/ecr/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: ECR;
beforeAll(async () => {
  target = await startTarget([ecr]);
  client = new ECR(target.config);
});
afterAll(() => target.stop());

/** A repository that is gone after the test. */
async function withRepository(run: (repositoryName: string, arn: string) => Promise<void>): Promise<void> {
  const repositoryName = target.unique("repository");
  const { repository } = await client.createRepository({ repositoryName, tags: [{ Key: "team", Value: "fleet" }] });
  try {
    await run(repositoryName, repository?.repositoryArn ?? "");
  } finally {
    await client.deleteRepository({ repositoryName, force: true }).catch(() => undefined);
  }
}

const describeOne = async (name: string) =>
  (await client.describeRepositories({ repositoryNames: [name] })).repositories?.[0];

test("CreateRepository: a name is taken once", () =>
  withRepository(async (repositoryName) => {
    await expect(client.createRepository({ repositoryName })).rejects.toMatchObject({
      name: "RepositoryAlreadyExistsException",
    });
  }));

test("DescribeRepositories: where to push, and what is allowed", () =>
  withRepository(async (name, arn) => {
    expect(await describeOne(name)).toMatchObject({
      repositoryArn: arn,
      repositoryUri: expect.stringMatching(new RegExp(`/${name}$`)),
      imageTagMutability: "MUTABLE",
    });
    await expect(describeOne(`${name}-other`)).rejects.toMatchObject({ name: "RepositoryNotFoundException" });
  }));

test("PutImageTagMutability: tags that stay", () =>
  withRepository(async (repositoryName) => {
    await client.putImageTagMutability({ repositoryName, imageTagMutability: "IMMUTABLE" });
    expect((await describeOne(repositoryName))?.imageTagMutability).toBe("IMMUTABLE");
  }));

test("PutImageScanningConfiguration: is recorded", () =>
  withRepository(async (repositoryName) => {
    const imageScanningConfiguration = { scanOnPush: true };
    await client.putImageScanningConfiguration({ repositoryName, imageScanningConfiguration });
    expect((await describeOne(repositoryName))?.imageScanningConfiguration).toEqual(imageScanningConfiguration);
  }));

const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 10 },
      action: { type: "expire" },
    },
  ],
});

test("PutLifecyclePolicy: is what comes back", () =>
  withRepository(async (repositoryName) => {
    await client.putLifecyclePolicy({ repositoryName, lifecyclePolicyText });
    const found = await client.getLifecyclePolicy({ repositoryName });
    expect(JSON.parse(found.lifecyclePolicyText ?? "")).toEqual(JSON.parse(lifecyclePolicyText));
  }));

test("GetLifecyclePolicy: none at first", () =>
  withRepository(async (repositoryName) => {
    await expect(client.getLifecyclePolicy({ repositoryName })).rejects.toMatchObject({
      name: "LifecyclePolicyNotFoundException",
    });
  }));

test("DeleteLifecyclePolicy: is gone", () =>
  withRepository(async (repositoryName) => {
    await client.putLifecyclePolicy({ repositoryName, lifecyclePolicyText });
    await client.deleteLifecyclePolicy({ repositoryName });
    await expect(client.getLifecyclePolicy({ repositoryName })).rejects.toThrow();
  }));

const policyText = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "pull", Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" }],
});

test("SetRepositoryPolicy: is what comes back", () =>
  withRepository(async (repositoryName) => {
    await client.setRepositoryPolicy({ repositoryName, policyText });
    const found = await client.getRepositoryPolicy({ repositoryName });
    expect(JSON.parse(found.policyText ?? "").Statement[0]).toMatchObject({ Sid: "pull" });
  }));

test("GetRepositoryPolicy: none at first", () =>
  withRepository(async (repositoryName) => {
    await expect(client.getRepositoryPolicy({ repositoryName })).rejects.toMatchObject({
      name: "RepositoryPolicyNotFoundException",
    });
  }));

test("DeleteRepositoryPolicy: is gone", () =>
  withRepository(async (repositoryName) => {
    await client.setRepositoryPolicy({ repositoryName, policyText });
    await client.deleteRepositoryPolicy({ repositoryName });
    await expect(client.getRepositoryPolicy({ repositoryName })).rejects.toThrow();
  }));

const tags = async (resourceArn: string) => (await client.listTagsForResource({ resourceArn })).tags;

test("ListTagsForResource: those given at creation", () =>
  withRepository(async (_, arn) => {
    expect(await tags(arn)).toEqual([{ Key: "team", Value: "fleet" }]);
  }));

test("TagResource: adds and replaces", () =>
  withRepository(async (_, resourceArn) => {
    await client.tagResource({ resourceArn, tags: [{ Key: "team", Value: "other" }] });
    expect(await tags(resourceArn)).toEqual([{ Key: "team", Value: "other" }]);
  }));

test("UntagResource: removes by key", () =>
  withRepository(async (_, resourceArn) => {
    await client.untagResource({ resourceArn, tagKeys: ["team"] });
    expect(await tags(resourceArn)).toEqual([]);
  }));

test("GetAuthorizationToken: user AWS, and when it ends", async () => {
  const { authorizationData } = await client.getAuthorizationToken({});
  const [user] = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64")
    .toString()
    .split(":");
  expect(user).toBe("AWS");
  expect(authorizationData?.[0]?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3600_000);
});

test("DeleteRepository: is gone", () =>
  withRepository(async (repositoryName) => {
    await client.deleteRepository({ repositoryName });
    await expect(describeOne(repositoryName)).rejects.toMatchObject({ name: "RepositoryNotFoundException" });
  }));
