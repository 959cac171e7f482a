import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { s3 } from "../../../infra/sandbox/aws/services/s3/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: S3;
beforeAll(async () => {
  target = await startTarget([s3]);
  client = new S3(target.config);
});
afterAll(() => target.stop());

/** An empty bucket that is gone after the test. */
async function withBucket(run: (Bucket: string) => Promise<void>): Promise<void> {
  const Bucket = target.unique("bucket");
  await client.createBucket({ Bucket });
  try {
    await run(Bucket);
  } finally {
    await client.deleteBucket({ Bucket }).catch(() => undefined);
  }
}

const named = (name: string) => ({ name });

test("CreateBucket: a name of somebody else is taken", () =>
  withBucket(async (Bucket) => {
    await client.headBucket({ Bucket });
    await expect(client.createBucket({ Bucket: "Not_A_Name" })).rejects.toMatchObject(named("InvalidBucketName"));
  }));

test("HeadBucket: an unknown one is not found", () =>
  withBucket(async (Bucket) => {
    expect((await client.headBucket({ Bucket })).$metadata.httpStatusCode).toBe(200);
    await expect(client.headBucket({ Bucket: `${Bucket}-x` })).rejects.toMatchObject(named("NotFound"));
  }));

test("ListBuckets: holds a new one", () =>
  withBucket(async (Bucket) => {
    expect((await client.listBuckets({})).Buckets?.map(({ Name }) => Name)).toContain(Bucket);
  }));

test("GetBucketLocation: empty means us-east-1", () =>
  withBucket(async (Bucket) => {
    const { LocationConstraint } = await client.getBucketLocation({ Bucket });
    expect(LocationConstraint ?? "us-east-1").toBe(await client.config.region());
  }));

test("DeleteBucket: not while it is full", () =>
  withBucket(async (Bucket) => {
    await client.putObject({ Bucket, Key: "a", Body: "a" });
    await expect(client.deleteBucket({ Bucket })).rejects.toMatchObject(named("BucketNotEmpty"));
    await client.deleteObject({ Bucket, Key: "a" });
    await client.deleteBucket({ Bucket });
    await expect(client.headBucket({ Bucket })).rejects.toMatchObject(named("NotFound"));
  }));

test("GetBucketVersioning: off at first", () =>
  withBucket(async (Bucket) => {
    expect((await client.getBucketVersioning({ Bucket })).Status).toBeUndefined();
  }));

test("PutBucketVersioning: is what comes back", () =>
  withBucket(async (Bucket) => {
    const VersioningConfiguration = { Status: "Suspended" as const };
    await client.putBucketVersioning({ Bucket, VersioningConfiguration });
    expect((await client.getBucketVersioning({ Bucket })).Status).toBe("Suspended");
  }));

const ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }],
};
const algorithm = async (Bucket: string) =>
  (await client.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration?.Rules?.[0]
    ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;

test("GetBucketEncryption: AES256 without being told", () =>
  withBucket(async (Bucket) => {
    expect(await algorithm(Bucket)).toBe("AES256");
  }));

test("PutBucketEncryption: is what comes back", () =>
  withBucket(async (Bucket) => {
    const rule = { SSEAlgorithm: "aws:kms" as const };
    const Rules = [{ ApplyServerSideEncryptionByDefault: rule }];
    await client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
    expect(await algorithm(Bucket)).toBe("aws:kms");
  }));

test("DeleteBucketEncryption: back to the default", () =>
  withBucket(async (Bucket) => {
    await client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration });
    await client.deleteBucketEncryption({ Bucket });
    expect(await algorithm(Bucket)).toBe("AES256");
  }));

const LifecycleConfiguration = {
  Rules: [{ ID: "old", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 30 } }],
};
const rules = async (Bucket: string) => (await client.getBucketLifecycleConfiguration({ Bucket })).Rules;

test("PutBucketLifecycleConfiguration: is what comes back", () =>
  withBucket(async (Bucket) => {
    await client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration });
    expect(await rules(Bucket)).toMatchObject([{ ID: "old", Status: "Enabled", Expiration: { Days: 30 } }]);
  }));

test("GetBucketLifecycleConfiguration: none at first", () =>
  withBucket(async (Bucket) => {
    await expect(rules(Bucket)).rejects.toMatchObject(named("NoSuchLifecycleConfiguration"));
  }));

