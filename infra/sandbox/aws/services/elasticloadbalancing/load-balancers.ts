import type {
  AvailabilityZone,
  CreateLoadBalancerInput,
  ElasticLoadBalancingV2,
  IpAddressType,
  LoadBalancer,
  SubnetMapping,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Operations } from "../../kernel.ts";
import { defaultsOf, LOAD_BALANCER_ATTRIBUTES, shownAttributes, withAttributes } from "./attributes.ts";
import { arnOf, type Core, checkName, paged } from "./core.ts";
import { notFound, notImplemented, validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { type LoadBalancerRecord, listenersOf, loadBalancerOf, rulesOf } from "./records.ts";
import { setTags } from "./tags.ts";

/**
 * The name that clients connect to. An address is resolved the same way on every laptop, which `*.localhost` is not;
 * listeners of several load balancers are told apart by their ports.
 */
const DNS_NAME = "127.0.0.1";

/** The sandbox has no Route 53 in which an alias record could name this zone. */
const HOSTED_ZONE = "Z0000000SANDBOX";

export const loadBalancerOperations = (core: Core): Operations<ElasticLoadBalancingV2> => ({
  CreateLoadBalancer: async (input) => ({ LoadBalancers: [shown(await createLoadBalancer(core, input))] }),

  DescribeLoadBalancers: (input) => {
    const chosen = selectLoadBalancers(core, input.LoadBalancerArns, input.Names);
    const { items, NextMarker } = paged(chosen, input);
    return { LoadBalancers: items.map(shown), NextMarker };
  },

  DeleteLoadBalancer: async ({ LoadBalancerArn = "" }) => {
    await deleteLoadBalancer(core, LoadBalancerArn);
    return {};
  },

  DescribeLoadBalancerAttributes: ({ LoadBalancerArn }) => ({
    Attributes: shownAttributes(loadBalancerOf(core.records, LoadBalancerArn).attributes),
  }),

  ModifyLoadBalancerAttributes: ({ LoadBalancerArn, Attributes = [] }) => {
    const record = loadBalancerOf(core.records, LoadBalancerArn);
    record.attributes = withAttributes(record.attributes, Attributes, LOAD_BALANCER_ATTRIBUTES);
    core.plane.applyLoadBalancer(record.arn);
    return { Attributes: shownAttributes(record.attributes) };
  },

  SetSecurityGroups: ({ LoadBalancerArn, SecurityGroups = [] }) => {
    const record = loadBalancerOf(core.records, LoadBalancerArn);
    if (SecurityGroups.length === 0) throw validationError("At least one security group must be specified");
    record.securityGroups = [...SecurityGroups];
    return { SecurityGroupIds: record.securityGroups };
  },

  SetSubnets: async (input) => {
    const record = loadBalancerOf(core.records, input.LoadBalancerArn);
    record.zones = (await placement(core, subnetIds(input))).zones;
    if (input.IpAddressType) record.ipAddressType = input.IpAddressType;
    return { AvailabilityZones: record.zones, IpAddressType: record.ipAddressType };
  },

  SetIpAddressType: ({ LoadBalancerArn, IpAddressType }) => {
    const record = loadBalancerOf(core.records, LoadBalancerArn);
    record.ipAddressType = IpAddressType as IpAddressType;
    return { IpAddressType: record.ipAddressType };
  },
});

async function createLoadBalancer(core: Core, input: CreateLoadBalancerInput): Promise<LoadBalancerRecord> {
  const { context, records } = core;
  const { Name: name = "", Type = "application", Scheme = "internet-facing", IpAddressType = "ipv4" } = input;
  if (Type !== "application") throw notImplemented(`A load balancer of type '${Type}' forwards TCP or packets.`);
  checkName("Load balancer", name);
  if (name.startsWith("internal-")) throw validationError("Load balancer name cannot begin with 'internal-'");
  const { vpcId, zones } = await placement(core, subnetIds(input));
  const same = [...records.loadBalancers.values()].find((existing) => existing.name === name);
  if (same) return asBefore(same, { scheme: Scheme, zones });
  if (records.loadBalancers.size >= LIMITS["application-load-balancers"]) {
    throw new AwsError("TooManyLoadBalancers", "The quota of load balancers for your AWS account has been reached");
  }
  const record: LoadBalancerRecord = {
    arn: arnOf(context, `loadbalancer/app/${name}/${context.id(16)}`),
    name,
    scheme: Scheme,
    vpcId,
    createdAt: context.clock.now(),
    zones,
    securityGroups: [...(input.SecurityGroups ?? [])],
    ipAddressType: IpAddressType,
    attributes: defaultsOf(LOAD_BALANCER_ATTRIBUTES),
  };
  setTags(records, record.arn, input.Tags ?? []);
  records.loadBalancers.set(record.arn, record);
  return record;
}

/** Creating what exists with the same settings changes nothing. */
function asBefore(same: LoadBalancerRecord, wanted: Pick<LoadBalancerRecord, "scheme" | "zones">): LoadBalancerRecord {
  const subnets = (zones: readonly AvailabilityZone[]) =>
    zones
      .map(({ SubnetId }) => SubnetId)
      .sort()
      .join();
  if (same.scheme === wanted.scheme && subnets(same.zones) === subnets(wanted.zones)) return same;
  throw new AwsError(
    "DuplicateLoadBalancerName",
    `A load balancer with the same name '${same.name}' exists, but with different settings`,
  );
}

function subnetIds(input: { Subnets?: string[]; SubnetMappings?: SubnetMapping[] }): string[] {
  if (input.Subnets?.length && input.SubnetMappings?.length) {
    throw validationError("You must specify either subnets or subnet mappings, but not both");
  }
  return input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId }) => SubnetId ?? "");
}

