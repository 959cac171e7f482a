import type {
  CreateTargetGroupInput,
  ElasticLoadBalancingV2,
  ModifyTargetGroupInput,
  TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { forwardedGroups } from "../../../network/balancer/rules.ts";
import { AwsError, type Operations } from "../../kernel.ts";
import { checkTogether, defaultsOf, shownAttributes, TARGET_GROUP_ATTRIBUTES, withAttributes } from "./attributes.ts";
import { arnOf, type Core, checkName, paged } from "./core.ts";
import { notFound, notImplemented, validationError } from "./errors.ts";
import { checkHealthCheck, HEALTH_CHECK_DEFAULTS, type HealthCheckFields, healthCheckFields } from "./health-check.ts";
import { LIMITS } from "./limits.ts";
import {
  listenerOf,
  listenersOf,
  loadBalancerOf,
  type Records,
  type TargetGroupRecord,
  targetGroupOf,
} from "./records.ts";
import { setTags } from "./tags.ts";

export const targetGroupOperations = (core: Core): Operations<ElasticLoadBalancingV2> => ({
  CreateTargetGroup: (input) => ({ TargetGroups: [shownGroup(core.records, createTargetGroup(core, input))] }),

  ModifyTargetGroup: (input) => ({ TargetGroups: [shownGroup(core.records, modifyTargetGroup(core, input))] }),

  DescribeTargetGroups: (input) => {
    const { items, NextMarker } = paged(selectGroups(core.records, input), input);
    return { TargetGroups: items.map((record) => shownGroup(core.records, record)), NextMarker };
  },

  DeleteTargetGroup: ({ TargetGroupArn = "" }) => {
    if (loadBalancersUsing(core.records, TargetGroupArn).length > 0) {
      throw new AwsError(
        "ResourceInUse",
        `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
      );
    }
    core.records.targetGroups.delete(TargetGroupArn);
    core.records.tags.delete(TargetGroupArn);
    core.plane.removeGroup(TargetGroupArn);
    return {};
  },

  DescribeTargetGroupAttributes: ({ TargetGroupArn }) => ({
    Attributes: shownAttributes(targetGroupOf(core.records, TargetGroupArn).attributes),
  }),

  ModifyTargetGroupAttributes: ({ TargetGroupArn, Attributes = [] }) => {
    const record = targetGroupOf(core.records, TargetGroupArn);
    const attributes = withAttributes(record.attributes, Attributes, TARGET_GROUP_ATTRIBUTES);
    checkTogether(attributes);
    record.attributes = attributes;
    core.plane.applySettings(record);
    return { Attributes: shownAttributes(record.attributes) };
  },
});

/** The load balancers whose rules name the group, with whatever weight; in AWS that is one at most. */
export function loadBalancersUsing(records: Records, arn: string): string[] {
  const users = [...records.rules.values()]
    .filter(({ actions }) => forwardedGroups(actions).some((group) => group.arn === arn))
    .map(({ listenerArn }) => listenerOf(records, listenerArn).loadBalancerArn);
  return [...new Set(users)];
}

/** Groups that a load balancer's rules name; one walk over the rules, however many groups there are. */
export function groupsUsedBy(records: Records, loadBalancerArn: string): Set<string> {
  const listeners = new Set(listenersOf(records, loadBalancerArn).map(({ arn }) => arn));
  const own = [...records.rules.values()].filter(({ listenerArn }) => listeners.has(listenerArn));
  return new Set(own.flatMap(({ actions }) => forwardedGroups(actions)).map(({ arn }) => arn));
}

function createTargetGroup({ context, records, plane }: Core, input: CreateTargetGroupInput): TargetGroupRecord {
  const { Name: name = "" } = input;
  checkName("Target group", name);
  checkKind(input);
  const shown: TargetGroup = {
    TargetGroupName: name,
    Protocol: input.Protocol ?? "HTTP",
    ProtocolVersion: input.ProtocolVersion ?? "HTTP1",
    Port: input.Port,
    VpcId: input.VpcId,
    TargetType: "ip",
    IpAddressType: input.IpAddressType ?? "ipv4",
    ...HEALTH_CHECK_DEFAULTS,
    ...healthCheckFields(input),
  };
  checkHealthCheck(shown);
  const same = [...records.targetGroups.values()].find((record) => record.name === name);
  if (same) return asBefore(same, shown);
  if (records.targetGroups.size >= LIMITS["target-groups"]) {
    throw new AwsError("TooManyTargetGroups", "The quota of target groups for your AWS account has been reached");
  }
  const arn = arnOf(context, `targetgroup/${name}/${context.id(16)}`);
  setTags(records, arn, input.Tags ?? []);
  const record = { arn, name, shown, attributes: defaultsOf(TARGET_GROUP_ATTRIBUTES), targets: [] };
  records.targetGroups.set(arn, record);
  plane.group(record);
  return record;
}

/** What the data plane can serve: HTTP/1.1 to addresses. */
function checkKind(input: CreateTargetGroupInput): void {
  const { TargetType = "instance", Protocol = "HTTP", ProtocolVersion = "HTTP1", Port, VpcId } = input;
  if (TargetType !== "ip") throw notImplemented(`Target type '${TargetType}' (only 'ip' is served).`);
  if (Protocol !== "HTTP") throw notImplemented(`Target group protocol '${Protocol}' (only HTTP is served).`);
  if (ProtocolVersion !== "HTTP1")
    throw notImplemented(`Protocol version '${ProtocolVersion}' (only HTTP1 is served).`);
  if (input.TargetControlPort !== undefined) throw notImplemented("A target control port.");
  if (Port === undefined) throw validationError("A port must be specified");
  if (!Number.isInteger(Port) || Port < 1 || Port > 65_535) {
    throw validationError(`Port '${Port}' is not valid; it must be between 1 and 65535`);
  }
  if (!VpcId) throw validationError("A VPC ID must be specified");
}

function asBefore(same: TargetGroupRecord, wanted: TargetGroup): TargetGroupRecord {
  const text = (group: TargetGroup) => JSON.stringify(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (text(same.shown) === text(wanted)) return same;
  throw new AwsError(
    "DuplicateTargetGroupName",
    `A target group with the same name '${same.name}' exists, but with different settings`,
  );
}

function modifyTargetGroup({ records, plane }: Core, input: ModifyTargetGroupInput): TargetGroupRecord {
  const record = targetGroupOf(records, input.TargetGroupArn);
  const changed: TargetGroup & HealthCheckFields = { ...record.shown, ...healthCheckFields(input) };
  checkHealthCheck(changed);
  record.shown = changed;
  plane.applySettings(record);
  return record;
}

interface Selection {
  readonly LoadBalancerArn?: string | undefined;
  readonly TargetGroupArns?: string[] | undefined;
  readonly Names?: string[] | undefined;
}

function selectGroups(records: Records, { LoadBalancerArn, TargetGroupArns, Names }: Selection): TargetGroupRecord[] {
  const all = [...records.targetGroups.values()];
  if (LoadBalancerArn) {
    loadBalancerOf(records, LoadBalancerArn);
    const used = groupsUsedBy(records, LoadBalancerArn);
    return all.filter(({ arn }) => used.has(arn));
  }
  if (TargetGroupArns?.length) return TargetGroupArns.map((arn) => targetGroupOf(records, arn));
  if (!Names?.length) return all;
  return Names.map((name) => {
    const found = all.find((record) => record.name === name);
    if (!found) throw notFound.targetGroup();
    return found;
  });
}

const shownGroup = (records: Records, record: TargetGroupRecord): TargetGroup => ({
  TargetGroupArn: record.arn,
  ...record.shown,
  LoadBalancerArns: loadBalancersUsing(records, record.arn),
});
