import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECS } from "@aws-sdk/client-ecs";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type ManualClock, manualClock } from "../../clock.ts";
import type { FaultRequest } from "../../faults/fault.ts";
import type { ServiceModule } from "../kernel.ts";
import { type Aws, startAws } from "../server.ts";

/** A service whose operations all answer the same, and count. */
const calls: string[] = [];
const answering = (
  id: ServiceModule["id"],
  sdk: ServiceModule["sdk"],
  operations: Record<string, object>,
): ServiceModule => ({
  id,
  sdk,
  create: () => ({
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, output]) => [
        name,
        () => {
          calls.push(name);
          return output;
        },
      ]),
    ),
  }),
});

const services = [
  answering("ecs", () => import("@aws-sdk/client-ecs"), {
    DescribeServices: { services: [{ serviceName: "alpha" }] },
    UpdateService: { service: { serviceName: "alpha" } },
    DescribeServiceDeployments: { serviceDeployments: [] },
    StopServiceDeployment: {},
    RegisterTaskDefinition: { taskDefinition: {} },
  }),
  answering("ec2", () => import("@aws-sdk/client-ec2"), { DescribeVpcs: { Vpcs: [] } }),
  answering("sts", () => import("@aws-sdk/client-sts"), { GetCallerIdentity: { Account: "000000000000" } }),
  answering("s3", () => import("@aws-sdk/client-s3"), { ListBuckets: { Buckets: [] } }),
  answering("lambda", () => import("@aws-sdk/client-lambda"), { ListFunctions: { Functions: [] } }),
];

let dataDir: string;
let clock: ManualClock;
let aws: Aws;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "faults-"));
  clock = manualClock();
  aws = await startAws({ services, dataDir, persist: false, clock });
  config = {
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
});
afterEach(() => {
  aws.faults.clear();
  calls.length = 0;
});
afterAll(async () => {
  await aws.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const ecs = () => new ECS(config);
const describeServices = () => ecs().describeServices({ services: ["alpha"] });
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    ({ name, $metadata }) => `${name} ${$metadata?.httpStatusCode}`,
  );

/** One call through each protocol's client. */
const everyProtocol = (): Record<string, () => Promise<unknown>> => {
  return {
    json: describeServices,
    query: () => new STS(config).getCallerIdentity({}),
    ec2: () => new EC2(config).describeVpcs({}),
    s3: () => new S3(config).listBuckets({}),
    "rest-json": () => new Lambda(config).listFunctions({}),
  };
};

async function outcomes(request: FaultRequest): Promise<Record<string, string>> {
  aws.faults.add(request);
  const found: Record<string, string> = {};
  for (const [name, call] of Object.entries(everyProtocol())) found[name] = await outcome(call());
  return found;
}

describe("each protocol's client sees its own service's error for", () => {
  test("api-throttle", async () => {
    expect(await outcomes({ kind: "api-throttle", rate: 0 })).toEqual({
      json: "ThrottlingException 400",
      query: "Throttling 400",
      ec2: "RequestLimitExceeded 503",
      s3: "SlowDown 503",
      "rest-json": "TooManyRequestsException 429",
    });
    expect(calls).toEqual([]);
  });

  test("expired-credentials", async () => {
    expect(await outcomes({ kind: "expired-credentials" })).toEqual({
      json: "ExpiredTokenException 400",
      query: "ExpiredToken 403",
      ec2: "RequestExpired 400",
      s3: "ExpiredToken 400",
      "rest-json": "ExpiredTokenException 403",
    });
  });

  test("api-error", async () => {
    expect(await outcomes({ kind: "api-error", status: 503 })).toMatchObject({
      json: "ServiceUnavailable 503",
      query: "ServiceUnavailable 503",
      s3: "ServiceUnavailable 503",
    });
    aws.faults.clear();
    expect(await outcomes({ kind: "api-error" })).toMatchObject({
      json: "InternalFailure 500",
      s3: "InternalError 500",
    });
  });
});

test("a scope leaves other services, operations and agents alone; hits say what was hit", async () => {
  const { id } = aws.faults.add({
    kind: "api-error",
    scope: { service: "ecs", operation: "UpdateService", agent: "alpha" },
  });
  const arn = "arn:aws:ecs:us-east-1:000000000000:service-deployment/c/x-alpha/abcdefghijklmnopqrstu";
  const found = [
    await outcome(describeServices()),
    await outcome(ecs().updateService({ service: "beta" })),
    await outcome(ecs().updateService({ service: "stage-alpha" })),
  ];
  expect(found).toEqual(["ok", "ok", "InternalFailure 500"]);
  aws.faults.clear();
  const other = aws.faults.add({ kind: "api-error", scope: { agent: "alpha" } });
  expect(await outcome(ecs().describeServiceDeployments({ serviceDeploymentArns: [arn] }))).toBe("InternalFailure 500");
  expect(aws.faults.hits().slice(-2)).toMatchObject([
    { faultId: id, where: { service: "ecs", operation: "UpdateService", agent: "stage-alpha" } },
    { faultId: other.id, where: { operation: "DescribeServiceDeployments", agent: "x-alpha" } },
  ]);
});

describe("connections", () => {
  test("connection-reset: no answer, and nothing was done", async () => {
    aws.faults.add({ kind: "connection-reset", count: 1 });
    await expect(describeServices()).rejects.toThrow("ECONNRESET");
    expect(calls).toEqual([]);
    expect(await outcome(describeServices())).toBe("ok");
  });

  test("half-response: half of the promised bytes, though the call was carried out", async () => {
    aws.faults.add({ kind: "half-response", count: 3 });
    const headers = {
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeServices",
      "content-type": "application/x-amz-json-1.1",
    };
    const response = await fetch(aws.endpoint, { method: "POST", headers, body: '{"services":["alpha"]}' });
    const promised = Number(response.headers.get("content-length"));
    const got: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of response.body ?? []) got.push(chunk);
      })(),
    ).rejects.toThrow();
    expect(Buffer.concat(got).length).toBe(Math.floor(promised / 2));
    expect(calls).toEqual(["DescribeServices"]);
    await expect(describeServices()).rejects.toThrow();
    await expect(new S3(config).listBuckets({})).rejects.toThrow();
    expect(await outcome(describeServices())).toBe("ok");
  });

  test("an SDK client with its own retries gets through", async () => {
    aws.faults.add({ kind: "connection-reset", count: 1 });
    aws.faults.add({ kind: "api-error", count: 1 });
    const client = new ECS({ ...config, maxAttempts: 3 });
    expect((await client.describeServices({ services: ["alpha"] })).services).toHaveLength(1);
  });

  test("api-latency delays in real seconds", async () => {
    aws.faults.add({ kind: "api-latency", seconds: 0.2 });
    const started = performance.now();
    await describeServices();
    expect(performance.now() - started).toBeGreaterThan(190);
  });
});

