import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  HistoryItemType,
} from "@aws-sdk/client-cloudwatch";
import type { Collection, ServiceContext } from "../../../kernel.ts";
import { AwsError } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { nameOf, type PreviousState, type StoredAlarm, stateOf, typeOf } from "./model.ts";

/** What happened to alarms: configuration, states, actions. */
const KEPT_DAYS = 14;
/** Items per alarm; older ones leave, so that a flapping alarm cannot fill the state. */
const KEPT = 200;

/** Of one alarm, oldest first. */
interface AlarmHistory {
  readonly items: AlarmHistoryItem[];
}

const stateJson = ({ value, reason, reasonData }: PreviousState) => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData ? { stateReasonData: JSON.parse(reasonData) as unknown } : {}),
});

export class HistoryBook {
  readonly #stored: Collection<AlarmHistory>;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#stored = context.state.collection("history");
  }

  #add(alarm: StoredAlarm, type: HistoryItemType, summary: string, data: object): void {
    const { items } = this.#stored.get(alarm.AlarmName) ?? { items: [] };
    const item: AlarmHistoryItem = {
      AlarmName: alarm.AlarmName,
      AlarmType: typeOf(alarm),
      Timestamp: this.#context.clock.now(),
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: JSON.stringify(data),
    };
    this.#stored.set(alarm.AlarmName, { items: [...items, item].slice(-KEPT) });
  }

  configured(alarm: StoredAlarm, change: "created" | "updated" | "deleted"): void {
    const type = { created: "Create", updated: "Update", deleted: "Delete" }[change];
    const { tags: _, ...configuration } = alarm;
    this.#add(alarm, "ConfigurationUpdate", `Alarm "${alarm.AlarmName}" ${change}`, {
      version: "1.0",
      type,
      [`${change}Alarm`]: configuration,
    });
  }

  /** The alarm already has its new state. */
  moved(alarm: StoredAlarm, from: PreviousState): void {
    this.#add(alarm, "StateUpdate", `Alarm updated from ${from.value} to ${alarm.StateValue}`, {
      version: "1.0",
      oldState: stateJson(from),
      newState: stateJson(stateOf(alarm)),
    });
  }

  acted(alarm: StoredAlarm, action: string, failure: string | undefined): void {
    this.#add(
      alarm,
      "Action",
      failure === undefined
        ? `Successfully executed action ${action}`
        : `Failed to execute action ${action}. Reason: ${failure}`,
      {
        actionState: failure === undefined ? "Succeeded" : "Failed",
        stateUpdateTimestamp: alarm.StateUpdatedTimestamp?.getTime(),
        notificationResource: action,
        ...(failure === undefined ? {} : { error: failure }),
      },
    );
  }

  describe(input: DescribeAlarmHistoryCommandInput): Omit<DescribeAlarmHistoryCommandOutput, "$metadata"> {
    const { AlarmName, AlarmTypes = ["MetricAlarm"], HistoryItemType, StartDate, EndDate } = input;
    const limit = input.MaxRecords ?? 100;
    if (limit < 1 || limit > 100)
      throw new AwsError("ValidationError", `MaxRecords must be between 1 and 100, got ${limit}.`);
    const oldest = this.#context.clock.now().getTime() - KEPT_DAYS * 24 * 60 * 60 * 1000;
    const all = [...this.#stored.entries()]
      .filter(([name]) => AlarmName === undefined || name === nameOf(AlarmName))
      .flatMap(([, { items }]) => items)
      // Asking for one alarm by name finds it whatever its type.
      .filter(({ AlarmType = "MetricAlarm" }) => (AlarmName && !input.AlarmTypes) || AlarmTypes.includes(AlarmType))
      .filter((item) => !HistoryItemType || item.HistoryItemType === HistoryItemType)
      .filter(({ Timestamp: at = new Date(0) }) => at.getTime() >= oldest)
      .filter(({ Timestamp: at = new Date(0) }) => (!StartDate || at >= StartDate) && (!EndDate || at <= EndDate))
      .sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
    if (input.ScanBy !== "TimestampAscending") all.reverse();
    const { items, nextToken } = pageOf(all, { token: input.NextToken, limit });
    return { AlarmHistoryItems: items, NextToken: nextToken };
  }
}
