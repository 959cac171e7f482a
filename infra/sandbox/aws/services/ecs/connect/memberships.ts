import type { ServiceConnectConfiguration, TaskDefinition } from "@aws-sdk/client-ecs";
import { AwsError, type Collection } from "../../../kernel.ts";
import type { ClusterRecord, ServiceSettings } from "../model.ts";
import type { Records } from "../records.ts";
import { type ConnectPoint, connectProblems, pointsOf } from "./configuration.ts";
import { ensureDiscovery, type Namespace, requireNamespace } from "./namespaces.ts";

/** That a service is part of a namespace, and the Cloud Map services that stand for its ports. */
export interface Membership {
  readonly serviceArn: string;
  readonly namespace: Namespace;
  /** Empty for a service that only asks others. */
  readonly resources: { readonly discoveryName: string; readonly id: string; readonly arn: string }[];
}

/** Which services use Service Connect. Survives a restart with the rest of ECS's state. */
export class Memberships {
  readonly #records: Records;
  /** By service ARN. */
  readonly #all: Collection<Membership>;

  constructor(records: Records) {
    this.#records = records;
    this.#all = records.context.state.collection("service-connect");
  }

  of(serviceArn: string): Membership | undefined {
    return this.#all.get(serviceArn);
  }

  inNamespace(namespaceArn: string): Membership[] {
    return [...this.#all.values()].filter(({ namespace }) => namespace.arn === namespaceArn);
  }

  /** What a service offers as it is configured now. */
  pointsOf(serviceArn: string): ConnectPoint[] {
    const membership = this.#all.get(serviceArn);
    const service = this.#records.services.get(serviceArn);
    if (!membership || !service) return [];
    const definition = this.#records.definition(service.settings.taskDefinition);
    return pointsOf(service.settings.serviceConnectConfiguration, definition, membership.namespace.name);
  }

  forget(serviceArn: string): void {
    this.#all.delete(serviceArn);
  }

  keep(membership: Membership | undefined): void {
    if (membership) this.#all.set(membership.serviceArn, membership);
  }

  /**
   * A configuration as ECS keeps it, with the ARN of its namespace or of the cluster's default.
   * @throws AwsError NamespaceNotFoundException, InvalidParameterException
   */
  async resolve<T extends { serviceConnectConfiguration?: ServiceConnectConfiguration }>(
    input: T,
    cluster: ClusterRecord,
  ): Promise<T> {
    const given = input.serviceConnectConfiguration;
    if (!given?.enabled) return input;
    const reference = given.namespace || cluster.settings.serviceConnectDefaults?.namespace;
    if (!reference)
      throw new AwsError(
        "InvalidParameterException",
        "Service Connect needs a namespace: give one in serviceConnectConfiguration or in the cluster's serviceConnectDefaults.",
      );
    const { arn } = await requireNamespace(this.#records.context.aws, reference);
    return { ...input, serviceConnectConfiguration: { ...given, namespace: arn } };
  }

  /**
   * Checks what a service will be and makes its Cloud Map services. Nothing is kept yet.
   * @param settings with a configuration that `resolve` returned
   * @throws AwsError NamespaceNotFoundException, InvalidParameterException
   */
  async prepare(serviceArn: string, settings: ServiceSettings): Promise<Membership | undefined> {
    const configuration = settings.serviceConnectConfiguration;
    if (!configuration?.enabled) return undefined;
    const { aws } = this.#records.context;
    const namespace = await requireNamespace(aws, configuration.namespace ?? "");
    const definition = this.#records.definition(settings.taskDefinition);
    this.#check(serviceArn, { configuration, definition, namespace });
    const resources: Membership["resources"] = [];
    for (const { discoveryName } of pointsOf(configuration, definition, namespace.name))
      resources.push({ discoveryName, ...(await ensureDiscovery(aws, namespace, discoveryName)) });
    return { serviceArn, namespace, resources };
  }

  #check(
    serviceArn: string,
    given: { configuration: ServiceConnectConfiguration; definition: TaskDefinition; namespace: Namespace },
  ): void {
    const { configuration, definition, namespace } = given;
    const problems = connectProblems(configuration, definition);
    const points = pointsOf(configuration, definition, namespace.name);
    for (const other of this.inNamespace(namespace.arn))
      if (other.serviceArn !== serviceArn) problems.push(...this.#clashes(points, other));
    if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
  }

  /** Names and aliases are unique within a namespace. */
  #clashes(points: readonly ConnectPoint[], other: Membership): string[] {
    const service = this.#records.services.get(other.serviceArn);
    if (!service || service.status === "INACTIVE") return [];
    const taken = this.pointsOf(other.serviceArn);
    return points.flatMap(({ discoveryName, alias }) => {
      const name = taken.some((one) => one.discoveryName === discoveryName);
      const place = taken.some((one) => alias && one.alias?.host === alias.host && one.alias.port === alias.port);
      return [
        ...(name
          ? [`Service Connect discoveryName '${discoveryName}' is already used by service ${service.name}.`]
          : []),
        ...(place ? [`Client alias ${alias?.host}:${alias?.port} is already used by service ${service.name}.`] : []),
      ];
    });
  }
}
