import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import type { AwsClients } from "../aws/kernel.ts";
import { lastPart, readDeployments } from "./deployments.ts";
import type { Ledger } from "./ledger.ts";
import type { ImageState, ServiceState } from "./state.ts";
import { readTraffic, type Traffic } from "./traffic.ts";

/** How much of a service's story is shown. */
const EVENTS = 4;
const LOG_LINES = 8;

/** DescribeServices takes this many names at once. */
const SERVICES_PER_CALL = 10;

/** Runs a read; when it fails, notes why and answers with the fallback, so that the rest is shown all the same. */
export type Attempt = <T>(what: string, read: () => Promise<T>, fallback: T) => Promise<T>;

export interface FleetReader {
  readonly aws: AwsClients;
  readonly attempt: Attempt;
  readonly ledger: Ledger;
}

export async function readFleet(reader: FleetReader): Promise<ServiceState[]> {
  const { clusterArns = [] } = await reader.aws.ecs.listClusters({});
  const fleets = await Promise.all(clusterArns.map((cluster) => readCluster(reader, cluster)));
  return fleets.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readCluster(reader: FleetReader, cluster: string): Promise<ServiceState[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await reader.aws.ecs.listServices({ cluster, maxResults: 100, nextToken });
    arns.push(...(page.serviceArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const chunks = Array.from({ length: Math.ceil(arns.length / SERVICES_PER_CALL) }, (_, i) =>
    arns.slice(i * SERVICES_PER_CALL, (i + 1) * SERVICES_PER_CALL),
  );
  const described = await Promise.all(chunks.map((services) => reader.aws.ecs.describeServices({ cluster, services })));
  const services = described.flatMap(({ services }) => services ?? []).filter(({ status }) => status !== "INACTIVE");
  return Promise.all(services.map((service) => readService(reader, cluster, service)));
}

async function readService(reader: FleetReader, cluster: string, service: Service): Promise<ServiceState> {
  const { aws, attempt, ledger } = reader;
  const name = service.serviceName ?? "";
  const traffic: Traffic = { routes: [], targets: [] };
  const definition = await attempt(`${name}: task definition`, () => taskDefinition(aws, service), undefined);
  const [image, { routes, targets }, deployments, logs] = await Promise.all([
    attempt(`${name}: image`, () => readImage(aws, definition), undefined),
    attempt(`${name}: traffic`, () => readTraffic(aws, service.loadBalancers ?? []), traffic),
    attempt(`${name}: deployments`, () => readDeployments(aws, { cluster, service: name }), []),
    attempt(`${name}: logs`, () => readLogs(aws, definition), []),
  ]);
  return {
    name,
    cluster: lastPart(cluster),
    status: service.status ?? "UNKNOWN",
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    image,
    ledger: image && ledger.get(image.digest),
    routes,
    targets,
    deployments,
    events: (service.events ?? []).slice(0, EVENTS).map(({ createdAt, message }) => ({
      at: createdAt?.toISOString() ?? "",
      message: message ?? "",
    })),
    logs,
  };
}

async function taskDefinition({ ecs }: AwsClients, service: Service): Promise<TaskDefinition | undefined> {
  if (!service.taskDefinition) return undefined;
  return (await ecs.describeTaskDefinition({ taskDefinition: service.taskDefinition })).taskDefinition;
}

/** `<registry>/<repository>@sha256:…` with the tags that the registry has for it. */
async function readImage({ ecr }: AwsClients, definition: TaskDefinition | undefined): Promise<ImageState | undefined> {
  const image = definition?.containerDefinitions?.[0]?.image ?? "";
  const [, repository = "", digest = ""] = /^[^/]+\/(.+)@(sha256:[0-9a-f]{64})$/.exec(image) ?? [];
  if (!digest) return undefined;
  const found = await ecr.describeImages({ repositoryName: repository, imageIds: [{ imageDigest: digest }] });
  return { repository, digest, tags: found.imageDetails?.[0]?.imageTags ?? [] };
}

/** The last lines of the two streams that were written to last: during a deployment, blue's and green's. */
async function readLogs({ logs }: AwsClients, definition: TaskDefinition | undefined): Promise<string[]> {
  const options = definition?.containerDefinitions?.[0]?.logConfiguration?.options;
  const logGroupName = options?.["awslogs-group"];
  if (!logGroupName) return [];
  const { logStreams = [] } = await logs.describeLogStreams({
    logGroupName,
    orderBy: "LastEventTime",
    descending: true,
    limit: 2,
  });
  const pages = await Promise.all(
    logStreams.map(({ logStreamName }) => logs.getLogEvents({ logGroupName, logStreamName, limit: LOG_LINES })),
  );
  const events = pages.flatMap(({ events }) => events ?? []);
  events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  return events.slice(-LOG_LINES).map(({ message }) => message ?? "");
}
