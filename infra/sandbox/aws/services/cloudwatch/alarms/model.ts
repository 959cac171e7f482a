import type { AlarmType, CompositeAlarm, MetricAlarm, StateValue, Tag } from "@aws-sdk/client-cloudwatch";
import { AwsError, type Collection, type ServiceContext } from "../../../kernel.ts";

/** Alarms as they are kept. */
interface Kept {
  AlarmName: string;
  AlarmArn: string;
  StateValue: StateValue;
  tags: Tag[];
}

export interface StoredMetricAlarm extends MetricAlarm, Kept {
  AlarmName: string;
  AlarmArn: string;
  StateValue: StateValue;
  /** Set by SetAlarmState: until then the alarm is not compared with its metric. */
  heldUntil?: Date;
}

export interface StoredCompositeAlarm extends CompositeAlarm, Kept {
  AlarmName: string;
  AlarmArn: string;
  StateValue: StateValue;
  AlarmRule: string;
  /** Actions of the last transition that wait for the suppressor, and since when. */
  waiting?: { readonly since: Date; readonly from: PreviousState };
  /** When the suppressor left ALARM: the extension period counts from then. */
  suppressorLeft?: Date;
}

export type StoredAlarm = StoredMetricAlarm | StoredCompositeAlarm;

/** A state and why, as it was before a transition. */
export interface PreviousState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly since: Date | undefined;
}

export const isComposite = (alarm: StoredAlarm): alarm is StoredCompositeAlarm =>
  "AlarmRule" in alarm && alarm.AlarmRule !== undefined;

export const typeOf = (alarm: StoredAlarm): AlarmType => (isComposite(alarm) ? "CompositeAlarm" : "MetricAlarm");

export const stateOf = (alarm: StoredAlarm): PreviousState => ({
  value: alarm.StateValue,
  reason: alarm.StateReason ?? "",
  reasonData: alarm.StateReasonData,
  since: alarm.StateUpdatedTimestamp,
});

/** By name or by ARN. */
export const nameOf = (identifier: string): string =>
  identifier.replace(/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:/, "");

/**
 * Every alarm. Reads come from memory and not from the collection, because each read of a collection makes the state
 * be written again, and the poller reads all alarms every few seconds.
 */
export class AlarmBook {
  readonly #stored: Collection<StoredAlarm>;
  readonly #alarms: Map<string, StoredAlarm>;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#stored = context.state.collection("alarms");
    this.#alarms = new Map(this.#stored.entries());
  }

  get size(): number {
    return this.#alarms.size;
  }

  all(): StoredAlarm[] {
    return [...this.#alarms.values()];
  }

  get(identifier: string): StoredAlarm | undefined {
    return this.#alarms.get(nameOf(identifier));
  }

  /** @throws AwsError ResourceNotFound */
  of(identifier: string | undefined): StoredAlarm {
    const alarm = this.get(identifier ?? "");
    if (!alarm) throw new AwsError("ResourceNotFound", `Unknown alarm: ${identifier}`, { status: 404 });
    return alarm;
  }

  /** Also after an alarm was changed in place. */
  save(alarm: StoredAlarm): void {
    this.#alarms.set(alarm.AlarmName, alarm);
    this.#stored.set(alarm.AlarmName, alarm);
  }

  remove(name: string): void {
    this.#alarms.delete(name);
    this.#stored.delete(name);
  }

  arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.#context.region}:${this.#context.account}:alarm:${name}`;
  }
}
