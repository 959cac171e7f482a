import { createHash } from "node:crypto";
import type { Attachment, NetworkConfiguration } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";

/** Third octet of the sandbox's addresses of a subnet: the same for every task of that subnet. */
const octetOf = (subnetId: string): number => createHash("sha256").update(subnetId).digest().readUInt8(0);

export interface Interface {
  readonly ip: string;
  readonly attachment: Attachment;
}

/** Attaches a network interface as awsvpc mode does: a private address in one of the task's subnets. */
export function attachInterface(
  context: ServiceContext,
  configuration: NetworkConfiguration | undefined,
  attachmentId: string,
): Interface {
  const subnets = configuration?.awsvpcConfiguration?.subnets ?? [];
  const subnetId = subnets[Number.parseInt(context.id(4), 16) % Math.max(1, subnets.length)] ?? "subnet-sandbox";
  const ip = context.network.allocate(octetOf(subnetId));
  const details = [
    { name: "subnetId", value: subnetId },
    { name: "networkInterfaceId", value: `eni-${context.id(17)}` },
    { name: "macAddress", value: `0e:${context.id(10).match(/../g)?.join(":")}` },
    { name: "privateDnsName", value: `ip-${ip.replaceAll(".", "-")}.ec2.internal` },
    { name: "privateIPv4Address", value: ip },
  ];
  return { ip, attachment: { id: attachmentId, type: "ElasticNetworkInterface", status: "ATTACHED", details } };
}
