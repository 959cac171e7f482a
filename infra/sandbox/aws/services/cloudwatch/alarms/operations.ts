import type {
  CloudWatch,
  PutCompositeAlarmCommandInput,
  PutMetricAlarmCommandInput,
  StateValue,
} from "@aws-sdk/client-cloudwatch";
import { AwsError, type Operations, type ServiceContext } from "../../../kernel.ts";
import { periodOf } from "./comparison.ts";
import { describing } from "./describing.ts";
import type { AlarmMachine } from "./machine.ts";
import { isComposite, nameOf, type StoredAlarm, type StoredCompositeAlarm, type StoredMetricAlarm } from "./model.ts";
import type { AlarmPoller } from "./poller.ts";
import { INITIAL } from "./reasons.ts";
import { childrenOf, parseRule, RuleError } from "./rule.ts";
import { checkMetricAlarm, compositeProblems } from "./validate.ts";

const invalid = (text: string): AwsError => new AwsError("ValidationError", text);

interface Parts {
  readonly machine: AlarmMachine;
  readonly poller: AlarmPoller;
  readonly context: ServiceContext;
}

/** A changed alarm keeps its state; a new one begins without data. */
function stateFor(existing: StoredAlarm | undefined, now: Date) {
  return {
    StateValue: existing?.StateValue ?? ("INSUFFICIENT_DATA" as StateValue),
    StateReason: existing?.StateReason ?? INITIAL,
    StateReasonData: existing?.StateReasonData,
    StateUpdatedTimestamp: existing?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: existing?.StateTransitionedTimestamp ?? now,
  };
}

function put<A extends StoredAlarm>({ machine, poller }: Parts, alarm: A, existing: StoredAlarm | undefined): A {
  machine.book.save(alarm);
  machine.forget(alarm.AlarmName);
  machine.history.configured(alarm, existing ? "updated" : "created");
  poller.wake();
  return alarm;
}

function putMetricAlarm(parts: Parts, { Tags = [], ...input }: PutMetricAlarmCommandInput): void {
  checkMetricAlarm(input);
  const { book } = parts.machine;
  const name = input.AlarmName ?? "";
  const existing = book.get(name);
  if (existing && isComposite(existing)) throw invalid(`A composite alarm with the name ${name} already exists.`);
  const now = parts.context.clock.now();
  const alarm: StoredMetricAlarm = {
    ActionsEnabled: true,
    TreatMissingData: "missing",
    ...input,
    ...stateFor(existing, now),
    AlarmName: name,
    AlarmArn: book.arnOf(name),
    AlarmConfigurationUpdatedTimestamp: now,
    tags: existing?.tags ?? Tags,
  };
  put(parts, alarm, existing);
}

/** Children and suppressor have to exist; AWS allows circles, which then can never be deleted, the sandbox does not. */
function checkReferences({ machine }: Parts, input: PutCompositeAlarmCommandInput): void {
  const { book } = machine;
  const name = input.AlarmName ?? "";
  const children = ruleChildren(input.AlarmRule ?? "");
  const missing = children.filter((child) => !book.get(child) && child !== name);
  if (missing.length > 0)
    throw invalid(
      `Could not save the composite alarm as alarms [${missing.join(", ")}] in the alarm rule do not exist`,
    );
  const suppressor = input.ActionsSuppressor;
  if (suppressor !== undefined && !book.get(suppressor))
    throw invalid(`Could not save the composite alarm as the suppressor alarm ${suppressor} does not exist`);
  const reaches = (from: string, seen: ReadonlySet<string>): boolean => {
    if (from === name) return true;
    const alarm = book.get(from);
    if (!alarm || !isComposite(alarm) || seen.has(from)) return false;
    return childrenOf(machine.ruleOf(alarm)).some((child) => reaches(child, new Set([...seen, from])));
  };
  const circle = children.find((child) => reaches(child, new Set()));
  if (circle !== undefined)
    throw invalid(`The alarm rule of ${name} refers to ${circle}, which depends on ${name}: a circle is not allowed`);
}

function ruleChildren(text: string): string[] {
  try {
    return childrenOf(parseRule(text));
  } catch (error) {
    throw error instanceof RuleError ? invalid(`Invalid AlarmRule: ${error.message}`) : error;
  }
}

