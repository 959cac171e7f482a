import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";
import type { CloudFormation } from "@aws-sdk/client-cloudformation";
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2 } from "@aws-sdk/client-ec2";
import type { ECR } from "@aws-sdk/client-ecr";
import type { ECS } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { EventBridge } from "@aws-sdk/client-eventbridge";
import type { IAM } from "@aws-sdk/client-iam";
import type { KMS } from "@aws-sdk/client-kms";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { S3 } from "@aws-sdk/client-s3";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import type { SNS } from "@aws-sdk/client-sns";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import type { Clock } from "../clock.ts";
import type { FaultBook } from "../faults/fault-book.ts";
import type { AddressBook } from "../network/addresses.ts";

/** The contract between the wire (protocols), the state and the services of the sandbox's AWS half. */

/** An error that the wire writes as the service's protocol does. `code` is the AWS error code, e.g. `ClusterNotFoundException`. */
export class AwsError extends Error {
  readonly code: string;
  /** HTTP status; 400 unless AWS documents another. */
  readonly status: number;
  /** Further members of the modelled error, e.g. `{ reasons: [...] }`. */
  readonly fields: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, options: { status?: number; fields?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}

/**
 * A collection that survives a restart, also one by kill -9. Changing a stored object in place is allowed: whoever
 * got it from the collection in a request has it written before the request's answer leaves, and anything else is
 * found within a second.
 */
export type Collection<T> = Pick<
  Map<string, T>,
  "get" | "set" | "has" | "delete" | "values" | "keys" | "entries" | "size" | "clear"
>;

export interface State {
  /** The collection of that name in this service's state; created empty. Values must survive JSON (Dates are revived). */
  collection<T>(name: string): Collection<T>;
  /**
   * Does what must not happen before the changes made so far are on disk, e.g. removes a file that the state on disk
   * still names. After a crash in between the action is not done: clean up at the start.
   */
  afterCommit(action: () => void): void;
}

/** Who called: from the request's credential scope and the session that STS handed out. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** ARN of the caller, e.g. an assumed role. */
  readonly arn: string;
  /** Set when a service of the sandbox calls another one: roles may trust it as `<service>.amazonaws.com`. */
  readonly service?: keyof AwsClients;
}

export interface RequestContext {
  readonly requestId: string;
  readonly caller: Caller;
}

type Plain<T> = Omit<T, "$metadata">;
type Call<M> = M extends {
  // biome-ignore lint/suspicious/noExplicitAny: matches the SDK's overloads, whose options and callbacks do not matter here
  (args: infer I, options?: any): Promise<infer O>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  (args: any, cb: any): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  (args: any, options: any, cb: any): void;
}
  ? { input: I; output: Plain<O> }
  : never;
type OperationNames<C> = { [K in keyof C & string]: [Call<C[K]>] extends [never] ? never : K }[keyof C & string];

/** What a service implements, typed by the SDK's own client: `{ CreateService: async (input, request) => output }`. */
export type Operations<C> = {
  [K in OperationNames<C> as Capitalize<K>]?: (
    input: Call<C[K]>["input"],
    request: RequestContext,
  ) => Promise<Call<C[K]>["output"]> | Call<C[K]>["output"];
};

/** A client that calls a service of the same sandbox without a socket, with the SDK's method names and types. */
export type InProcess<C> = {
  [K in OperationNames<C>]: (input: Call<C[K]>["input"]) => Promise<Call<C[K]>["output"]>;
};

/** The other services, as a service sees them. Calls go through the same dispatch as requests from outside. */
export interface AwsClients {
  readonly autoscaling: InProcess<ApplicationAutoScaling>;
  readonly cloudformation: InProcess<CloudFormation>;
  readonly cloudwatch: InProcess<CloudWatch>;
  readonly logs: InProcess<CloudWatchLogs>;
  readonly ec2: InProcess<EC2>;
  readonly ecr: InProcess<ECR>;
  readonly ecs: InProcess<ECS>;
  readonly elasticloadbalancing: InProcess<ElasticLoadBalancingV2>;
  readonly events: InProcess<EventBridge>;
  readonly iam: InProcess<IAM>;
  readonly kms: InProcess<KMS>;
  readonly lambda: InProcess<Lambda>;
  readonly s3: InProcess<S3>;
  readonly secretsmanager: InProcess<SecretsManager>;
  readonly servicediscovery: InProcess<ServiceDiscovery>;
  readonly sns: InProcess<SNS>;
  readonly ssm: InProcess<SSM>;
  readonly sts: InProcess<STS>;
}

/** What a service is given. Nothing in a service reads the real clock, real randomness or the environment. */
export interface ServiceContext {
  readonly account: string;
  readonly region: string;
  /** Folder of this sandbox's files; a service keeps its own in `<dataDir>/<service id>/`. */
  readonly dataDir: string;
  /** Base URL at which the sandbox answers, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  /** `length` characters of `[0-9a-f]`, or of `alphabet`. */
  readonly id: (length: number, alphabet?: string) => string;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly state: State;
  readonly aws: AwsClients;
  readonly network: AddressBook;
  /** What is broken on purpose; ask it where the fault takes effect. */
  readonly faults: FaultBook;
  /** One line for the sandbox's own log; never a secret. */
  readonly log: (line: string) => void;
}

export interface RunningService {
  /** By operation name; build it as `const operations: Operations<ECS> = {...}`. */
  readonly operations: object;
  /**
   * Who holds this access key (STS knows its sessions): the caller's ARN; `undefined` when the key is not of this
   * service; throws an AwsError when its session is over.
   */
  readonly identify?: (accessKeyId: string, sessionToken: string | undefined) => string | undefined;
  /** Plain HTTP that is no AWS operation (the OCI registry under `/v2/`). Returns false when the path is not its own. */
  readonly http?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Called once after every service exists: restart what the state says was running. */
  readonly resume?: () => Promise<void>;
  /** Stops processes, sockets and timers; nothing may outlive it. */
  readonly stop?: () => Promise<void>;
}

export interface ServiceModule {
  /**
   * Signing name, which is also the key in AwsClients: `ecs`, `elasticloadbalancing`, `logs`; two have a better
   * name (`monitoring` → `cloudwatch`, `application-autoscaling` → `autoscaling`).
   */
  readonly id: keyof AwsClients;
  /**
   * The SDK package, whose exported schemas drive the wire: `() => import("@aws-sdk/client-ecs")` loads it on the
   * first call (a large client costs up to 400 ms), a namespace import loads it at once.
   */
  readonly sdk: object | (() => Promise<object>);
  readonly create: (context: ServiceContext) => RunningService;
}
