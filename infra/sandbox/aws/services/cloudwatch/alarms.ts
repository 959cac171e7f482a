import type { CloudWatch, MetricAlarm, PutMetricAlarmCommandInput, StateValue, Tag } from "@aws-sdk/client-cloudwatch";
import { AwsError, type Collection, type Operations, type ServiceContext } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";

/**
 * Alarms and dashboards as they were put. Alarms are not evaluated yet: an alarm stays INSUFFICIENT_DATA, with a
 * reason that says so, until SetAlarmState changes it.
 */
interface StoredAlarm extends MetricAlarm {
  tags: Tag[];
}

interface StoredDashboard {
  readonly name: string;
  readonly body: string;
  readonly modified: Date;
}

const notEvaluated =
  "Unchecked: Initial alarm creation. The sandbox does not evaluate alarms yet; SetAlarmState changes their state.";

function alarmProblems(input: PutMetricAlarmCommandInput): string[] {
  const { MetricName, Metrics, Statistic, ExtendedStatistic, Period, Namespace, Threshold, ThresholdMetricId } = input;
  const single = MetricName !== undefined;
  return [
    ...(single === (Metrics !== undefined && Metrics.length > 0)
      ? ["exactly one of MetricName and Metrics must be given"]
      : []),
    ...(single && !Namespace ? ["Namespace is required with MetricName"] : []),
    ...(single && !Statistic === !ExtendedStatistic
      ? ["exactly one of Statistic and ExtendedStatistic is required with MetricName"]
      : []),
    ...(single && !Period ? ["Period is required with MetricName"] : []),
    ...((input.EvaluationPeriods ?? 0) >= 1 ? [] : ["EvaluationPeriods must be at least 1"]),
    ...((input.DatapointsToAlarm ?? 1) <= (input.EvaluationPeriods ?? 0)
      ? []
      : ["DatapointsToAlarm must not exceed EvaluationPeriods"]),
    ...(Threshold === undefined && ThresholdMetricId === undefined ? ["Threshold is required"] : []),
  ];
}

export function alarms(context: ServiceContext): Operations<CloudWatch> {
  const stored: Collection<StoredAlarm> = context.state.collection("alarms");
  const arn = (name: string) => `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${name}`;
  const of = (name: string | undefined): StoredAlarm => {
    const alarm = stored.get(name ?? "");
    if (!alarm) throw new AwsError("ResourceNotFound", `Unknown alarm: ${name}`, { status: 404 });
    return alarm;
  };
  const byArn = (resource: string | undefined): StoredAlarm => of(resource?.split(":alarm:")[1]);
  return {
    PutMetricAlarm: ({ Tags = [], ...input }) => {
      const problems = alarmProblems(input);
      if (problems.length > 0) throw new AwsError("ValidationError", `${problems.join("; ")}.`);
      const name = input.AlarmName ?? "";
      const existing = stored.get(name);
      const now = context.clock.now();
      const state = {
        StateValue: "INSUFFICIENT_DATA" as StateValue,
        StateReason: notEvaluated,
        StateUpdatedTimestamp: now,
      };
      const {
        StateValue = state.StateValue,
        StateReason = state.StateReason,
        StateUpdatedTimestamp = now,
      } = existing ?? state;
      stored.set(name, {
        ActionsEnabled: true,
        TreatMissingData: "missing",
        ...input,
        AlarmArn: arn(name),
        AlarmConfigurationUpdatedTimestamp: now,
        StateValue,
        StateReason,
        StateUpdatedTimestamp,
        tags: existing?.tags ?? Tags,
      });
      return {};
    },
    DescribeAlarms: ({ AlarmNames, AlarmNamePrefix = "", StateValue, MaxRecords = 50, NextToken }) => {
      const found = [...stored.values()]
        .filter(
          ({ AlarmName = "" }) =>
            AlarmName.startsWith(AlarmNamePrefix) && (!AlarmNames?.length || AlarmNames.includes(AlarmName)),
        )
        .filter((alarm) => !StateValue || alarm.StateValue === StateValue);
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxRecords });
      return { MetricAlarms: items, CompositeAlarms: [], NextToken: nextToken };
    },
    SetAlarmState: ({ AlarmName, StateValue, StateReason }) => {
      Object.assign(of(AlarmName), { StateValue, StateReason, StateUpdatedTimestamp: context.clock.now() });
      return {};
    },
    DeleteAlarms: ({ AlarmNames = [] }) => {
      const names = AlarmNames.map((name) => of(name).AlarmName ?? "");
      for (const name of names) stored.delete(name);
      return {};
    },
    TagResource: ({ ResourceARN, Tags = [] }) => {
      const alarm = byArn(ResourceARN);
      alarm.tags = [...alarm.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags];
      return {};
    },
    UntagResource: ({ ResourceARN, TagKeys = [] }) => {
      const alarm = byArn(ResourceARN);
      alarm.tags = alarm.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ""));
      return {};
    },
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: byArn(ResourceARN).tags }),
  };
}

function checkBody(body: string): void {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "widgets" in parsed && Array.isArray(parsed.widgets)) return;
  } catch {
    // answered below
  }
  const DashboardValidationMessages = [
    { DataPath: "/widgets", Message: "The dashboard body must be a JSON object with a list of widgets" },
  ];
  throw new AwsError(
    "InvalidParameterInput",
    "The field DashboardBody must be a valid JSON object with a list of widgets",
    {
      fields: { dashboardValidationMessages: DashboardValidationMessages },
    },
  );
}

export function dashboards(context: ServiceContext): Operations<CloudWatch> {
  const stored: Collection<StoredDashboard> = context.state.collection("dashboards");
  const arn = (name: string) => `arn:aws:cloudwatch::${context.account}:dashboard/${name}`;
  const missing = (name: string | undefined) =>
    new AwsError("ResourceNotFound", `Dashboard ${name} does not exist`, { status: 404 });
  return {
    PutDashboard: ({ DashboardName = "", DashboardBody = "" }) => {
      if (!/^[\w-]{1,255}$/.test(DashboardName))
        throw new AwsError(
          "InvalidParameterInput",
          `The dashboard name must be letters, digits, - and _, got ${JSON.stringify(DashboardName)}`,
        );
      checkBody(DashboardBody);
      stored.set(DashboardName, { name: DashboardName, body: DashboardBody, modified: context.clock.now() });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard: ({ DashboardName = "" }) => {
      const dashboard = stored.get(DashboardName);
      if (!dashboard) throw missing(DashboardName);
      return { DashboardName, DashboardArn: arn(DashboardName), DashboardBody: dashboard.body };
    },
    ListDashboards: ({ DashboardNamePrefix = "" }) => ({
      DashboardEntries: [...stored.values()]
        .filter(({ name }) => name.startsWith(DashboardNamePrefix))
        .map(({ name, body, modified }) => ({
          DashboardName: name,
          DashboardArn: arn(name),
          LastModified: modified,
          Size: Buffer.byteLength(body),
        })),
    }),
    DeleteDashboards: ({ DashboardNames = [] }) => {
      const unknown = DashboardNames.find((name) => !stored.has(name));
      if (unknown !== undefined) throw missing(unknown);
      for (const name of DashboardNames) stored.delete(name);
      return {};
    },
  };
}
