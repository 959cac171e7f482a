import { join } from "node:path";
import { AwsError } from "../../../kernel.ts";
import { functionArn, LATEST, type Store, type StoredFunction, type Version } from "../model.ts";
import { Environment } from "./environment.ts";
import { FunctionLog } from "./log.ts";

/** Real ms that an environment waits for its next call: it is a process of this machine, which the clock does not move. */
const IDLE_MS = 60_000;

/** Concurrent calls of the account; at AWS 1,000, here as many processes as a machine can be expected to run. */
const CONCURRENCY = 100;

/** Seconds of the role's session: longer than an environment lives. */
const SESSION_SECONDS = 43_200;

/** A process with its log; `fresh` until its first call, whose handler it has yet to load. */
export interface Warm {
  readonly environment: Environment;
  readonly log: FunctionLog;
  readonly key: string;
  readonly expires: Date | undefined;
  fresh: boolean;
}

/** The role's credentials as environment variables; `expires`: when a call might outlive them. */
interface Session {
  readonly expires: Date | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

const keyOf = ({ name }: StoredFunction, { version, revisionId }: Version): string =>
  `${name}:${version}:${revisionId}`;

const throttled = (reason: string): AwsError =>
  new AwsError("TooManyRequestsException", "Rate Exceeded.", {
    status: 429,
    fields: { Reason: reason, Type: "User" },
  });

/**
 * The execution environments of all functions. One that has answered waits for the next call of the same code and
 * configuration, as at AWS; unlike there it is not frozen meanwhile.
 */
export class Pool {
  readonly #store: Store;
  readonly #all = new Set<Warm>();
  readonly #idle = new Map<Warm, NodeJS.Timeout>();
  readonly #active = new Map<string, number>();
  #isStopped = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Counts a call against the limits. @throws AwsError TooManyRequestsException */
  enter({ name, reserved }: StoredFunction): () => void {
    const running = this.#active.get(name) ?? 0;
    if (reserved !== undefined && running >= reserved)
      throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    if ([...this.#active.values()].reduce((sum, count) => sum + count, 0) >= CONCURRENCY)
      throw throttled("ConcurrentInvocationLimitExceeded");
    this.#active.set(name, running + 1);
    return () => {
      const left = (this.#active.get(name) ?? 1) - 1;
      if (left > 0) this.#active.set(name, left);
      else this.#active.delete(name);
    };
  }

  /** A call that dies with the sandbox has not failed: its caller may try again after the next start. */
  requireRunning(): void {
    if (this.#isStopped) throw new AwsError("ServiceException", "The sandbox is stopping.", { status: 500 });
  }

  async take(stored: StoredFunction, version: Version): Promise<Warm> {
    this.requireRunning();
    const key = keyOf(stored, version);
    const now = this.#store.context.clock.now();
    for (const [warm, timer] of this.#idle) {
      if (warm.key !== key) continue;
      clearTimeout(timer);
      this.#idle.delete(warm);
      if (!warm.expires || warm.expires > now) return warm;
      warm.environment.kill();
    }
    return this.#start(stored, version, key);
  }

  /** After a call: the process waits for the next one. */
  give(warm: Warm): void {
    warm.environment.onOutput = (output) => warm.log.output(output);
    if (this.#isStopped) {
      warm.environment.kill();
      return;
    }
    const timer = setTimeout(() => this.#end(warm), IDLE_MS);
    timer.unref();
    this.#idle.set(warm, timer);
  }

  /** Ends what waits with another code or configuration than the function has now. */
  retire(name: string): void {
    const stored = this.#store.functions.get(name);
    const current = new Set(stored ? [stored.latest, ...stored.versions].map((one) => keyOf(stored, one)) : []);
    for (const warm of this.#idle.keys())
      if (warm.key.startsWith(`${name}:`) && !current.has(warm.key)) this.#end(warm);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = [...this.#all];
    for (const warm of all) this.#end(warm);
    await Promise.all(all.map(({ environment }) => environment.gone));
    await Promise.all(all.map(({ log }) => log.flush()));
  }

  #end(warm: Warm): void {
    clearTimeout(this.#idle.get(warm));
    this.#idle.delete(warm);
    warm.environment.kill();
  }

  async #start(stored: StoredFunction, version: Version, key: string): Promise<Warm> {
    const { context, code } = this.#store;
    const id = context.id(32);
    const day = context.clock.now().toISOString().slice(0, 10).replaceAll("-", "/");
    const place = {
      group: version.configuration.LoggingConfig.LogGroup ?? `/aws/lambda/${stored.name}`,
      stream: `${day}/[${version.version}]${id}`,
      format: version.configuration.LoggingConfig.LogFormat ?? "Text",
    } as const;
    const credentials = await this.#credentials(stored, version);
    const environment = await Environment.start({
      root: code.root(version.code),
      temporary: join(context.dataDir, "lambda", "tmp", id),
      variables: { ...this.#variables(stored, version, place), ...credentials.variables },
      memoryMb: version.configuration.MemorySize,
      endpoint: context.endpoint(),
    });
    const log = new FunctionLog(context, place);
    const warm: Warm = { environment, log, key, expires: credentials.expires, fresh: true };
    environment.onGone = () => {
      this.#all.delete(warm);
      clearTimeout(this.#idle.get(warm));
      this.#idle.delete(warm);
    };
    this.#all.add(warm);
    if (this.#isStopped) environment.kill();
    return warm;
  }

  /** The environment that Lambda gives a function: nothing of this machine's but where programs are. */
  #variables({ name }: StoredFunction, version: Version, log: { group: string; stream: string }) {
    const { context, code } = this.#store;
    const { Runtime, Handler, MemorySize, Environment: own } = version.configuration;
    return {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      // As at AWS, a module in the function's root is found by its bare name (cfn-response).
      NODE_PATH: code.root(version.code),
      AWS_ENDPOINT_URL: context.endpoint(),
      ...own,
      _HANDLER: Handler,
      LAMBDA_TASK_ROOT: code.root(version.code),
      AWS_REGION: context.region,
      AWS_DEFAULT_REGION: context.region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: version.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: log.group,
      AWS_LAMBDA_LOG_STREAM_NAME: log.stream,
    };
  }

  /** Without IAM and STS in this sandbox a function runs without credentials, and the log says so. */
  async #credentials(stored: StoredFunction, version: Version): Promise<Session> {
    const { context } = this.#store;
    const { Role, Timeout } = version.configuration;
    try {
      const { Credentials } = await context.aws.sts.assumeRole({
        RoleArn: Role,
        RoleSessionName: stored.name,
        DurationSeconds: SESSION_SECONDS,
      });
      const end = Credentials?.Expiration?.getTime() ?? 0;
      return {
        // A call may last until its timeout, in real seconds.
        expires: new Date(end - Timeout * 1000 * context.clock.scale),
        variables: {
          AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
          AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
          AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
        },
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.log(
        `lambda: ${functionArn(this.#store, stored.name, version.version === LATEST ? undefined : version.version)} runs without credentials: ${reason}`,
      );
      return { expires: undefined, variables: {} };
    }
  }
}
