import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { ServiceContext } from "../../kernel.ts";
import { queriesOf } from "./alarms.ts";

/** Reads CloudWatch: which alarms are in ALARM, and what they measured. */

/** Every metric alarm that is in ALARM and may act now. */
export async function firingAlarms({ aws }: ServiceContext): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await aws.cloudwatch.describeAlarms({ StateValue: "ALARM", AlarmTypes: ["MetricAlarm"], NextToken });
    alarms.push(...(answer.MetricAlarms ?? []).filter(({ ActionsEnabled }) => ActionsEnabled !== false));
    NextToken = answer.NextToken;
  } while (NextToken);
  return alarms;
}

/** Values of the alarm's metric over the periods that it evaluates, the newest first. The minute under way does not count. */
export async function valuesOf({ aws, clock }: ServiceContext, alarm: MetricAlarm): Promise<number[]> {
  const queries = queriesOf(alarm);
  const shown = queries.find(({ ReturnData }) => ReturnData !== false);
  const period = (alarm.Period ?? shown?.MetricStat?.Period ?? shown?.Period ?? 60) * 1000;
  const end = Math.floor(clock.now().getTime() / period) * period;
  const answer = await aws.cloudwatch.getMetricData({
    MetricDataQueries: queries,
    StartTime: new Date(end - (alarm.EvaluationPeriods ?? 1) * period),
    EndTime: new Date(end),
    ScanBy: "TimestampDescending",
  });
  const result = answer.MetricDataResults?.find(({ Id }) => Id === shown?.Id);
  return result?.Values ?? [];
}
