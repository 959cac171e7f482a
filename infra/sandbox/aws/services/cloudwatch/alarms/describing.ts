import type {
  CloudWatch,
  CompositeAlarm,
  DescribeAlarmsCommandInput,
  DescribeAlarmsForMetricCommandInput,
  MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { AwsError, type Operations } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { seriesKey } from "../metrics/series.ts";
import type { AlarmMachine } from "./machine.ts";
import { isComposite, nameOf, type StoredAlarm, type StoredMetricAlarm, typeOf } from "./model.ts";
import { childrenOf } from "./rule.ts";

/** Reading alarms. */
function shownMetric({ tags: _t, heldUntil: _h, ...alarm }: StoredMetricAlarm): MetricAlarm {
  return alarm;
}

function shownComposite(alarm: StoredAlarm): CompositeAlarm[] {
  if (!isComposite(alarm)) return [];
  const { tags: _t, waiting: _w, suppressorLeft: _s, ...shown } = alarm;
  return [shown];
}

const actionsOf = (alarm: StoredAlarm): readonly string[] => [
  ...(alarm.AlarmActions ?? []),
  ...(alarm.OKActions ?? []),
  ...(alarm.InsufficientDataActions ?? []),
];

/** Children and parents are asked for alone, and give names and types only… of which the sandbox shows the whole. */
function related(machine: AlarmMachine, { ChildrenOfAlarmName, ParentsOfAlarmName }: DescribeAlarmsCommandInput) {
  if (ChildrenOfAlarmName !== undefined) {
    const parent = machine.book.of(ChildrenOfAlarmName);
    const children = isComposite(parent) ? childrenOf(machine.ruleOf(parent)) : [];
    return (alarm: StoredAlarm) => children.includes(alarm.AlarmName);
  }
  if (ParentsOfAlarmName === undefined) return undefined;
  const child = nameOf(ParentsOfAlarmName);
  return (alarm: StoredAlarm) => isComposite(alarm) && childrenOf(machine.ruleOf(alarm)).includes(child);
}

function check({ AlarmNames, AlarmNamePrefix, MaxRecords = 50, ...input }: DescribeAlarmsCommandInput): void {
  const problems = [
    ...(AlarmNames?.length && AlarmNamePrefix !== undefined
      ? ["AlarmNames and AlarmNamePrefix cannot both be given"]
      : []),
    ...(MaxRecords >= 1 && MaxRecords <= 100 ? [] : [`MaxRecords must be between 1 and 100, got ${MaxRecords}`]),
    ...(input.ChildrenOfAlarmName !== undefined && input.ParentsOfAlarmName !== undefined
      ? ["ChildrenOfAlarmName and ParentsOfAlarmName cannot both be given"]
      : []),
  ];
  if (problems.length > 0) throw new AwsError("ValidationError", `${problems.join("; ")}.`);
}

function found(machine: AlarmMachine, input: DescribeAlarmsCommandInput): StoredAlarm[] {
  const { AlarmNames, AlarmNamePrefix = "", StateValue, ActionPrefix } = input;
  const relation = related(machine, input);
  // Without AlarmTypes only metric alarms are found, unless relatives are asked for.
  const types = input.AlarmTypes ?? (relation ? ["MetricAlarm", "CompositeAlarm"] : ["MetricAlarm"]);
  return machine.book
    .all()
    .filter((alarm) => types.includes(typeOf(alarm)) && (relation?.(alarm) ?? true))
    .filter(({ AlarmName }) => AlarmName.startsWith(AlarmNamePrefix))
    .filter(({ AlarmName }) => !AlarmNames?.length || AlarmNames.some((name) => nameOf(name) === AlarmName))
    .filter((alarm) => !StateValue || alarm.StateValue === StateValue)
    .filter((alarm) => !ActionPrefix || actionsOf(alarm).some((action) => action.startsWith(ActionPrefix)))
    .sort((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
}

function watches(alarm: StoredMetricAlarm, input: DescribeAlarmsForMetricCommandInput): boolean {
  const wanted = seriesKey(input.Namespace ?? "", input.MetricName ?? "", input.Dimensions ?? []);
  const own = [alarm, ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
  const isWatched = own.some(
    ({ Namespace = "", MetricName = "", Dimensions = [] }) => seriesKey(Namespace, MetricName, Dimensions) === wanted,
  );
  return (
    isWatched &&
    (["Statistic", "ExtendedStatistic", "Period", "Unit"] as const).every(
      (name) => input[name] === undefined || alarm[name] === input[name],
    )
  );
}

export function describing(machine: AlarmMachine): Operations<CloudWatch> {
  const { book, history } = machine;
  return {
    DescribeAlarms: (input) => {
      check(input);
      const { items, nextToken } = pageOf(found(machine, input), {
        token: input.NextToken,
        limit: input.MaxRecords ?? 50,
      });
      return {
        MetricAlarms: items.flatMap((alarm) => (isComposite(alarm) ? [] : [shownMetric(alarm)])),
        CompositeAlarms: items.flatMap(shownComposite),
        NextToken: nextToken,
      };
    },
    DescribeAlarmsForMetric: (input) => ({
      MetricAlarms: book
        .all()
        .flatMap((alarm) => (!isComposite(alarm) && watches(alarm, input) ? [shownMetric(alarm)] : [])),
    }),
    DescribeAlarmHistory: (input) => history.describe(input),
    TagResource: ({ ResourceARN, Tags = [] }) => {
      const alarm = book.of(ResourceARN);
      alarm.tags = [...alarm.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags];
      book.save(alarm);
      return {};
    },
    UntagResource: ({ ResourceARN, TagKeys = [] }) => {
      const alarm = book.of(ResourceARN);
      alarm.tags = alarm.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ""));
      book.save(alarm);
      return {};
    },
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: book.of(ResourceARN).tags }),
  };
}
