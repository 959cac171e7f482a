import type { IncomingMessage, ServerResponse } from "node:http";
import { availableParallelism } from "node:os";
import type { Usage } from "../../../../compute/driver.ts";
import { AwsError } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { Surroundings } from "./environment.ts";
import { containerMetadata, containerStats, type Described, type Sample, taskMetadata } from "./metadata.ts";

const PREFIX = "/_ecs";

interface Lease {
  readonly record: TaskRecord;
  readonly roleArn: string | undefined;
  /** Measurements by container: the newest, and the one before. */
  readonly samples: Map<string, { now: Sample; before: Sample }>;
}

/** What the endpoint asks about tasks that run. */
export interface Runs {
  usage(record: TaskRecord): Promise<ReadonlyMap<string, Usage>>;
  runOf(record: TaskRecord): Pick<Described, "restartsOf" | "startedAtOf"> | undefined;
}

const notFound = (path: string): AwsError =>
  new AwsError("NotFound", `The task metadata endpoint has no ${path}.`, { status: 404 });

/** What a task asks over HTTP: credentials of its role, and facts about itself (task metadata endpoint version 4). */
export class TaskEndpoints {
  readonly #records: Records;
  readonly #runs: () => Runs;
  /** By a random key that only the task knows. */
  readonly #leases = new Map<string, Lease>();

  /** @param runs asked for when it is needed: the runner is made with this. */
  constructor(records: Records, runs: () => Runs) {
    this.#records = records;
    this.#runs = runs;
  }

  surroundings(record: TaskRecord, container: string, roleArn: string | undefined): Surroundings {
    const { context } = this.#records;
    const key = context.id(40);
    this.#leases.set(key, { record, roleArn, samples: new Map() });
    const base = `${context.endpoint()}${PREFIX}`;
    return {
      region: context.region,
      endpoint: context.endpoint(),
      credentialsUri: roleArn ? `${base}/credentials/${key}` : undefined,
      metadataUri: `${base}/metadata/${key}/${encodeURIComponent(container)}`,
    };
  }

  forget(record: TaskRecord): void {
    for (const [key, lease] of this.#leases) if (lease.record === record) this.#leases.delete(key);
  }

  readonly http = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (!path.startsWith(`${PREFIX}/`)) return false;
    const [, , kind, key = "", container = "", ...parts] = path.split("/");
    const lease = this.#leases.get(key);
    try {
      if (!lease) throw new AwsError("AccessDeniedException", "This key belongs to no running task.", { status: 403 });
      const asked = { container: decodeURIComponent(container), part: parts.join("/") };
      const body = kind === "credentials" ? await this.#credentials(lease) : await this.#metadata(lease, asked);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch (error) {
      const status = error instanceof AwsError ? error.status : 500;
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
    }
    return true;
  };

  async #credentials({ record, roleArn }: Lease): Promise<unknown> {
    const { context } = this.#records;
    const { Credentials } = await context.aws.sts.assumeRole({ RoleArn: roleArn, RoleSessionName: record.id });
    return {
      RoleArn: roleArn,
      AccessKeyId: Credentials?.AccessKeyId,
      SecretAccessKey: Credentials?.SecretAccessKey,
      Token: Credentials?.SessionToken,
      Expiration: Credentials?.Expiration,
    };
  }

  async #metadata(lease: Lease, { container, part }: { container: string; part: string }): Promise<unknown> {
    const { record } = lease;
    const own = record.task.containers?.find((one) => one.name === container);
    switch (part) {
      case "":
        return own && containerMetadata(own, this.#described(record));
      case "task":
        return taskMetadata(this.#described(record), false);
      case "taskWithTags":
        return taskMetadata(this.#described(record), true);
      case "stats":
        return (await this.#stats(lease))[own?.runtimeId ?? ""] ?? null;
      case "task/stats":
        return this.#stats(lease);
      default:
        throw notFound(part);
    }
  }

  #described(record: TaskRecord): Described {
    const run = this.#runs().runOf(record);
    return {
      record,
      definition: this.#records.taskDefinition(record.definitionArn),
      restartsOf: (name) => run?.restartsOf(name) ?? 0,
      startedAtOf: (name) => run?.startedAtOf(name),
    };
  }

  /** By runtime id; a container that is not up is null, as the endpoint answers. */
  async #stats({ record, samples }: Lease): Promise<Record<string, object | null>> {
    const used = await this.#runs().usage(record);
    const at = this.#records.now();
    const entries = (record.task.containers ?? []).map((container) => {
      const usage = used.get(container.name ?? "");
      if (!usage) return [container.runtimeId ?? "", null] as const;
      const now = { at, usage };
      const sample = { now, before: samples.get(container.name ?? "")?.now ?? now };
      samples.set(container.name ?? "", sample);
      const limitMiB = Number(container.memory ?? record.task.memory ?? 0);
      return [
        container.runtimeId ?? "",
        containerStats(container, { ...sample, limitMiB, cpus: availableParallelism() }),
      ] as const;
    });
    return Object.fromEntries(entries);
  }
}
