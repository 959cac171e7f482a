import type { EC2, Tag } from "@aws-sdk/client-ec2";
import { AwsError, type Operations, type RequestContext, type ServiceModule } from "../../kernel.ts";
import { addresses, endpoints, internetGateways, natGateways } from "./gateways.ts";
import { all, type Kind, type Network, newNetwork, tagged } from "./network.ts";
import { routing } from "./routing.ts";
import { securityGroups } from "./security-groups.ts";
import { interfaces, subnets, zoneId, zonesOf } from "./subnets.ts";
import { vpcs } from "./vpcs.ts";

const kindsOf = (network: Network): Kind<object>[] =>
  Object.values(network).filter((value): value is Kind<object> => typeof value === "object" && "items" in value);

/** The tags of whatever resource has this id. */
function tagsOf(network: Network, id: string): { Tags?: Tag[] | undefined } {
  for (const kind of kindsOf(network)) {
    const item = id.startsWith(`${kind.prefix}-`) ? kind.items.get(id) : undefined;
    if (item) return tagged(item);
  }
  throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
}

function tags(network: Network): Operations<EC2> {
  return {
    CreateTags: ({ Resources = [], Tags = [] }) => {
      const targets = Resources.map((id) => tagsOf(network, id));
      const keys = Tags.map(({ Key }) => Key);
      for (const target of targets)
        target.Tags = [...(target.Tags ?? []).filter(({ Key }) => !keys.includes(Key)), ...Tags];
      return {};
    },
    DeleteTags: ({ Resources = [], Tags }) => {
      const removed = (tag: Tag) =>
        !Tags || Tags.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value));
      for (const target of Resources.map((id) => tagsOf(network, id)))
        target.Tags = (target.Tags ?? []).filter((tag) => !removed(tag));
      return {};
    },
    DescribeTags: ({ Filters = [] }) => {
      const tagList = kindsOf(network).flatMap((kind) =>
        all(kind).flatMap((item) =>
          (tagged(item).Tags ?? []).map((tag) => ({
            ...tag,
            ResourceId: kind.idOf(item),
            ResourceType: kind.tagType as never,
          })),
        ),
      );
      const compared = (tag: (typeof tagList)[number], name: string | undefined) =>
        ({
          "resource-id": tag.ResourceId,
          "resource-type": tag.ResourceType as string,
          key: tag.Key,
          value: tag.Value,
        })[name ?? ""];
      return {
        Tags: tagList.filter((tag) =>
          Filters.every(({ Name, Values = [] }) => Values.includes(compared(tag, Name) ?? "")),
        ),
      };
    },
  };
}

function places({ region }: Network): Operations<EC2> {
  return {
    DescribeAvailabilityZones: ({ ZoneNames }) => ({
      AvailabilityZones: zonesOf(region)
        .filter((zone) => !ZoneNames?.length || ZoneNames.includes(zone))
        .map((zone) => ({
          ZoneName: zone,
          ZoneId: zoneId(zone),
          RegionName: region,
          State: "available",
          OptInStatus: "opt-in-not-required",
          GroupName: region,
          NetworkBorderGroup: region,
          ZoneType: "availability-zone",
          Messages: [],
        })),
    }),
    DescribeRegions: () => ({
      Regions: [{ RegionName: region, Endpoint: `ec2.${region}.amazonaws.com`, OptInStatus: "opt-in-not-required" }],
    }),
  };
}

type Handler = (input: { DryRun?: boolean }, request: RequestContext) => unknown;

/** `DryRun` asks whether a call would be allowed; nothing may change. */
const respectingDryRun =
  (handler: Handler): Handler =>
  (input, request) => {
    if (input.DryRun)
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", { status: 412 });
    return handler(input, request);
  };

/** Networks: recorded, validated, with AWS's refusals; no packet is routed by them. */
export const ec2: ServiceModule = {
  id: "ec2",
  sdk: () => import("@aws-sdk/client-ec2"),
  create: (context) => {
    const network = newNetwork(context);
    const operations: Operations<EC2> = {
      ...vpcs(network),
      ...subnets(network),
      ...interfaces(network),
      ...routing(network),
      ...internetGateways(network),
      ...addresses(network),
      ...natGateways(network),
      ...endpoints(network),
      ...securityGroups(network),
      ...tags(network),
      ...places(network),
    };
    const wrapped = Object.entries(operations).map(([name, handler]) => [name, respectingDryRun(handler as Handler)]);
    return { operations: Object.fromEntries(wrapped) as object };
  },
};
