import type { InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { LogConfiguration } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";
import { ResourceInitializationError } from "./secrets.ts";

const FLUSH_MS = 100; // real time: how long a line may wait for others
const BATCH = 1000;

/** Where the lines of one container go. */
export interface LogStream {
  write(line: string): void;
  close(): Promise<void>;
}

const NOWHERE: LogStream = { write: () => undefined, close: async () => undefined };

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Batches lines into PutLogEvents calls, in order. */
class AwsLogs implements LogStream {
  readonly #context: ServiceContext;
  readonly #group: string;
  readonly #stream: string;
  #lines: InputLogEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #written: () => void = () => undefined;

  constructor(context: ServiceContext, group: string, stream: string) {
    this.#context = context;
    this.#group = group;
    this.#stream = stream;
  }

  write(line: string): void {
    if (line === "") return; // CloudWatch Logs takes no empty messages
    this.#lines.push({ timestamp: this.#context.clock.now().getTime(), message: line });
    if (this.#timer) return;
    const { clock } = this.#context;
    // Held, so that a clock driven by hand finds the lines of one moment stored before the next.
    void clock.hold(
      new Promise<void>((resolve) => {
        this.#written = resolve;
        this.#timer = setTimeout(() => this.#flush(), FLUSH_MS);
      }),
    );
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#sending;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    for (let start = 0; start < lines.length; start += BATCH) {
      const logEvents = lines.slice(start, start + BATCH);
      this.#sending = this.#sending.then(() => this.#send(logEvents));
    }
    void this.#sending.then(this.#written);
  }

  async #send(logEvents: InputLogEvent[]): Promise<void> {
    try {
      await this.#context.aws.logs.putLogEvents({ logGroupName: this.#group, logStreamName: this.#stream, logEvents });
    } catch (error) {
      this.#context.log(`ecs: ${logEvents.length} log lines of ${this.#group}/${this.#stream} were lost: ${error}`);
    }
  }
}

/**
 * Opens the log of a container: awslogs writes to `<prefix>/<container>/<task id>`. Another driver's lines are dropped.
 * @throws ResourceInitializationError when the log group is missing
 */
export async function openLog(
  context: ServiceContext,
  configuration: LogConfiguration | undefined,
  names: { container: string; taskId: string },
): Promise<LogStream> {
  if (configuration?.logDriver !== "awslogs") return NOWHERE;
  const options = configuration.options ?? {};
  const logGroupName = options["awslogs-group"] ?? "";
  const prefix = options["awslogs-stream-prefix"] ?? "ecs";
  const logStreamName = `${prefix}/${names.container}/${names.taskId}`;
  const ignoreExisting = (error: unknown) => {
    if (!isNamed(error, "ResourceAlreadyExistsException")) throw error;
  };
  try {
    if (options["awslogs-create-group"] === "true")
      await context.aws.logs.createLogGroup({ logGroupName }).catch(ignoreExisting);
    await context.aws.logs.createLogStream({ logGroupName, logStreamName }).catch(ignoreExisting);
  } catch (error) {
    throw new ResourceInitializationError(
      "failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task " +
        `definition. There is a connection issue between the task and Amazon CloudWatch: ${logGroupName}: ${error}`,
    );
  }
  return new AwsLogs(context, logGroupName, logStreamName);
}
