import { randomBytes } from "node:crypto";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS, type ServiceDeployment } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3 } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";
import { makeImage, RegistryClient } from "../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { CLUSTER, type Clients, define, makeFleet, REPOSITORY, type Site } from "./fleet-setup.ts";

/** What a client was told. `asked` was never answered: it may be there or not, but not twice. */
export interface Ledger {
  /** Values by name, of parameters and of objects in S3. */
  readonly parameters: Map<string, string>;
  readonly objects: Map<string, string>;
  /** Version that the last acknowledged overwrite of the counter had, and how many overwrites were asked for after it. */
  counter: { version: number; value: string; asked: string[] };
  readonly lines: Set<string>;
  readonly images: Set<string>;
  readonly services: Set<string>;
  readonly deletedServices: Set<string>;
  readonly definitions: Set<string>;
  readonly deployments: Map<string, Seen>;
  /** By name, the status that was seen last. */
  readonly stacks: Map<string, string>;
}

/** A deployment as it was last shown. */
interface Seen {
  readonly site: string;
  status: string;
  readonly hooks: Set<string>;
}

export const isTerminal = (status: string | undefined): boolean =>
  ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"].includes(status ?? "");

export const LOG_GROUP = "/kill";
const BUCKET = "kill";

/** Does things to a sandbox that may die at any moment, and remembers what it was told. */
export class Witness {
  readonly ledger: Ledger = {
    parameters: new Map(),
    objects: new Map(),
    counter: { version: 0, value: "", asked: [] },
    lines: new Set(),
    images: new Set(),
    services: new Set(),
    deletedServices: new Set(),
    definitions: new Set(),
    deployments: new Map(),
    stacks: new Map(),
  };
  readonly endpoint: string;
  readonly clients: Clients;
  readonly ssm: SSM;
  readonly s3: S3;
  readonly logs: CloudWatchLogs;
  readonly cloudformation: CloudFormation;
  readonly #random: () => number;
  readonly #all: readonly { destroy(): void }[];
  sites: Site[] = [];
  #image = "";
  #stream = "";
  #isOver = false;

  constructor(endpoint: string, random: () => number) {
    this.endpoint = endpoint;
    this.#random = random;
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
    this.#image = image;
    await this.logs.createLogGroup({ logGroupName: LOG_GROUP });
    await this.s3.createBucket({ Bucket: BUCKET });
  }

