import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { EC2 } from "@aws-sdk/client-ec2";
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { ECS } from "@aws-sdk/client-ecs";
import {
  ClusterNotFoundException,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  TargetGroupNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { S3 } from "@aws-sdk/client-s3";
import {
  GetBucketLocationCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { AwsError, type Operations, type ServiceModule } from "./kernel.ts";
import { type Aws, startAws } from "./server.ts";

const seen: Record<string, unknown> = {};
const at = new Date("2026-01-02T03:04:05.000Z");

const ecs: ServiceModule = {
  id: "ecs",
  sdk: () => import("@aws-sdk/client-ecs"),
  create: ({ aws }) => {
    const operations: Operations<ECS> = {
      DescribeServices: (input, { caller }) => {
        seen.caller = caller;
        return { services: (input.services ?? []).map((serviceName) => ({ serviceName, createdAt: at })) };
      },
      DescribeClusters: () => {
        throw new AwsError("ClusterNotFoundException", "The cluster was not found.");
      },
      RegisterTaskDefinition: async (input) => {
        const { TargetHealthDescriptions } = await aws.elasticloadbalancing.describeTargetHealth({
          TargetGroupArn: "tg",
        });
        return {
          taskDefinition: { family: input.family, status: "ACTIVE", revision: TargetHealthDescriptions?.length },
        };
      },
    };
    return { operations };
  },
};
const elasticloadbalancing: ServiceModule = {
  id: "elasticloadbalancing",
  sdk: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
  create: () => {
    const operations: Operations<ElasticLoadBalancingV2> = {
      DescribeTargetHealth: ({ TargetGroupArn }) => {
        if (TargetGroupArn === "none") throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
        return {
          TargetHealthDescriptions: [{ Target: { Id: "10.0.0.1", Port: 80 }, TargetHealth: { State: "healthy" } }],
        };
      },
      ModifyListener: (input) => ({
        Listeners: [{ ListenerArn: input.ListenerArn, DefaultActions: input.DefaultActions }],
      }),
    };
    return { operations };
  },
};
const ec2: ServiceModule = {
  id: "ec2",
  sdk: () => import("@aws-sdk/client-ec2"),
  create: () => {
    const operations: Operations<EC2> = {
      CreateVpc: (input) => {
        seen.createVpc = input;
        return { Vpc: { VpcId: "vpc-1", CidrBlock: input.CidrBlock } };
      },
      DescribeVpcs: (input) => {
        seen.describeVpcs = input;
        if (input.VpcIds?.includes("vpc-x"))
          throw new AwsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-x' does not exist");
        return { Vpcs: [{ VpcId: "vpc-1", IsDefault: false, Tags: [{ Key: "a", Value: "<&>" }] }] };
      },
    };
    return { operations };
  },
};
const cloudwatch: ServiceModule = {
  id: "cloudwatch",
  sdk: () => import("@aws-sdk/client-cloudwatch"),
  create: () => {
    const operations: Operations<CloudWatch> = {
      PutMetricData: (input) => {
        seen.metrics = input;
        return {};
      },
      DescribeAlarms: () => ({
        MetricAlarms: [{ AlarmName: "a", AlarmConfigurationUpdatedTimestamp: at, Threshold: 1.5 }],
      }),
    };
    return { operations };
  },
};
const s3: ServiceModule = {
  id: "s3",
  sdk: () => import("@aws-sdk/client-s3"),
  create: () => {
    const operations: Operations<S3> = {
      PutObject: async (input) => {
        const chunks = await Readable.from(input.Body as Readable).toArray();
        seen.object = { ...input, Body: Buffer.concat(chunks as Buffer[]).toString() };
        return { ETag: '"tag"' };
      },
      UploadPart: (input) => {
        seen.part = input.PartNumber;
        return { ETag: '"part"' };
      },
      GetObject: ({ Key }) => {
        if (Key === "none") throw new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404 });
        const Body = Readable.from([Buffer.from("hello")]) as never;
        return { Body, ContentLength: 5, Metadata: { colour: "red" }, LastModified: at };
      },
      GetBucketLocation: () => ({ LocationConstraint: "eu-west-1" }),
    };
    return { operations };
  },
};

let aws: Aws;
let dataDir: string;
const config = () => ({
  endpoint: aws.endpoint,
  region: "eu-west-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aws-"));
  aws = await startAws({ services: [ecs, elasticloadbalancing, ec2, cloudwatch, s3], dataDir });
});
afterAll(async () => {
  await aws.stop();
  await rm(dataDir, { recursive: true });
});

