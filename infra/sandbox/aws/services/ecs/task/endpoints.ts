import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { Surroundings } from "./environment.ts";

const PREFIX = "/_ecs";

interface Lease {
  readonly record: TaskRecord;
  readonly roleArn?: string;
}

/** What a task asks over HTTP: credentials of its role, and facts about itself (task metadata endpoint version 4). */
export class TaskEndpoints {
  readonly #records: Records;
  /** By a random key that only the task knows. */
  readonly #leases = new Map<string, Lease>();

  constructor(records: Records) {
    this.#records = records;
  }

  surroundings(record: TaskRecord, container: string, roleArn: string | undefined): Surroundings {
    const { context } = this.#records;
    const key = context.id(40);
    this.#leases.set(key, { record, roleArn });
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
    const [, , kind, key = "", container = "", part] = path.split("/");
    const lease = this.#leases.get(key);
    try {
      if (!lease) throw new AwsError("AccessDeniedException", "This key belongs to no running task.", { status: 403 });
      const body = kind === "credentials" ? await this.#credentials(lease) : this.#metadata(lease, container, part);
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

  #metadata({ record }: Lease, container: string, part: string | undefined): unknown {
    const definition = this.#records.taskDefinition(record.definitionArn);
    const containers = (record.task.containers ?? []).map((one) => ({
      DockerId: one.runtimeId,
      Name: one.name,
      Image: one.image,
      ImageID: one.imageDigest,
      KnownStatus: one.lastStatus,
      DesiredStatus: record.task.desiredStatus,
      ContainerARN: one.containerArn,
      Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: record.ip ? [record.ip] : [] }],
    }));
    if (part !== "task") return containers.find((one) => one.Name === decodeURIComponent(container));
    return {
      Cluster: record.task.clusterArn,
      TaskARN: record.arn,
      Family: definition.family,
      Revision: String(definition.revision),
      DesiredStatus: record.task.desiredStatus,
      KnownStatus: record.task.lastStatus,
      AvailabilityZone: record.task.availabilityZone,
      LaunchType: record.task.launchType,
      Containers: containers,
    };
  }
}