  /** Works until the sandbox is gone. @throws what is no lost connection. */
  async work(workers: number): Promise<void> {
    this.#isOver = false;
    this.#stream = this.#name();
    await Promise.all(Array.from({ length: workers }, () => this.#workOn()));
  }

  /** Said right before the kill: what fails from now on was cut off. */
  expectKill(): void {
    this.#isOver = true;
  }

  async #workOn(): Promise<void> {
    for (;;) {
      try {
        await this.#one();
      } catch (error) {
        if (this.#isOver && isCutOff(error)) return;
        throw error;
      }
    }
  }

  #one(): Promise<void> {
    const kinds = [
      () => this.#parameter(),
      () => this.#count(),
      () => this.#log(),
      () => this.#object(),
      () => this.#push(),
      () => this.#service(),
      () => this.#stack(),
      () => this.#deploy(),
      () => this.#look(),
      () => this.#look(),
    ];
    return (kinds[Math.floor(this.#random() * kinds.length)] ?? kinds[0])?.() ?? Promise.resolve();
  }

  readonly #name = (): string => randomBytes(6).toString("hex");

  async #parameter(): Promise<void> {
    const [Name, Value] = [`/kill/${this.#name()}`, this.#name()];
    await this.ssm.putParameter({ Name, Value, Type: "String" });
    this.ledger.parameters.set(Name, Value);
  }

  async #count(): Promise<void> {
    const Value = this.#name();
    this.ledger.counter.asked.push(Value);
    const { Version = 0 } = await this.ssm.putParameter({ Name: "/counter", Value, Type: "String", Overwrite: true });
    const { counter } = this.ledger;
    counter.asked.splice(counter.asked.indexOf(Value), 1);
    if (Version > counter.version) this.ledger.counter = { ...counter, version: Version, value: Value };
  }

  async #log(): Promise<void> {
    const place = { logGroupName: LOG_GROUP, logStreamName: this.#stream };
    await this.logs.createLogStream(place).catch(ignore("ResourceAlreadyExistsException"));
    const messages = Array.from({ length: 3 }, this.#name);
    const timestamp = Date.now();
    await this.logs.putLogEvents({ ...place, logEvents: messages.map((message) => ({ message, timestamp })) });
    for (const message of messages) this.ledger.lines.add(message);
  }

  async #object(): Promise<void> {
    // One of few keys now and then, so that objects are replaced, not only made.
    const Key = this.#random() < 0.3 ? "replaced" : this.#name();
    const Body = Key === "replaced" ? "the same" : this.#name();
    await this.s3.putObject({ Bucket: BUCKET, Key, Body });
    this.ledger.objects.set(Key, Body);
  }

  async #push(): Promise<void> {
    const tag = this.#name();
    const image = await makeImage({ files: { "app/index.mjs": tag } });
    const reference = await new RegistryClient(this.endpoint, this.clients.ecr).push(REPOSITORY, tag, image);
    this.ledger.images.add(reference.split("@")[1] ?? "");
  }

  async #service(): Promise<void> {
    const [known] = this.ledger.services;
    if (known && this.#random() < 0.3) {
      this.ledger.services.delete(known); // from here until the answer it may be there or not
      await this.clients.ecs.deleteService({ cluster: CLUSTER, service: known, force: true });
      this.ledger.deletedServices.add(known);
      return;
    }
    const serviceName = `idle-${this.#name()}`;
    const taskDefinition = await define(this.clients, serviceName, this.#image, "idle");
    this.ledger.definitions.add(taskDefinition);
    await this.clients.ecs.createService({
      cluster: CLUSTER,
      serviceName,
      taskDefinition,
      desiredCount: 0,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0"] } },
    });
    this.ledger.services.add(serviceName);
  }

  /** A stack with one parameter, named as the stack is. */
  async #stack(): Promise<void> {
    const StackName = `stack-${this.#name()}`;
    const Properties = { Name: `/stacks/${StackName}`, Type: "String", Value: StackName };
    const TemplateBody = JSON.stringify({ Resources: { P: { Type: "AWS::SSM::Parameter", Properties } } });
    await this.cloudformation.createStack({ StackName, TemplateBody });
    this.ledger.stacks.set(StackName, "CREATE_IN_PROGRESS");
    const { Stacks } = await this.cloudformation.describeStacks({ StackName });
    this.ledger.stacks.set(StackName, Stacks?.[0]?.StackStatus ?? "");
  }

  async #deploy(): Promise<void> {
    const site = this.sites[Math.floor(this.#random() * this.sites.length)];
    if (!site) return;
    const running = [...this.ledger.deployments].some(
      ([, seen]) => seen.site === site.name && !isTerminal(seen.status),
    );
    if (running && this.#random() < 0.95) return; // now and then one is superseded
    const taskDefinition = await define(this.clients, site.name, this.#image, this.#name());
    this.ledger.definitions.add(taskDefinition);
    const { service } = await this.clients.ecs.updateService({
      cluster: CLUSTER,
      service: site.name,
      taskDefinition,
      deploymentConfiguration: site.configuration,
    });
    const arn = service?.currentServiceDeployment ?? "";
    this.ledger.deployments.set(arn, { site: site.name, status: "PENDING", hooks: new Set() });
  }

  /** Looks at a deployment that runs; answers a hook, or stops it, now and then. */
  async #look(): Promise<void> {
    const running = [...this.ledger.deployments].filter(([, { status }]) => !isTerminal(status));
    const [arn, seen] = running[Math.floor(this.#random() * running.length)] ?? [];
    if (!arn || !seen) return;
    const deployment = await this.describe(arn);
    this.#note(seen, deployment);
    const hookId = deployment.lifecycleHookDetails?.find(({ status }) => status === "AWAITING_ACTION")?.hookId;
    if (hookId && this.#random() < 0.5) {
      const action = this.#random() < 0.8 ? "CONTINUE" : "ROLLBACK";
      await this.clients.ecs
        .continueServiceDeployment({ serviceDeploymentArn: arn, hookId, action })
        .catch(ignore("InvalidParameterException", "ServiceDeploymentNotFoundException", "ConflictException"));
    } else if (this.#random() < 0.02)
      await this.clients.ecs
        .stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" })
        .catch(ignore("ConflictException", "ServiceDeploymentNotFoundException"));
  }

  /** Lets a deployment that waits at a hook go on. */
  async answerHook(serviceDeploymentArn: string): Promise<void> {
    const { lifecycleHookDetails = [] } = await this.describe(serviceDeploymentArn);
    const hookId = lifecycleHookDetails.find(({ status }) => status === "AWAITING_ACTION")?.hookId;
    if (hookId)
      await this.clients.ecs
        .continueServiceDeployment({ serviceDeploymentArn, hookId, action: "CONTINUE" })
        .catch(ignore("InvalidParameterException", "ConflictException"));
  }

  async describe(arn: string): Promise<ServiceDeployment> {
    const { serviceDeployments } = await this.clients.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    const [deployment] = serviceDeployments ?? [];
    if (!deployment) throw new Error(`The deployment ${arn} vanished.`);
    return deployment;
  }

  /** @throws when what is shown now contradicts what was shown before. */
  #note(seen: Seen, deployment: ServiceDeployment): void {
    const { status = "", serviceDeploymentArn, lifecycleHookDetails = [] } = deployment;
    if (isTerminal(seen.status) && status !== seen.status)
      throw new Error(`${serviceDeploymentArn} was ${seen.status} and is ${status}.`);
    const ids = lifecycleHookDetails.map(({ hookId = "" }) => hookId);
    for (const id of seen.hooks)
      if (!ids.includes(id)) throw new Error(`${serviceDeploymentArn}: hook ${id} vanished.`);
    for (const id of ids) seen.hooks.add(id);
    seen.status = status;
  }

  /** Looks at every deployment once. @returns those that still run. */
  async review(): Promise<string[]> {
    const arns = [...this.ledger.deployments.keys()];
    for (let at = 0; at < arns.length; at += 20) {
      const asked = arns.slice(at, at + 20);
      const { serviceDeployments = [] } = await this.clients.ecs.describeServiceDeployments({
        serviceDeploymentArns: asked,
      });
      const found = new Map(serviceDeployments.map((one) => [one.serviceDeploymentArn, one]));
      for (const arn of asked) {
        const [deployment, seen] = [found.get(arn), this.ledger.deployments.get(arn)];
        if (!deployment || !seen) throw new Error(`The deployment ${arn} vanished.`);
        this.#note(seen, deployment);
      }
    }
    return arns.filter((arn) => !isTerminal(this.ledger.deployments.get(arn)?.status));
  }
}

const ignore =
  (...names: readonly string[]) =>
  (error: unknown): void => {
    if (!(error instanceof Error && names.includes(error.name))) throw error;
  };

/** The connection was refused or broke: there is no answer to be wrong. */
function isCutOff(error: unknown): boolean {
  // fetch's errors are of another realm than the tests: instanceof does not know them.
  const { message, code, cause } = error as { message?: unknown; code?: unknown; cause?: unknown };
  const text = `${code} ${message}`;
  if (/ECONNRE|EPIPE|socket hang up|UND_ERR|other side closed|aborted|terminated/.test(text)) return true;
  return typeof cause === "object" && cause !== null && isCutOff(cause);
}
