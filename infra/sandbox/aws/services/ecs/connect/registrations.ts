import type { ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { ConnectPoint } from "./configuration.ts";
import type { Membership } from "./memberships.ts";
import { type Served, upstreamsOf } from "./tables.ts";

/** Keeps Cloud Map's instances equal to the healthy tasks: one instance per task and discovery name. */
export class Registrations {
  readonly #records: Records;
  /** What was registered last, by Cloud Map service id; nothing is known after a restart. */
  readonly #known = new Map<string, Set<string>>();

  constructor(records: Records) {
    this.#records = records;
  }

  async update(service: ServiceRecord, membership: Membership, points: readonly ConnectPoint[]): Promise<void> {
    for (const { discoveryName, id } of membership.resources) {
      const point = points.find((one) => one.discoveryName === discoveryName);
      const served = point ? [...upstreamsOf(this.#records, service, point).values()].flat() : [];
      await this.#sync(service, id, new Map(served.map((one) => [one.taskId, one])));
    }
  }

  /** Takes the service out of Cloud Map, as ECS does when a service is deleted. */
  async remove(service: ServiceRecord, membership: Membership): Promise<void> {
    const { servicediscovery } = this.#records.context.aws;
    for (const { id } of membership.resources) {
      await this.#sync(service, id, new Map());
      await servicediscovery.deleteService({ Id: id });
      this.#known.delete(id);
    }
  }

  async #sync(service: ServiceRecord, ServiceId: string, wanted: ReadonlyMap<string, Served>): Promise<void> {
    const { servicediscovery } = this.#records.context.aws;
    const known = this.#known.get(ServiceId) ?? (await this.#read(ServiceId));
    this.#known.set(ServiceId, known);
    for (const InstanceId of [...known].filter((id) => !wanted.has(id))) {
      await servicediscovery.deregisterInstance({ ServiceId, InstanceId });
      known.delete(InstanceId);
    }
    for (const [InstanceId, served] of wanted) {
      if (known.has(InstanceId)) continue;
      const Attributes = this.#attributes(service, served);
      await servicediscovery.registerInstance({ ServiceId, InstanceId, Attributes });
      known.add(InstanceId);
    }
  }

  async #read(ServiceId: string): Promise<Set<string>> {
    const found = new Set<string>();
    let NextToken: string | undefined;
    do {
      const answer = await this.#records.context.aws.servicediscovery.listInstances({ ServiceId, NextToken });
      for (const { Id } of answer.Instances ?? []) if (Id) found.add(Id);
      NextToken = answer.NextToken;
    } while (NextToken);
    return found;
  }

  #attributes({ name, clusterName }: ServiceRecord, { ip, port }: Served): Record<string, string> {
    return {
      AWS_INSTANCE_IPV4: ip,
      AWS_INSTANCE_PORT: String(port),
      ECS_CLUSTER_NAME: clusterName,
      ECS_SERVICE_NAME: name,
      REGION: this.#records.context.region,
    };
  }
}
