import type { EventBridge, PutRuleRequest, Rule } from "@aws-sdk/client-eventbridge";
import { AwsError, type Operations } from "../../kernel.ts";
import { type Pattern, parsePattern } from "../../patterns/pattern.ts";
import { parseSchedule } from "../../schedule/schedule.ts";
import { pageOf } from "../../state/page.ts";
import { asRecord } from "./buses.ts";
import {
  busOf,
  DEFAULT_BUS,
  INVALID_TOKEN,
  ruleArn,
  ruleKey,
  ruleOf,
  rulesOf,
  type Store,
  type StoredRule,
  validation,
} from "./model.ts";
import type { Timetable } from "./timetable.ts";

/** @throws AwsError InvalidEventPatternException with every problem */
function patternOf(text: string): Pattern {
  const parsed = parsePattern(text);
  if ("pattern" in parsed) return parsed.pattern;
  throw new AwsError(
    "InvalidEventPatternException",
    `Event pattern is not valid. Reason: ${parsed.problems.join("; ")}`,
  );
}

function checkRule({ Name = "", EventPattern, ScheduleExpression }: PutRuleRequest, bus: string): void {
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(Name))
    throw validation(`Name must be 1 to 64 letters, digits, ., - or _, got ${JSON.stringify(Name)}.`);
  if (!EventPattern && !ScheduleExpression)
    throw validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (EventPattern) patternOf(EventPattern);
  if (!ScheduleExpression) return;
  if (bus !== DEFAULT_BUS) throw validation("ScheduleExpression is supported only on the default event bus.");
  const schedule = parseSchedule(ScheduleExpression);
  if ("problem" in schedule) throw validation(`Parameter ScheduleExpression is not valid: ${schedule.problem}.`);
}

const shown = (store: Store, rule: StoredRule): Rule => ({
  Name: rule.name,
  Arn: ruleArn(store, rule),
  EventPattern: rule.pattern,
  ScheduleExpression: rule.schedule,
  State: rule.state,
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: rule.bus,
});

export function rules(store: Store, timetable: Timetable): Operations<EventBridge> {
  const setState = (rule: StoredRule, state: StoredRule["state"]) => {
    rule.state = state;
    timetable.follow(rule);
    return {};
  };
  return {
    PutRule: (input) => {
      const { name: bus } = busOf(store, input.EventBusName);
      checkRule(input, bus);
      const { Name = "", EventPattern, ScheduleExpression, State = "ENABLED", Tags } = input;
      const existing = store.rules.get(ruleKey(bus, Name));
      const isSameSchedule = existing !== undefined && existing.schedule === ScheduleExpression;
      const rule: StoredRule = {
        bus,
        name: Name,
        pattern: EventPattern || undefined,
        schedule: ScheduleExpression || undefined,
        since: isSameSchedule ? existing.since : store.context.clock.now(),
        state: State,
        description: input.Description,
        roleArn: input.RoleArn,
        targets: existing?.targets ?? [],
        tags: existing?.tags ?? asRecord(Tags), // AWS ignores the tags of an update
      };
      store.rules.set(ruleKey(bus, Name), rule);
      timetable.follow(rule);
      return { RuleArn: ruleArn(store, rule) };
    },
    DescribeRule: ({ Name, EventBusName }) => ({
      ...shown(store, ruleOf(store, { Rule: Name, EventBusName })),
      CreatedBy: store.context.account,
    }),
    ListRules: ({ NamePrefix = "", EventBusName, Limit = 100, NextToken }) => {
      const found = rulesOf(store, busOf(store, EventBusName).name).filter(({ name }) => name.startsWith(NamePrefix));
      const page = pageOf(found, { token: NextToken, limit: Limit, invalidToken: INVALID_TOKEN });
      return { Rules: page.items.map((rule) => shown(store, rule)), NextToken: page.nextToken };
    },
    EnableRule: ({ Name, EventBusName }) => setState(ruleOf(store, { Rule: Name, EventBusName }), "ENABLED"),
    DisableRule: ({ Name, EventBusName }) => setState(ruleOf(store, { Rule: Name, EventBusName }), "DISABLED"),
    DeleteRule: ({ Name = "", EventBusName }) => {
      const rule = store.rules.get(ruleKey(busOf(store, EventBusName).name, Name));
      if (!rule) return {};
      if (rule.targets.length > 0) throw validation("Rule can't be deleted since it has targets.");
      store.rules.delete(ruleKey(rule.bus, Name));
      timetable.forget(rule);
      return {};
    },
    TestEventPattern: ({ EventPattern = "", Event = "" }) => {
      const pattern = patternOf(EventPattern);
      let event: unknown;
      try {
        event = JSON.parse(Event);
      } catch {
        throw validation("Parameter Event is not valid. Reason: it is not JSON.");
      }
      return { Result: pattern.matches(event) };
    },
  };
}
