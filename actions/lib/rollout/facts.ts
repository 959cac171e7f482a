import type { Service, ServiceDeployment, ServiceRevision, Tag, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { clusterName, serviceName } from "../../../agents/naming.ts";
import type { TargetState } from "../aws/balancer.ts";
import type { Place } from "../aws/ecs.ts";
import type { ImageContents, RegistryImage } from "../aws/registry.ts";
import { openLedger } from "../ledger/ledger.ts";
import type { BlockedDigest, LedgerRecord } from "../ledger/record.ts";
import type { Ancestry, RolloutPorts, RolloutRequest } from "./request.ts";
import { digestOf, groupOf, type Routing, routingOf, weightedGroups } from "./routing.ts";
import { isRunning } from "./status.ts";

/** A listener rule as it stands. `groups` are those with traffic. */
export interface RuleFacts {
  readonly arn: string;
  readonly exists: boolean;
  readonly groups: readonly string[];
}

/** Everything that preflight and plan look at; read side by side, before anything changes. */
export interface Facts {
  readonly place: Place;
  readonly service?: Service;
  readonly routing: Routing;
  /** The newest service deployment, running or not. */
  readonly newest?: ServiceDeployment;
  readonly newestTarget?: ServiceRevision;
  /** The revision that serves production; undefined while a deployment runs or when ECS lists several. */
  readonly live?: ServiceRevision;
  readonly liveDigest?: string;
  readonly definition?: { readonly definition: TaskDefinition; readonly tags: readonly Tag[] };
  /** The family's newest ACTIVE revision, which an earlier attempt may already have registered. */
  readonly latest?: TaskDefinition;
  readonly production?: RuleFacts;
  readonly test?: RuleFacts;
  /** Targets of the live revision's group. */
  readonly targets: readonly TargetState[];
  readonly image?: RegistryImage;
  readonly contents?: ImageContents;
  /** undefined: not readable for this role. */
  readonly logGroup?: { readonly name: string; readonly exists?: boolean };
  readonly secrets: readonly { readonly id: string; readonly exists?: boolean }[];
  readonly record?: LedgerRecord;
  readonly history: readonly LedgerRecord[];
  readonly blocked: readonly BlockedDigest[];
  readonly ancestry: Ancestry;
}

/** The part of the facts that also proves, after a deployment, which version serves. */
export type ServiceFacts = Pick<
  Facts,
  "service" | "routing" | "newest" | "newestTarget" | "live" | "liveDigest" | "targets" | "production" | "test"
>;

export const placeOf = (request: Pick<RolloutRequest, "stage" | "manifest">): Place => ({
  cluster: clusterName(request.stage),
  service: serviceName(request.stage, request.manifest.name),
});

export async function gatherFacts(request: RolloutRequest, ports: RolloutPorts): Promise<Facts> {
  const place = placeOf(request);
  const [serviceSide, imageSide, ledgerSide] = await Promise.all([
    gatherService(place, ports),
    gatherImage(request, ports),
    gatherLedger(request, ports),
  ]);
  const definitions = serviceSide.service ? await gatherDefinitions(serviceSide.service, ports) : { secrets: [] };
  return { place, ...serviceSide, ...definitions, ...imageSide, ...ledgerSide };
}

export async function gatherService(place: Place, { cloud }: CloudOnly): Promise<ServiceFacts> {
  const service = await cloud.ecs.service(place);
  const routing = routingOf(service?.loadBalancers);
  if (!service) return { routing, targets: [] };
  const [deployments, rules] = await Promise.all([
    gatherDeployments(place, service, { cloud }, routing),
    gatherRules(routing, { cloud }),
  ]);
  return { service, routing, ...deployments, ...rules };
}

type CloudOnly = Pick<RolloutPorts, "cloud">;

async function gatherDeployments(place: Place, service: Service, { cloud }: CloudOnly, routing: Routing) {
  const [brief] = await cloud.ecs.deployments(place);
  const current = (service.currentServiceRevisions ?? []).flatMap(({ arn }) => (arn ? [arn] : []));
  const arns = [...new Set([...current, ...(brief?.targetServiceRevisionArn ? [brief.targetServiceRevisionArn] : [])])];
  const [newest, revisions] = await Promise.all([
    brief?.serviceDeploymentArn ? cloud.ecs.deployment(brief.serviceDeploymentArn) : undefined,
    cloud.ecs.revisions(arns),
  ]);
  const byArn = (arn: string | undefined) => revisions.find((revision) => revision.serviceRevisionArn === arn);
  const live = current.length === 1 && !isRunning(newest?.status) ? byArn(current[0]) : undefined;
  const group = groupOf(live);
  return {
    newest,
    newestTarget: byArn(brief?.targetServiceRevisionArn),
    live,
    liveDigest: digestOf(live, routing.container),
    targets: group ? await cloud.balancer.targets(group) : [],
  };
}

async function gatherDefinitions(service: Service, { cloud }: CloudOnly) {
  const definition = service.taskDefinition ? await cloud.ecs.taskDefinition(service.taskDefinition) : undefined;
  const [latest, logGroup, secrets] = await Promise.all([
    definition?.definition.family ? cloud.ecs.taskDefinition(definition.definition.family) : undefined,
    gatherLogGroup(definition?.definition, { cloud }),
    gatherSecrets(definition?.definition, { cloud }),
  ]);
  return { definition, latest: latest?.definition, logGroup, secrets };
}

async function gatherLogGroup(definition: TaskDefinition | undefined, { cloud }: CloudOnly) {
  const name = definition?.containerDefinitions
    ?.map((c) => c.logConfiguration?.options?.["awslogs-group"])
    .find(Boolean);
  return name ? { name, exists: await cloud.logs.groupExists(name) } : undefined;
}

async function gatherSecrets(definition: TaskDefinition | undefined, { cloud }: CloudOnly) {
  const references = definition?.containerDefinitions?.flatMap((container) => container.secrets ?? []) ?? [];
  const ids = new Set(references.flatMap((secret) => secretId(secret.valueFrom) ?? []));
  return Promise.all([...ids].map(async (id) => ({ id, exists: await cloud.secrets.exists(id) })));
}

/** `arn:…:secret:name-AbCdEf:key::` → the secret's ARN. Parameters of SSM are not secrets of Secrets Manager. */
const secretId = (valueFrom: string | undefined): string | undefined =>
  /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+/.exec(valueFrom ?? "")?.[0];

async function gatherRules(routing: Routing, { cloud }: CloudOnly) {
  const read = async (arn: string | undefined): Promise<RuleFacts | undefined> => {
    if (!arn) return undefined;
    const rule: Rule | undefined = await cloud.balancer.rule(arn);
    return { arn, exists: rule !== undefined, groups: weightedGroups(rule) };
  };
  const [production, test] = await Promise.all([read(routing.productionRule), read(routing.testRule)]);
  return { production, test };
}

async function gatherImage({ image }: RolloutRequest, { cloud }: RolloutPorts) {
  const [found, contents] = await Promise.all([
    cloud.registry.image(image.repository, { digest: image.digest }),
    // What the image says of itself only sharpens the checks; a registry that does not tell must not stop a deployment.
    cloud.registry.contents(image.repository, image.digest).catch(() => undefined),
  ]);
  return { image: found, contents };
}

async function gatherLedger(request: RolloutRequest, { cloud, ancestry }: RolloutPorts) {
  const ledger = openLedger(cloud.parameters, request.stage, request.manifest.name);
  const [record, history, blocked] = await Promise.all([ledger.live(), ledger.history(), ledger.blocked()]);
  const standing = record ? await ancestry(request.commit, record.commit) : "unknown";
  return { record, history, blocked, ancestry: standing };
}