test("DeleteBucketLifecycle: is gone", () =>
  withBucket(async (Bucket) => {
    await client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration });
    await client.deleteBucketLifecycle({ Bucket });
    await expect(rules(Bucket)).rejects.toMatchObject(named("NoSuchLifecycleConfiguration"));
  }));

const policy = (Bucket: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: `arn:aws:s3:::${Bucket}/*`,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });

test("PutBucketPolicy: is what comes back", () =>
  withBucket(async (Bucket) => {
    await client.putBucketPolicy({ Bucket, Policy: policy(Bucket) });
    expect(JSON.parse((await client.getBucketPolicy({ Bucket })).Policy ?? "")).toEqual(JSON.parse(policy(Bucket)));
  }));

test("GetBucketPolicy: none at first", () =>
  withBucket(async (Bucket) => {
    await expect(client.getBucketPolicy({ Bucket })).rejects.toMatchObject(named("NoSuchBucketPolicy"));
  }));

test("DeleteBucketPolicy: is gone", () =>
  withBucket(async (Bucket) => {
    await client.putBucketPolicy({ Bucket, Policy: policy(Bucket) });
    await client.deleteBucketPolicy({ Bucket });
    await expect(client.getBucketPolicy({ Bucket })).rejects.toMatchObject(named("NoSuchBucketPolicy"));
  }));

const Tagging = { TagSet: [{ Key: "team", Value: "fleet" }] };

test("PutBucketTagging: is what comes back", () =>
  withBucket(async (Bucket) => {
    await client.putBucketTagging({ Bucket, Tagging });
    expect((await client.getBucketTagging({ Bucket })).TagSet).toEqual(Tagging.TagSet);
  }));

test("GetBucketTagging: none at first", () =>
  withBucket(async (Bucket) => {
    await expect(client.getBucketTagging({ Bucket })).rejects.toMatchObject(named("NoSuchTagSet"));
  }));

test("DeleteBucketTagging: is gone", () =>
  withBucket(async (Bucket) => {
    await client.putBucketTagging({ Bucket, Tagging });
    await client.deleteBucketTagging({ Bucket });
    await expect(client.getBucketTagging({ Bucket })).rejects.toMatchObject(named("NoSuchTagSet"));
  }));

const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

test("GetPublicAccessBlock: everything is blocked without being told", () =>
  withBucket(async (Bucket) => {
    expect((await client.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual(BLOCKED);
  }));

test("PutPublicAccessBlock: is what comes back", () =>
  withBucket(async (Bucket) => {
    const PublicAccessBlockConfiguration = { ...BLOCKED, BlockPublicPolicy: false };
    await client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
    const found = await client.getPublicAccessBlock({ Bucket });
    expect(found.PublicAccessBlockConfiguration).toEqual(PublicAccessBlockConfiguration);
  }));

test("DeletePublicAccessBlock: is gone", () =>
  withBucket(async (Bucket) => {
    await client.deletePublicAccessBlock({ Bucket });
    await expect(client.getPublicAccessBlock({ Bucket })).rejects.toMatchObject(
      named("NoSuchPublicAccessBlockConfiguration"),
    );
  }));

test("GetBucketOwnershipControls: the owner's, without being told", () =>
  withBucket(async (Bucket) => {
    const { OwnershipControls } = await client.getBucketOwnershipControls({ Bucket });
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
  }));

test("PutBucketOwnershipControls: is what comes back", () =>
  withBucket(async (Bucket) => {
    const Rules = [{ ObjectOwnership: "BucketOwnerPreferred" as const }];
    await client.putBucketOwnershipControls({ Bucket, OwnershipControls: { Rules } });
    expect((await client.getBucketOwnershipControls({ Bucket })).OwnershipControls?.Rules).toEqual(Rules);
  }));

test("GetBucketLogging: off at first", () =>
  withBucket(async (Bucket) => {
    expect((await client.getBucketLogging({ Bucket })).LoggingEnabled).toBeUndefined();
  }));

test("PutBucketLogging: to a bucket", () =>
  withBucket(async (Bucket) => {
    const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: "access/" };
    await client.putBucketLogging({ Bucket, BucketLoggingStatus: { LoggingEnabled } });
    expect((await client.getBucketLogging({ Bucket })).LoggingEnabled).toMatchObject(LoggingEnabled);
  }));