describe("JSON", () => {
  test("answers the SDK with typed values and knows the caller", async () => {
    const client = new ECSClient(config());
    const { services } = await client.send(new DescribeServicesCommand({ services: ["alpha", "beta"] }));
    expect(services?.map(({ serviceName }) => serviceName)).toEqual(["alpha", "beta"]);
    expect(services?.[0]?.createdAt).toEqual(at);
    expect(seen.caller).toMatchObject({
      accessKeyId: "test",
      region: "eu-west-1",
      arn: "arn:aws:iam::000000000000:root",
    });
  });

  test("an error arrives as the client's class", async () => {
    const failure = new ECSClient(config()).send(new DescribeClustersCommand({}));
    await expect(failure).rejects.toBeInstanceOf(ClusterNotFoundException);
    await expect(failure).rejects.toThrow("The cluster was not found.");
  });

  test("what is not implemented says so", async () => {
    const failure = new ECSClient(config()).send(new StopTaskCommand({ task: "a" }));
    await expect(failure).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("ecs.StopTask"),
    });
  });

  test("names all problems of the input at once", async () => {
    const body = JSON.stringify({ containerDefinitions: [{ cpu: "many" }], tags: {} });
    const response = await fetch(aws.endpoint, {
      method: "POST",
      headers: {
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
        authorization: "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ecs/aws4_request, Signature=0",
      },
      body,
    });
    expect(response.status).toBe(400);
    const { __type, message } = (await response.json()) as Record<string, string>;
    expect(__type).toBe("ValidationException");
    expect(message).toMatch(/3 validation errors/);
    for (const part of ["family is required", "containerDefinitions[0].cpu must be a number", "tags must be a list"])
      expect(message).toContain(part);
  });

  test("services call each other in process", async () => {
    const input = { family: "f", containerDefinitions: [] };
    const { taskDefinition } = await new ECSClient(config()).send(new RegisterTaskDefinitionCommand(input));
    expect(taskDefinition?.revision).toBe(1);
    expect((await aws.aws.ecs.describeServices({ services: ["x"] })).services?.[0]?.createdAt).toEqual(at);
    await expect(aws.aws.ecs.describeClusters({})).rejects.toMatchObject({ code: "ClusterNotFoundException" });
    await expect(aws.aws.ssm.getParameter({ Name: "x" })).rejects.toMatchObject({ code: "NotImplemented" });
  });
});

describe("query", () => {
  test("nested lists go there and back", async () => {
    const client = new ElasticLoadBalancingV2Client(config());
    const TargetGroups = [
      { TargetGroupArn: "blue", Weight: 90 },
      { TargetGroupArn: "green", Weight: 10 },
    ];
    const input = { ListenerArn: "l", DefaultActions: [{ Type: "forward" as const, ForwardConfig: { TargetGroups } }] };
    const { Listeners } = await client.send(new ModifyListenerCommand(input));
    expect(Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups).toEqual(TargetGroups);
  });

  test("an error arrives as the client's class", async () => {
    const failure = new ElasticLoadBalancingV2Client(config()).send(
      new DescribeTargetHealthCommand({ TargetGroupArn: "none" }),
    );
    await expect(failure).rejects.toBeInstanceOf(TargetGroupNotFoundException);
  });
});

describe("EC2", () => {
  test("flattened lists, own parameter names, no result element", async () => {
    const client = new EC2Client(config());
    const Filters = [{ Name: "vpc-id", Values: ["a", "b"] }];
    const { Vpcs } = await client.send(new DescribeVpcsCommand({ Filters, VpcIds: ["vpc-1"] }));
    expect(seen.describeVpcs).toEqual({ Filters, VpcIds: ["vpc-1"] });
    expect(Vpcs).toEqual([{ VpcId: "vpc-1", IsDefault: false, Tags: [{ Key: "a", Value: "<&>" }] }]);
    const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: [{ Key: "k", Value: "v" }] }];
    await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications, DryRun: false }));
    expect(seen.createVpc).toEqual({ CidrBlock: "10.0.0.0/16", TagSpecifications, DryRun: false });
    const failure = client.send(new DescribeVpcsCommand({ VpcIds: ["vpc-x"] }));
    await expect(failure).rejects.toMatchObject({ name: "InvalidVpcID.NotFound" });
  });
});

describe("CloudWatch", () => {
  test("the JavaScript client", async () => {
    const client = new CloudWatchClient(config());
    const MetricData = [{ MetricName: "m", Value: 1.5, Timestamp: at, Dimensions: [{ Name: "d", Value: "v" }] }];
    await client.send(new PutMetricDataCommand({ Namespace: "n", MetricData }));
    expect(seen.metrics).toEqual({ Namespace: "n", MetricData });
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([{ AlarmName: "a", AlarmConfigurationUpdatedTimestamp: at, Threshold: 1.5 }]);
  });

  test("the query protocol of Debian's AWS CLI", async () => {
    const response = await fetch(aws.endpoint, {
      method: "POST",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/monitoring/aws4_request, Signature=0",
      },
      body: new URLSearchParams({ Action: "DescribeAlarms", Version: "2010-08-01" }),
    });
    expect(await response.text()).toContain("<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName>");
  });
});

describe("S3", () => {
  const client = () => new S3Client(config());

  test("headers, metadata and a body with trailing checksum", async () => {
    const input = { Bucket: "b", Key: "some folder/ü.txt", Metadata: { colour: "red" }, ContentType: "text/plain" };
    const { ETag } = await client().send(new PutObjectCommand({ ...input, Body: "x".repeat(200_000) }));
    expect(ETag).toBe('"tag"');
    expect(seen.object).toMatchObject({ ...input, Body: "x".repeat(200_000) });
    const Body = Readable.from([Buffer.from("ab"), Buffer.from("cd")]);
    await client().send(new PutObjectCommand({ ...input, Body, ContentLength: 4 }));
    expect(seen.object).toMatchObject({ Body: "abcd" });
  });

  test("operations that differ by query parameters only", async () => {
    await client().send(new UploadPartCommand({ Bucket: "b", Key: "k", UploadId: "u", PartNumber: 7, Body: "x" }));
    expect(seen.part).toBe(7);
  });

  test("a streamed answer, and errors", async () => {
    const { Body, Metadata, LastModified } = await client().send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
    expect([await Body?.transformToString(), Metadata, LastModified]).toEqual(["hello", { colour: "red" }, at]);
    const failure = client().send(new GetObjectCommand({ Bucket: "b", Key: "none" }));
    await expect(failure).rejects.toMatchObject({ name: "NoSuchKey" });
    const { LocationConstraint } = await client().send(new GetBucketLocationCommand({ Bucket: "b" }));
    expect(LocationConstraint).toBe("eu-west-1");
  });
});
