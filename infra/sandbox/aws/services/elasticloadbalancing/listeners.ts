import type {
  CreateListenerInput,
  ElasticLoadBalancingV2,
  Listener,
  ModifyListenerInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Operations } from "../../kernel.ts";
import { checkedActions } from "./actions.ts";
import { defaultsOf, LISTENER_ATTRIBUTES, shownAttributes, withAttributes } from "./attributes.ts";
import { arnOf, type Core, paged } from "./core.ts";
import { validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import {
  defaultRuleOf,
  type ListenerRecord,
  listenerOf,
  listenersOf,
  loadBalancerOf,
  type Records,
  rulesOf,
} from "./records.ts";
import { setTags } from "./tags.ts";

export const listenerOperations = (core: Core): Operations<ElasticLoadBalancingV2> => ({
  CreateListener: async (input) => ({ Listeners: [shown(core.records, await createListener(core, input))] }),

  ModifyListener: async (input) => ({ Listeners: [shown(core.records, await modifyListener(core, input))] }),

  DescribeListeners: (input) => {
    const { items, NextMarker } = paged(selectListeners(core.records, input), input);
    return { Listeners: items.map((record) => shown(core.records, record)), NextMarker };
  },

  DeleteListener: async ({ ListenerArn }) => {
    const { arn } = listenerOf(core.records, ListenerArn);
    for (const rule of rulesOf(core.records, arn)) {
      core.records.rules.delete(rule.arn);
      core.records.tags.delete(rule.arn);
    }
    core.records.listeners.delete(arn);
    core.records.tags.delete(arn);
    core.plane.applyUse();
    await core.plane.close(arn);
    return {};
  },

  DescribeListenerAttributes: ({ ListenerArn }) => ({
    Attributes: shownAttributes(listenerOf(core.records, ListenerArn).attributes),
  }),

  ModifyListenerAttributes: ({ ListenerArn, Attributes = [] }) => {
    const record = listenerOf(core.records, ListenerArn);
    record.attributes = withAttributes(record.attributes, Attributes, LISTENER_ATTRIBUTES);
    core.plane.applyListener(record);
    return { Attributes: shownAttributes(record.attributes) };
  },
});

async function createListener({ context, records, plane }: Core, input: CreateListenerInput): Promise<ListenerRecord> {
  const { Port: declaredPort = 0, DefaultActions = [] } = input;
  const loadBalancer = loadBalancerOf(records, input.LoadBalancerArn);
  checkProtocol(input);
  checkPort(records, loadBalancer.arn, declaredPort);
  const actions = checkedActions(records, loadBalancer.arn, DefaultActions);
  const end = `app/${loadBalancer.name}/${loadBalancer.arn.split("/").at(-1)}/${context.id(16)}`;
  const record: ListenerRecord = {
    arn: arnOf(context, `listener/${end}`),
    loadBalancerArn: loadBalancer.arn,
    declaredPort,
    port: 0,
    attributes: defaultsOf(LISTENER_ATTRIBUTES),
  };
  const rule = { arn: arnOf(context, `listener-rule/${end}/${context.id(16)}`), listenerArn: record.arn };
  plane.compile({ conditions: [], actions, transforms: [] }, declaredPort);
  setTags(records, record.arn, input.Tags ?? []);
  records.listeners.set(record.arn, record);
  records.rules.set(rule.arn, { ...rule, priority: "default", conditions: [], actions, transforms: [] });
  await plane.open(record);
  return record;
}

async function modifyListener({ records, plane }: Core, input: ModifyListenerInput): Promise<ListenerRecord> {
  const record = listenerOf(records, input.ListenerArn);
  checkProtocol({ Protocol: "HTTP", ...input });
  // The port that describe calls show is the one that was bound: naming it again changes nothing.
  const moves = input.Port !== undefined && input.Port !== record.declaredPort && input.Port !== record.port;
  if (moves) checkPort(records, record.loadBalancerArn, input.Port ?? 0);
  if (input.DefaultActions) {
    const actions = checkedActions(records, record.loadBalancerArn, input.DefaultActions);
    plane.compile({ conditions: [], actions, transforms: [] }, record.port);
    defaultRuleOf(records, record.arn).actions = actions;
  }
  if (moves) {
    record.declaredPort = input.Port ?? 0;
    record.port = 0;
    await plane.close(record.arn);
    await plane.open(record);
  } else plane.applyRules(record.arn);
  return record;
}

/** TLS is not served: a certificate would have to come from a store, and this sandbox has none. */
function checkProtocol({ Protocol, Certificates, MutualAuthentication }: Partial<CreateListenerInput>): void {
  if (Protocol === "HTTPS" || Certificates?.length) {
    const arn = Certificates?.[0]?.CertificateArn;
    if (!arn) throw validationError("A certificate must be specified for HTTPS listeners");
    throw new AwsError(
      "CertificateNotFound",
      `Certificate '${arn}' not found: the sandbox has no certificate store, and its listeners speak HTTP only`,
    );
  }
  if (MutualAuthentication && MutualAuthentication.Mode !== "off") {
    throw validationError("Mutual authentication needs an HTTPS listener");
  }
  if (Protocol !== "HTTP") {
    throw new AwsError("UnsupportedProtocol", `Listener protocol '${Protocol}' must be one of 'HTTP, HTTPS'`);
  }
}

function checkPort(records: Records, loadBalancerArn: string, port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw validationError(`Port '${port}' is not valid; it must be between 1 and 65535`);
  }
  const siblings = listenersOf(records, loadBalancerArn);
  if (siblings.some(({ declaredPort }) => declaredPort === port)) {
    throw new AwsError("DuplicateListener", "A listener already exists on this port for this load balancer");
  }
  if (siblings.length >= LIMITS["listeners-per-application-load-balancer"]) {
    throw new AwsError("TooManyListeners", "The quota of listeners for this load balancer has been reached");
  }
}

interface Selection {
  readonly LoadBalancerArn?: string | undefined;
  readonly ListenerArns?: string[] | undefined;
}

function selectListeners(records: Records, { LoadBalancerArn, ListenerArns }: Selection): ListenerRecord[] {
  if (ListenerArns?.length) return ListenerArns.map((arn) => listenerOf(records, arn));
  if (!LoadBalancerArn) throw validationError("You must specify either listener ARNs or a load balancer ARN");
  return listenersOf(records, loadBalancerOf(records, LoadBalancerArn).arn);
}

const shown = (records: Records, record: ListenerRecord): Listener => ({
  ListenerArn: record.arn,
  LoadBalancerArn: record.loadBalancerArn,
  Port: record.port,
  Protocol: "HTTP",
  DefaultActions: defaultRuleOf(records, record.arn).actions,
});
