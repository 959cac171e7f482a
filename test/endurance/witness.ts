import { randomBytes } from "node:crypto";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3 } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";
import { deploy, look } from "./deployments.ts";
import { BUCKET, count, LOG_GROUP, log, object, parameter, push, service, stack } from "./errands.ts";
import { type Clients, makeFleet, type Site } from "./fleet-setup.ts";
import { emptyLedger, type Ledger } from "./ledger.ts";

type Errand = (witness: Witness) => Promise<void>;

const ERRANDS: readonly Errand[] = [parameter, count, log, object, push, service, stack, deploy, look, look];

/** Does things to a sandbox that may die at any moment, and remembers what it was told. */
export class Witness {
  readonly ledger: Ledger = emptyLedger();
  readonly endpoint: string;
  readonly clients: Clients;
  readonly ssm: SSM;
  readonly s3: S3;
  readonly logs: CloudWatchLogs;
  readonly cloudformation: CloudFormation;
  readonly random: () => number;
  readonly #all: readonly { destroy(): void }[];
  sites: readonly Site[] = [];
  /** Reference of the image that services run. */
  image = "";
  /** Log stream of this life of the sandbox. */
  stream = "";
  #isOver = false;

  constructor(endpoint: string, random: () => number) {
    this.endpoint = endpoint;
    this.random = random;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const config = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
    this.ssm = new SSM(config);
    this.s3 = new S3({ ...config, forcePathStyle: true });
    this.logs = new CloudWatchLogs(config);
    this.cloudformation = new CloudFormation(config);
    this.clients = {
      ec2: new EC2(config),
      ecr: new ECR(config),
      ecs: new ECS(config),
      elb: new ElasticLoadBalancingV2(config),
    };
    this.#all = [this.ssm, this.s3, this.logs, this.cloudformation, ...Object.values(this.clients)];
  }

  close(): void {
    for (const client of this.#all) client.destroy();
  }

  async prepare(): Promise<void> {
    const { sites, image } = await makeFleet(this.clients, this.endpoint);
    this.sites = sites;
    this.image = image;
    await this.logs.createLogGroup({ logGroupName: LOG_GROUP });
    await this.s3.createBucket({ Bucket: BUCKET });
  }

  /** A name that nothing had before. */
  readonly name = (): string => randomBytes(6).toString("hex");

  /** One of them; `undefined` when there are none. */
  oneOf<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** Works until the sandbox is gone. @throws what is no lost connection. */
  async work(workers: number): Promise<void> {
    this.#isOver = false;
    this.stream = this.name();
    await Promise.all(Array.from({ length: workers }, () => this.#workOn()));
  }

  /** Said right before the kill: what fails from now on was cut off. */
  expectKill(): void {
    this.#isOver = true;
  }

  async #workOn(): Promise<void> {
    for (;;) {
      try {
        await this.oneOf(ERRANDS)?.(this);
      } catch (error) {
        if (this.#isOver && isCutOff(error)) return;
        throw error;
      }
    }
  }
}

/** The connection was refused or broke: there is no answer to be wrong. */
function isCutOff(error: unknown): boolean {
  // fetch's errors are of another realm than the tests: instanceof does not know them.
  const { message, code, cause } = error as { message?: unknown; code?: unknown; cause?: unknown };
  const text = `${code} ${message}`;
  if (/ECONNRE|EPIPE|socket hang up|UND_ERR|other side closed|aborted|terminated/.test(text)) return true;
  return typeof cause === "object" && cause !== null && isCutOff(cause);
}