describe("api-throttle", () => {
  const times = async (count: number, call: () => Promise<unknown>): Promise<number> => {
    const found = await Promise.all(Array.from({ length: count }, () => outcome(call())));
    return found.filter((one) => one === "ok").length;
  };

  test("without a rate: ECS's own buckets, shared by their members, refilled in sandbox time", async () => {
    aws.faults.add({ kind: "api-throttle", scope: { service: "ecs" } });
    const register = () => ecs().registerTaskDefinition({ family: "alpha", containerDefinitions: [] });
    expect(await times(25, register)).toBe(20);
    await clock.advance(3);
    expect(await times(5, register)).toBe(3);
    expect(await times(60, () => ecs().describeServiceDeployments({ serviceDeploymentArns: ["arn"] }))).toBe(50);
    // What AWS published no budget for goes through.
    expect(await times(60, () => ecs().stopServiceDeployment({ serviceDeploymentArn: "arn" }))).toBe(60);
    expect(aws.faults.hits().filter(({ kind }) => kind === "api-throttle").length).toBeGreaterThanOrEqual(17);
  });

  test("with a rate: so many a second, and no more at once", async () => {
    const { id } = aws.faults.add({ kind: "api-throttle", rate: 2 });
    expect(await times(5, describeServices)).toBe(2);
    await clock.advance(1);
    expect(await times(5, describeServices)).toBe(2);
    expect(aws.faults.list().find((fault) => fault.id === id)).toMatchObject({ hits: 6 });
  });
});

test("calls between services are never hit", async () => {
  aws.faults.add({ kind: "api-error" });
  expect((await aws.aws.ecs.describeServices({ services: ["alpha"] })).services).toHaveLength(1);
});

test("clock-jump moves the sandbox's clock once", () => {
  const before = clock.now().getTime();
  const fault = aws.faults.add({ kind: "clock-jump", seconds: 3600 });
  expect(clock.now().getTime() - before).toBe(3_600_000);
  expect(fault).toMatchObject({ hits: 1, isOver: true });
});