async function putCompositeAlarm(parts: Parts, { Tags = [], ...input }: PutCompositeAlarmCommandInput): Promise<void> {
  const { machine, context } = parts;
  const problems = compositeProblems(input);
  if (problems.length > 0) throw invalid(`${problems.join("; ")}.`);
  const [name, AlarmRule] = [input.AlarmName ?? "", input.AlarmRule ?? ""];
  const existing = machine.book.get(name);
  if (existing && !isComposite(existing)) throw invalid(`A metric alarm with the name ${name} already exists.`);
  checkReferences(parts, input);
  const now = context.clock.now();
  const alarm: StoredCompositeAlarm = {
    ActionsEnabled: true,
    ...input,
    ...stateFor(existing, now),
    AlarmName: name,
    AlarmArn: machine.book.arnOf(name),
    AlarmRule,
    AlarmConfigurationUpdatedTimestamp: now,
    tags: existing?.tags ?? Tags,
  };
  put(parts, alarm, existing);
  await machine.evaluateRule(
    alarm,
    `${alarm.AlarmArn} was ${existing ? "updated" : "created"} and its alarm rule evaluates to`,
  );
}

function remove({ machine }: Parts, names: readonly string[]): void {
  const { book, history } = machine;
  const alarms = names.map((name) => book.of(name));
  if (alarms.filter(isComposite).length > 1)
    throw invalid("A request can delete at most one composite alarm. Delete them one by one.");
  const going = new Set(alarms.map(({ AlarmName }) => AlarmName));
  const needed = book.all().flatMap((alarm) => {
    if (!isComposite(alarm) || going.has(alarm.AlarmName)) return [];
    return [...childrenOf(machine.ruleOf(alarm)), nameOf(alarm.ActionsSuppressor ?? "")];
  });
  const kept = [...going].filter((name) => needed.includes(name));
  if (kept.length > 0)
    throw invalid(
      `Cannot delete ${kept.join(",")} as there are composite alarm(s) depending on ${kept.length === 1 ? "it" : "them"}.`,
    );
  for (const alarm of alarms) {
    history.configured(alarm, "deleted");
    book.remove(alarm.AlarmName);
    machine.forget(alarm.AlarmName);
  }
}

/** How long a state that SetAlarmState set lasts: until the next comparison, once a minute or every ten seconds. */
const untilCompared = (alarm: StoredMetricAlarm, now: Date): Date =>
  new Date(now.getTime() + (periodOf(alarm) < 60 ? 10 : 60) * 1000);

function parsedData(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError("InvalidFormat", "StateReasonData must be JSON.");
  }
}

function enable({ machine }: Parts, names: readonly string[], ActionsEnabled: boolean): void {
  for (const name of names) {
    const alarm = machine.book.get(name);
    // AWS ignores names that do not exist.
    if (alarm) machine.book.save(Object.assign(alarm, { ActionsEnabled }));
  }
}

export function alarms(parts: Parts): Operations<CloudWatch> {
  const { machine, context } = parts;
  return {
    ...describing(machine),
    PutMetricAlarm: (input) => {
      putMetricAlarm(parts, input);
      return {};
    },
    PutCompositeAlarm: async (input) => {
      await putCompositeAlarm(parts, input);
      return {};
    },
    SetAlarmState: async ({ AlarmName, StateValue = "OK", StateReason = "", StateReasonData }) => {
      const alarm = machine.book.of(AlarmName);
      if (!["OK", "ALARM", "INSUFFICIENT_DATA"].includes(StateValue))
        throw invalid(`StateValue must be OK, ALARM or INSUFFICIENT_DATA, got ${StateValue}.`);
      const reasonData = parsedData(StateReasonData);
      if (!isComposite(alarm)) alarm.heldUntil = untilCompared(alarm, context.clock.now());
      machine.forget(alarm.AlarmName);
      await machine.force(alarm, { value: StateValue, reason: StateReason, reasonData });
      return {};
    },
    DeleteAlarms: ({ AlarmNames = [] }) => {
      remove(parts, AlarmNames);
      return {};
    },
    EnableAlarmActions: ({ AlarmNames = [] }) => {
      enable(parts, AlarmNames, true);
      return {};
    },
    DisableAlarmActions: ({ AlarmNames = [] }) => {
      enable(parts, AlarmNames, false);
      return {};
    },
  };
}
