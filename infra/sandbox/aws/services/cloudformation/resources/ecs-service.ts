import type { CreateServiceRequest, Service, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { camelCased } from "../schema/casing.ts";
import { type ResourceSchema, schemaOf } from "../schema/schema.ts";
import type { ValueObject } from "../template/value.ts";
import { waitForDeployment } from "./ecs-stabilize.ts";
import { attributes, handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const TYPE = "AWS::ECS::Service";
const GONE = /ServiceNotFound|ServiceNotActive|ClusterNotFound/;
/** CloudFormation refuses longer progressive deployments before it starts them (33 hours, in minutes). */
const LONGEST_BAKE = 33 * 60;

/** Members that only CreateService takes, or that UpdateService must not repeat. */
const CREATE_ONLY = [
  "serviceName",
  "launchType",
  "role",
  "schedulingStrategy",
  "tags",
  "deploymentController",
] as const;

interface ServiceProperties {
  readonly Cluster?: string;
  readonly ServiceName?: string;
  readonly LaunchType?: string;
  readonly DesiredCount?: number;
  readonly SchedulingStrategy?: string;
  readonly Tags?: readonly Tag[];
  readonly ForceNewDeployment?: {
    readonly EnableForceNewDeployment?: boolean;
    readonly ForceNewDeploymentNonce?: string;
  };
  readonly DeploymentConfiguration?: {
    readonly BakeTimeInMinutes?: number;
    readonly LifecycleHooks?: readonly { readonly TimeoutConfiguration?: { readonly TimeoutInMinutes?: number } }[];
  };
}

function request(properties: ServiceProperties): Omit<CreateServiceRequest, "serviceName"> {
  const schema = present<ResourceSchema>(schemaOf(TYPE), "its schema");
  const { ForceNewDeployment: _force, Monitoring: _monitoring, ...rest } = properties as ValueObject;
  // The schema names the same structures as the SDK; casing is the only difference (see casing.ts).
  return camelCased(schema, rest) as unknown as Omit<CreateServiceRequest, "serviceName">;
}

function refuseLongBake({ DeploymentConfiguration }: ServiceProperties): void {
  const hooks = DeploymentConfiguration?.LifecycleHooks ?? [];
  const minutes = hooks.reduce(
    (sum, hook) => sum + (hook.TimeoutConfiguration?.TimeoutInMinutes ?? 0),
    DeploymentConfiguration?.BakeTimeInMinutes ?? 0,
  );
  if (minutes > LONGEST_BAKE)
    throw new Error(
      `Total bake time (${minutes} minutes) for progressive deployment exceeds the Cloudformation limit of 33 hours.`,
    );
}

const made = (service: Service) => ({
  physicalId: present(service.serviceArn, "serviceArn"),
  attributes: attributes({ ServiceArn: service.serviceArn, Name: service.serviceName }),
});

/** The newest service deployment that is not the one known before; only that one tells how this change ended. */
async function newestDeployment(service: string, cluster: string, { aws }: Scope): Promise<string | undefined> {
  const { serviceDeployments = [] } = await aws.ecs.listServiceDeployments({ service, cluster });
  const newest = serviceDeployments.toSorted((a, b) => Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0))[0];
  return newest?.serviceDeploymentArn;
}

async function update(
  service: string,
  properties: ServiceProperties,
  options: { scope: Scope; force: boolean },
): Promise<Service> {
  const { scope, force } = options;
  const input: Record<string, unknown> = { ...request(properties), service };
  for (const key of CREATE_ONLY) delete input[key];
  if (force) input.forceNewDeployment = true;
  const answer = await scope.aws.ecs.updateService(input as unknown as UpdateServiceRequest);
  return present(answer.service, "service");
}

const service = handler<ServiceProperties>({
  nameProperty: "ServiceName",
  create: async (properties, scope) => {
    refuseLongBake(properties);
    const daemon = properties.SchedulingStrategy === "DAEMON";
    const answer = await scope.aws.ecs.createService({
      ...request(properties),
      serviceName: properties.ServiceName ?? physicalName(scope, 255),
      ...(properties.DesiredCount === undefined && !daemon ? { desiredCount: 1 } : {}),
    });
    const result = made(present(answer.service, "service"));
    scope.initiated(result.physicalId, result.attributes);
    const cluster = properties.Cluster ?? "default";
    await waitForDeployment({ service: result.physicalId, cluster, creating: true }, scope);
    return result;
  },
  update: async (properties, existing, scope) => {
    refuseLongBake(properties);
    const cluster = properties.Cluster ?? "default";
    const service = existing.physicalId;
    const before = await newestDeployment(service, cluster, scope);
    const nonce = properties.ForceNewDeployment?.ForceNewDeploymentNonce;
    const force =
      properties.ForceNewDeployment?.EnableForceNewDeployment === true &&
      nonce !== existing.properties.ForceNewDeployment?.ForceNewDeploymentNonce;
    const result = made(await update(service, properties, { scope, force }));
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    if (set.length > 0)
      await scope.aws.ecs.tagResource({
        resourceArn: service,
        tags: set.map(({ Key, Value }) => ({ key: Key, value: Value })),
      });
    if (remove.length > 0) await scope.aws.ecs.untagResource({ resourceArn: service, tagKeys: remove });
    await waitForDeployment({ service, cluster, creating: false, known: before }, scope);
    return result;
  },
  delete: async ({ physicalId, properties }, scope) => {
    const cluster = properties.Cluster ?? "default";
    await unlessGone(GONE, async () => {
      await scope.aws.ecs.deleteService({ service: physicalId, cluster, force: true });
      await drained(physicalId, cluster, scope);
    });
  },
});

/** A deleted service is DRAINING until its tasks have stopped; target groups and roles must outlive that. */
async function drained(service: string, cluster: string, { aws, clock, signal }: Scope): Promise<void> {
  for (;;) {
    const { services = [] } = await aws.ecs.describeServices({ services: [service], cluster });
    const one = services[0];
    if (!one || one.status === "INACTIVE" || ((one.runningCount ?? 0) === 0 && (one.pendingCount ?? 0) === 0)) return;
    await clock.sleep(POLL_SECONDS, signal);
  }
}

const POLL_SECONDS = 5;

export const ecsServiceHandlers = { [TYPE]: service };
