import type { StateValue } from "@aws-sdk/client-cloudwatch";
import type { ServiceContext } from "../../../kernel.ts";
import type { MetricStore } from "../metrics/series.ts";
import { AlarmActions } from "./actions.ts";
import { compare, endOf, versionOf } from "./comparison.ts";
import { HistoryBook } from "./history.ts";
import {
  AlarmBook,
  isComposite,
  type PreviousState,
  type StoredAlarm,
  type StoredCompositeAlarm,
  type StoredMetricAlarm,
  stateOf,
} from "./model.ts";
import { INITIAL, stamp } from "./reasons.ts";
import { childrenOf, holds, parseRule, type Rule } from "./rule.ts";
import { settle, suppressionAfter } from "./suppression.ts";

export interface NewState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
}

/** `Friday 22 July, 2022 15:57:45 UTC` */
function longDate(at: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) => at.toLocaleDateString("en-US", { ...options, timeZone: "UTC" });
  const clock = at.toISOString().slice(11, 19);
  return `${part({ weekday: "long" })} ${at.getUTCDate()} ${part({ month: "long" })}, ${at.getUTCFullYear()} ${clock} UTC`;
}

/** Moves alarms between their states: by their metrics, by the states of other alarms, or because somebody says so. */
export class AlarmMachine {
  readonly book: AlarmBook;
  readonly history: HistoryBook;
  readonly #context: ServiceContext;
  readonly #metrics: MetricStore;
  readonly #actions: AlarmActions;
  /** What an alarm was last compared with: nothing new means nothing to do. */
  readonly #compared = new Map<string, { readonly end: number; readonly all: number; readonly own: number }>();
  readonly #rules = new Map<string, Rule>();

  constructor(context: ServiceContext, metrics: MetricStore) {
    this.#context = context;
    this.#metrics = metrics;
    this.book = new AlarmBook(context);
    this.history = new HistoryBook(context);
    this.#actions = new AlarmActions(context, this.history);
  }

  get #now(): Date {
    return this.#context.clock.now();
  }

  /** An alarm that was put or deleted is compared anew. */
  forget(name: string): void {
    this.#compared.delete(name);
  }

  ruleOf({ AlarmRule }: StoredCompositeAlarm): Rule {
    const known = this.#rules.get(AlarmRule) ?? parseRule(AlarmRule);
    this.#rules.set(AlarmRule, known);
    return known;
  }

  /** One look at every metric alarm, and at what waits for a suppressor. */
  async turn(): Promise<void> {
    for (const alarm of this.book.all()) if (!isComposite(alarm)) await this.#compare(alarm);
    for (const alarm of this.book.all()) if (isComposite(alarm)) await this.#settle(alarm);
  }

  async #compare(alarm: StoredMetricAlarm): Promise<void> {
    const now = this.#now;
    if (alarm.heldUntil && now < alarm.heldUntil) return;
    const [end, all, last] = [endOf(alarm, now), this.#metrics.version, this.#compared.get(alarm.AlarmName)];
    // When nothing came for any metric, this one's need not be looked up: most turns end here.
    if (last?.end === end && last.all === all) return;
    const own = versionOf(alarm, this.#metrics);
    this.#compared.set(alarm.AlarmName, { end, all, own });
    if (last?.end === end && last.own === own) return;
    try {
      const { state, reason, reasonData } = compare(alarm, this.#metrics, now);
      if (state !== "retain") await this.move(alarm, { value: state, reason, reasonData });
    } catch (error) {
      // A later change of an expression's functions must not stop the other alarms.
      this.#context.log(`cloudwatch: alarm ${alarm.AlarmName}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The first reason replaces "Unchecked"; otherwise an alarm that stays in its state keeps its reason. */
  async move(alarm: StoredAlarm, next: NewState): Promise<void> {
    const from = stateOf(alarm);
    const isChange = from.value !== next.value;
    if (!isChange && !from.reason.startsWith(INITIAL)) return;
    this.#enter(alarm, next, isChange);
    if (!isChange) return;
    this.history.moved(alarm, from);
    await this.#act(alarm, from);
    await this.#parentsOf(alarm);
  }

  /** As `move`, but the reason counts even when the state is the same: SetAlarmState. */
  async force(alarm: StoredAlarm, next: NewState): Promise<void> {
    if (alarm.StateValue === next.value) this.#enter(alarm, next, false);
    else await this.move(alarm, next);
  }

  #enter(alarm: StoredAlarm, { value, reason, reasonData }: NewState, isChange: boolean): void {
    alarm.StateValue = value;
    alarm.StateReason = reason;
    alarm.StateReasonData = reasonData;
    alarm.StateUpdatedTimestamp = this.#now;
    if (isChange) alarm.StateTransitionedTimestamp = this.#now;
    this.book.save(alarm);
  }

  async #act(alarm: StoredAlarm, from: PreviousState): Promise<void> {
    const isSuppressed = isComposite(alarm) && suppressionAfter(alarm, from, { book: this.book, now: this.#now });
    if (isSuppressed) this.book.save(alarm);
    await this.#actions.announce(alarm, from);
    if (!isSuppressed) await this.#actions.run(alarm, from);
  }

  async #settle(alarm: StoredCompositeAlarm): Promise<void> {
    const before = JSON.stringify([alarm.ActionsSuppressedBy, alarm.waiting, alarm.suppressorLeft]);
    const due = settle(alarm, { book: this.book, now: this.#now });
    if (JSON.stringify([alarm.ActionsSuppressedBy, alarm.waiting, alarm.suppressorLeft]) !== before)
      this.book.save(alarm);
    if (due) await this.#actions.run(alarm, due);
  }

  async #parentsOf(child: StoredAlarm): Promise<void> {
    for (const alarm of this.book.all()) {
      if (!isComposite(alarm)) continue;
      if (alarm.ActionsSuppressor && this.book.get(alarm.ActionsSuppressor) === child) await this.#settle(alarm);
      if (!childrenOf(this.ruleOf(alarm)).includes(child.AlarmName)) continue;
      const at = longDate(child.StateUpdatedTimestamp ?? this.#now);
      await this.evaluateRule(alarm, `${child.AlarmArn} transitioned to ${child.StateValue} at ${at}`);
    }
  }

  /** @param reason for a composite alarm that was put: `… was created and its alarm rule evaluates to`. */
  async evaluateRule(alarm: StoredCompositeAlarm, reason: string): Promise<void> {
    const rule = this.ruleOf(alarm);
    const value = holds(rule, (name) => this.book.get(name)?.StateValue) ? "ALARM" : "OK";
    const text = reason.endsWith("evaluates to") ? `${reason} ${value}` : reason;
    await this.move(alarm, { value, reason: text, reasonData: this.#triggering(rule, reason) });
  }

  /** The alarm that moved, or all children when the composite alarm itself was put. */
  #triggering(rule: Rule, reason: string): string {
    const children = childrenOf(rule).flatMap((name) => this.book.get(name) ?? []);
    const moved = children.filter(({ AlarmArn }) => reason.startsWith(`${AlarmArn} transitioned`));
    return JSON.stringify({
      triggeringAlarms: (moved.length > 0 ? moved : children).map((child) => ({
        arn: child.AlarmArn,
        state: { value: child.StateValue, timestamp: stamp(child.StateUpdatedTimestamp ?? this.#now) },
      })),
    });
  }
}
