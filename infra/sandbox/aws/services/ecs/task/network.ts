import { createHash } from "node:crypto";
import type { Attachment, NetworkConfiguration } from "@aws-sdk/client-ecs";
import type { Owner } from "../../../../network/addresses.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";

/** Third octet of the sandbox's addresses of a subnet: the same for every task of that subnet. */
const octetOf = (subnetId: string): number => createHash("sha256").update(subnetId).digest().readUInt8(0);

export interface Interface {
  readonly ip: string;
  readonly attachment: Attachment;
}

/** What the load balancer may know of a task behind an address: what a fault can be narrowed down to. */
export const ownerOf = ({ serviceArn, revisionArn, definitionArn }: TaskRecord): Owner => ({
  agent: serviceArn?.split("/").at(-1),
  revision: revisionArn,
  taskDefinition: definitionArn,
});

/** Attaches a network interface as awsvpc mode does: a private address in one of the task's subnets. */
export function attachInterface(
  context: ServiceContext,
  configuration: NetworkConfiguration | undefined,
  { attachmentId, owner }: { readonly attachmentId: string; readonly owner: Owner },
): Interface {
  const subnets = configuration?.awsvpcConfiguration?.subnets ?? [];
  const subnetId = subnets[Number.parseInt(context.id(4), 16) % Math.max(1, subnets.length)] ?? "subnet-sandbox";
  const ip = context.network.allocate(octetOf(subnetId), owner);
  const details = [
    { name: "subnetId", value: subnetId },
    { name: "networkInterfaceId", value: `eni-${context.id(17)}` },
    { name: "macAddress", value: `0e:${context.id(10).match(/../g)?.join(":")}` },
    { name: "privateDnsName", value: `ip-${ip.replaceAll(".", "-")}.ec2.internal` },
    { name: "privateIPv4Address", value: ip },
  ];
  return { ip, attachment: { id: attachmentId, type: "ElasticNetworkInterface", status: "ATTACHED", details } };
}
