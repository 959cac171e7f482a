import type {
  CreateRuleInput,
  ElasticLoadBalancingV2,
  ModifyRuleInput,
  Rule,
  RulePriorityPair,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Operations } from "../../kernel.ts";
import { checkedActions } from "./actions.ts";
import { checkedConditions, checkedTransforms } from "./conditions.ts";
import { type Core, paged } from "./core.ts";
import { validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import {
  type ListenerRecord,
  listenerOf,
  listenersOf,
  type Records,
  type RuleRecord,
  ruleOf,
  rulesOf,
} from "./records.ts";
import { setTags } from "./tags.ts";

export const ruleOperations = (core: Core): Operations<ElasticLoadBalancingV2> => ({
  CreateRule: (input) => ({ Rules: [shown(createRule(core, input))] }),

  ModifyRule: (input) => ({ Rules: [shown(modifyRule(core, input))] }),

  DescribeRules: (input) => {
    const { items, NextMarker } = paged(selectRules(core.records, input), input);
    return { Rules: items.map(shown), NextMarker };
  },

  SetRulePriorities: ({ RulePriorities = [] }) => ({ Rules: setPriorities(core, RulePriorities).map(shown) }),

  DeleteRule: ({ RuleArn }) => {
    const rule = ruleOf(core.records, RuleArn);
    if (rule.priority === "default") {
      throw new AwsError("OperationNotPermitted", `Default rule '${rule.arn}' cannot be deleted`);
    }
    core.records.rules.delete(rule.arn);
    core.records.tags.delete(rule.arn);
    core.plane.applyRules(rule.listenerArn);
    return {};
  },
});

function createRule({ context, records, plane }: Core, input: CreateRuleInput): RuleRecord {
  const listener = listenerOf(records, input.ListenerArn);
  const { Priority: priority = 0 } = input;
  checkPriority(priority);
  if (rulesOf(records, listener.arn).some((rule) => rule.priority === priority)) {
    throw new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);
  }
  checkRoom(records, listener);
  const rule: RuleRecord = {
    arn: `${listener.arn.replace(":listener/", ":listener-rule/")}/${context.id(16)}`,
    listenerArn: listener.arn,
    priority,
    conditions: checkedConditions(input.Conditions ?? []),
    actions: checkedActions(records, listener.loadBalancerArn, input.Actions ?? []),
    transforms: checkedTransforms(input.Transforms),
  };
  plane.compile(rule, listener.port);
  setTags(records, rule.arn, input.Tags ?? []);
  records.rules.set(rule.arn, rule);
  plane.applyRules(listener.arn);
  return rule;
}

/** What the input leaves out stays; the change is checked as a whole before any of it is in force. */
function modifyRule({ records, plane }: Core, input: ModifyRuleInput): RuleRecord {
  const rule = ruleOf(records, input.RuleArn);
  const listener = listenerOf(records, rule.listenerArn);
  const { Conditions, Actions, Transforms, ResetTransforms } = input;
  if (!Conditions && !Actions && !Transforms && !ResetTransforms) {
    throw validationError("Either conditions, actions or transforms must be specified");
  }
  if (Transforms?.length && ResetTransforms) {
    throw validationError("Transforms and ResetTransforms cannot be specified together");
  }
  if (rule.priority === "default" && (Conditions?.length || Transforms?.length)) {
    throw new AwsError("OperationNotPermitted", `Default rule '${rule.arn}' cannot have conditions or transforms`);
  }
  const changed = {
    conditions: Conditions ? checkedConditions(Conditions) : rule.conditions,
    actions: Actions ? checkedActions(records, listener.loadBalancerArn, Actions) : rule.actions,
    transforms: ResetTransforms ? [] : Transforms ? checkedTransforms(Transforms) : rule.transforms,
  };
  plane.compile(changed, listener.port);
  Object.assign(rule, changed);
  plane.applyRules(listener.arn);
  return rule;
}

function setPriorities({ records, plane }: Core, pairs: readonly RulePriorityPair[]): RuleRecord[] {
  const wanted = pairs.map(({ RuleArn, Priority = 0 }) => ({ rule: ruleOf(records, RuleArn), priority: Priority }));
  const [first] = wanted;
  if (!first) throw validationError("At least one rule priority must be specified");
  for (const { rule, priority } of wanted) {
    checkPriority(priority);
    if (rule.priority === "default") {
      throw new AwsError("OperationNotPermitted", `The priority of default rule '${rule.arn}' cannot be changed`);
    }
    if (rule.listenerArn !== first.rule.listenerArn)
      throw validationError("All rules must belong to the same listener");
  }
  const moved = new Map(wanted.map(({ rule, priority }) => [rule.arn, priority]));
  const after = rulesOf(records, first.rule.listenerArn).map(({ arn, priority }) => moved.get(arn) ?? priority);
  const twice = after.find((priority, i) => after.indexOf(priority) !== i);
  if (twice !== undefined) throw new AwsError("PriorityInUse", `Priority '${twice}' is currently in use`);
  for (const { rule, priority } of wanted) rule.priority = priority;
  plane.applyRules(first.rule.listenerArn);
  return wanted.map(({ rule }) => rule);
}

function checkPriority(priority: number): void {
  if (Number.isInteger(priority) && priority >= 1 && priority <= 50_000) return;
  throw validationError(`Priority '${priority}' must be between 1 and 50000`);
}

function checkRoom(records: Records, { loadBalancerArn }: ListenerRecord): void {
  const rules = listenersOf(records, loadBalancerArn).flatMap(({ arn }) => rulesOf(records, arn));
  const own = rules.filter(({ priority }) => priority !== "default");
  if (own.length >= LIMITS["rules-per-application-load-balancer"]) {
    throw new AwsError("TooManyRules", "The quota of rules for this load balancer has been reached");
  }
}

interface Selection {
  readonly ListenerArn?: string | undefined;
  readonly RuleArns?: string[] | undefined;
}

function selectRules(records: Records, { ListenerArn, RuleArns }: Selection): RuleRecord[] {
  if (RuleArns?.length && ListenerArn) throw validationError("You can't specify both rule ARNs and a listener ARN");
  if (RuleArns?.length) return RuleArns.map((arn) => ruleOf(records, arn));
  if (!ListenerArn) throw validationError("You must specify either listener rule ARNs or a listener ARN");
  return rulesOf(records, listenerOf(records, ListenerArn).arn);
}

const shown = (rule: RuleRecord): Rule => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: rule.conditions,
  Actions: rule.actions,
  IsDefault: rule.priority === "default",
  ...(rule.transforms.length > 0 ? { Transforms: rule.transforms } : {}),
});
