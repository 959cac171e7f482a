import { createHash } from "node:crypto";
import type { Attachment } from "@aws-sdk/client-ecs";
import type { Owner } from "../../../../network/addresses.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";

const NO_SUBNET = "subnet-sandbox";

/** Third octet of the sandbox's addresses of a subnet: the same for every task of that subnet. */
const octetOf = (subnetId: string): number => createHash("sha256").update(subnetId).digest().readUInt8(0);

/** What the load balancer may know of a task behind an address: what a fault can be narrowed down to. */
export const ownerOf = ({ serviceArn, revisionArn, definitionArn }: TaskRecord): Owner => ({
  agent: serviceArn?.split("/").at(-1),
  revision: revisionArn,
  taskDefinition: definitionArn,
});

const subnetOf = ({ task }: TaskRecord): string | undefined =>
  task.attachments?.[0]?.details?.find(({ name }) => name === "subnetId")?.value;

/**
 * The subnet with the fewest of these tasks, so that a group spreads over the Availability Zones; of equals the first.
 * @param others tasks of the same group that are not stopped.
 */
export function leastUsedSubnet(subnets: readonly string[], others: readonly TaskRecord[]): string {
  const used = others.map(subnetOf);
  const count = (subnet: string) => used.filter((one) => one === subnet).length;
  return subnets.toSorted((a, b) => count(a) - count(b))[0] ?? NO_SUBNET;
}

/** A network interface that a task will have, as a task in PROVISIONING shows it. */
export const plannedInterface = (id: string, subnetId: string): Attachment => ({
  id,
  type: "ElasticNetworkInterface",
  status: "PRECREATED",
  details: [{ name: "subnetId", value: subnetId }],
});

/** Gives tasks their network interfaces, as awsvpc mode does: a private address in one of the task's subnets. */
export class InterfaceMaker {
  readonly #context: ServiceContext;
  readonly #zones = new Map<string, string>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  async attach(record: TaskRecord): Promise<void> {
    const { task } = record;
    const [planned] = task.attachments ?? [];
    const subnetId = subnetOf(record) ?? NO_SUBNET;
    const ip = this.#context.network.allocate(octetOf(subnetId), ownerOf(record));
    record.ip = ip;
    const details = [
      { name: "subnetId", value: subnetId },
      { name: "networkInterfaceId", value: `eni-${this.#context.id(17)}` },
      { name: "macAddress", value: `0e:${this.#context.id(10).match(/../g)?.join(":")}` },
      { name: "privateDnsName", value: `ip-${ip.replaceAll(".", "-")}.ec2.internal` },
      { name: "privateIPv4Address", value: ip },
    ];
    task.attachments = [{ ...planned, status: "ATTACHED", details }];
    const link = { attachmentId: planned?.id, privateIpv4Address: ip };
    for (const container of task.containers ?? []) container.networkInterfaces = [link];
    task.availabilityZone = await this.#zone(subnetId);
  }

  /** Zone of a subnet; the region's first for one that EC2 does not know, as tests use. */
  async #zone(subnetId: string): Promise<string> {
    const known = this.#zones.get(subnetId);
    if (known) return known;
    const answer = await this.#context.aws.ec2.describeSubnets({ SubnetIds: [subnetId] }).catch(() => undefined);
    const zone = answer?.Subnets?.[0]?.AvailabilityZone ?? `${this.#context.region}a`;
    this.#zones.set(subnetId, zone);
    return zone;
  }
}
