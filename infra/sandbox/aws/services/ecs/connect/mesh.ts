import type { Alias } from "../../../../compute/driver.ts";
import type { Endpoint } from "../../../../network/addresses.ts";
import { HttpProxy } from "../../../../network/connect/http-proxy.ts";
import { Routing } from "../../../../network/connect/routing.ts";
import { TcpProxy } from "../../../../network/connect/tcp-proxy.ts";
import type { ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { ConnectPoint } from "./configuration.ts";
import { ConnectMeter } from "./metrics.ts";
import { Registrations } from "./registrations.ts";
import { tableOf } from "./tables.ts";

/** One client alias of a namespace. AWS runs a proxy in every client task; the sandbox runs one per alias for all. */
interface Entry {
  readonly serviceArn: string;
  readonly routing: Routing;
  point: ConnectPoint;
  proxy?: { readonly open: Promise<Endpoint>; close(): Promise<void> };
}

/** Service Connect: aliases for tasks that start, and routes that follow tasks and deployments. */
export class Mesh {
  readonly #records: Records;
  readonly #registrations: Registrations;
  readonly #meter: ConnectMeter;
  /** By namespace, host and port. */
  readonly #entries = new Map<string, Entry>();

  constructor(records: Records) {
    this.#records = records;
    this.#registrations = new Registrations(records);
    this.#meter = new ConnectMeter(records.context);
  }

  /** Publishes metrics until the signal. */
  start(signal: AbortSignal): void {
    this.#meter.run(signal);
  }

  /**
   * What a new task of the service can ask by name: every alias that its namespace has now. As in AWS, a task keeps the
   * names it started with; later aliases are for tasks that start later.
   */
  async aliases(serviceArn: string | undefined): Promise<Alias[]> {
    const membership = serviceArn ? this.#records.memberships.of(serviceArn) : undefined;
    if (!membership || !serviceArn) return [];
    const isClient = this.#records.services.get(serviceArn)?.settings.serviceConnectConfiguration?.enabled;
    if (!isClient) return [];
    const aliases: Alias[] = [];
    for (const { serviceArn: arn } of this.#records.memberships.inNamespace(membership.namespace.arn))
      for (const point of this.#records.memberships.pointsOf(arn)) {
        if (!point.alias) continue;
        const entry = this.#entry(arn, membership.namespace.arn, point);
        entry.proxy ??= this.#proxy(entry);
        aliases.push({ ...point.alias, endpoint: await entry.proxy.open });
      }
    return aliases;
  }

  /** Makes routes follow what the service's tasks and deployment are now. */
  route(service: ServiceRecord): void {
    const membership = this.#records.memberships.of(service.arn);
    if (!membership) return;
    const points = this.#records.memberships.pointsOf(service.arn);
    const current = points.flatMap((point) =>
      point.alias ? [this.#entry(service.arn, membership.namespace.arn, point)] : [],
    );
    for (const entry of this.#entries.values()) {
      if (entry.serviceArn !== service.arn) continue;
      entry.routing.table = current.includes(entry) ? tableOf(this.#records, service, entry.point) : { pools: [] };
    }
  }

  /** Makes routes and Cloud Map follow. */
  async update(service: ServiceRecord): Promise<void> {
    const membership = this.#records.memberships.of(service.arn);
    if (!membership) return;
    if (service.status === "INACTIVE") return this.#remove(service);
    this.route(service);
    await this.#registrations.update(service, membership, this.#records.memberships.pointsOf(service.arn));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.proxy?.close()));
    this.#entries.clear();
  }

  async #remove(service: ServiceRecord): Promise<void> {
    const membership = this.#records.memberships.of(service.arn);
    for (const [key, entry] of [...this.#entries]) {
      if (entry.serviceArn !== service.arn) continue;
      this.#entries.delete(key);
      await entry.proxy?.close();
    }
    this.#records.memberships.forget(service.arn);
    if (membership) await this.#registrations.remove(service, membership);
  }

  #entry(serviceArn: string, namespaceArn: string, point: ConnectPoint): Entry {
    const key = `${namespaceArn} ${point.alias?.host}:${point.alias?.port}`;
    const known = this.#entries.get(key);
    if (known?.serviceArn === serviceArn) {
      known.point = point;
      return known;
    }
    const entry: Entry = { serviceArn, routing: new Routing(), point };
    // An alias that another service had before: its proxy goes with it.
    void known?.proxy?.close();
    this.#entries.set(key, entry);
    return entry;
  }

  #proxy(entry: Entry): NonNullable<Entry["proxy"]> {
    const { network } = this.#records.context;
    const { routing } = entry;
    const proxy =
      entry.point.protocol === "tcp"
        ? new TcpProxy({ routing, network })
        : new HttpProxy({
            routing,
            network,
            requestSeconds: () => entry.point.requestSeconds,
            onAnswer: (answer) => this.#count(entry, answer),
          });
    return { open: proxy.open(), close: () => proxy.close() };
  }

  #count({ serviceArn, point }: Entry, answer: { status: number | undefined; seconds: number }): void {
    const service = this.#records.services.get(serviceArn);
    if (service) this.#meter.count({ discoveryName: point.discoveryName, service }, answer);
  }
}