/** An application load balancer needs subnets of at least two Availability Zones, one of each. */
async function placement(
  { context }: Core,
  ids: readonly string[],
): Promise<{ vpcId: string | undefined; zones: AvailabilityZone[] }> {
  const subnets = ids.length > 0 ? await describeSubnets(context.aws.ec2, ids) : [];
  const names = new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone));
  if (names.size < 2) {
    throw validationError("At least two subnets in two different Availability Zones must be specified");
  }
  if (names.size < subnets.length) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  if (new Set(subnets.map(({ VpcId }) => VpcId)).size > 1) {
    throw new AwsError("InvalidConfigurationRequest", "All subnets must be in the same VPC");
  }
  const zones = subnets.map(({ SubnetId, AvailabilityZone }) => ({
    SubnetId,
    ZoneName: AvailabilityZone,
    LoadBalancerAddresses: [],
  }));
  return { vpcId: subnets[0]?.VpcId, zones };
}

async function describeSubnets(ec2: Core["context"]["aws"]["ec2"], ids: readonly string[]) {
  try {
    return (await ec2.describeSubnets({ SubnetIds: [...new Set(ids)] })).Subnets ?? [];
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "InvalidSubnetID.NotFound") throw error;
    throw new AwsError("SubnetNotFound", error.message);
  }
}

function selectLoadBalancers(
  { records }: Core,
  arns: readonly string[] | undefined,
  names: readonly string[] | undefined,
): LoadBalancerRecord[] {
  if (arns?.length) return arns.map((arn) => loadBalancerOf(records, arn));
  const all = [...records.loadBalancers.values()];
  if (!names?.length) return all;
  return names.map((name) => {
    const found = all.find((record) => record.name === name);
    if (!found) throw notFound.loadBalancer(name);
    return found;
  });
}

/** With its listeners and rules; deleting what does not exist succeeds, as in AWS. */
async function deleteLoadBalancer({ records, plane }: Core, arn: string): Promise<void> {
  const record = records.loadBalancers.get(arn);
  if (!record) return;
  if (record.attributes["deletion_protection.enabled"] === "true") {
    throw new AwsError(
      "OperationNotPermitted",
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  const listeners = listenersOf(records, arn);
  for (const listener of listeners) {
    for (const rule of rulesOf(records, listener.arn)) {
      records.rules.delete(rule.arn);
      records.tags.delete(rule.arn);
    }
    records.listeners.delete(listener.arn);
    records.tags.delete(listener.arn);
  }
  records.loadBalancers.delete(arn);
  records.tags.delete(arn);
  plane.applyUse();
  await Promise.all(listeners.map((listener) => plane.close(listener.arn)));
}

const shown = (record: LoadBalancerRecord): LoadBalancer => ({
  LoadBalancerArn: record.arn,
  DNSName: DNS_NAME,
  CanonicalHostedZoneId: HOSTED_ZONE,
  CreatedTime: record.createdAt,
  LoadBalancerName: record.name,
  Scheme: record.scheme,
  VpcId: record.vpcId,
  State: { Code: "active" },
  Type: "application",
  AvailabilityZones: record.zones,
  SecurityGroups: record.securityGroups,
  IpAddressType: record.ipAddressType,
});
