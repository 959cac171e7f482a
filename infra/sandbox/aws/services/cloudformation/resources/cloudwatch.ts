import type { PutCompositeAlarmInput, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { type Existing, handler, type Made, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /ResourceNotFound|DashboardNotFound/;

type Alarm = Omit<PutMetricAlarmInput, "AlarmName" | "Tags"> & {
  readonly AlarmName?: string;
  readonly Tags?: readonly Tag[];
};

type Composite = Omit<PutCompositeAlarmInput, "AlarmName" | "Tags"> & Pick<Alarm, "AlarmName" | "Tags">;

const arnOf = (name: string, { account, region }: Scope): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const made = (name: string, scope: Scope) => ({ physicalId: name, attributes: { Arn: arnOf(name, scope) } });

async function putAlarm(AlarmName: string, { Tags, ...alarm }: Alarm, scope: Scope) {
  await scope.aws.cloudwatch.putMetricAlarm({ ...alarm, AlarmName, Tags: Tags ? [...Tags] : undefined });
  return made(AlarmName, scope);
}

async function putComposite(AlarmName: string, { Tags, ...alarm }: Composite, scope: Scope) {
  await scope.aws.cloudwatch.putCompositeAlarm({ ...alarm, AlarmName, Tags: Tags ? [...Tags] : undefined });
  return made(AlarmName, scope);
}

/** Putting an alarm that exists leaves its tags as they are. */
async function changeTags(
  { physicalId, properties }: Existing<Pick<Alarm, "Tags">>,
  after: Alarm["Tags"],
  scope: Scope,
) {
  const { set, remove } = tagChanges(properties.Tags, after);
  const ResourceARN = arnOf(physicalId, scope);
  if (set.length > 0) await scope.aws.cloudwatch.tagResource({ ResourceARN, Tags: set });
  if (remove.length > 0) await scope.aws.cloudwatch.untagResource({ ResourceARN, TagKeys: remove });
}

/** Metric and composite alarms differ only in how they are put. */
const alarmHandler = <P extends Pick<Alarm, "AlarmName" | "Tags">>(
  put: (name: string, properties: P, scope: Scope) => Promise<Made>,
) =>
  handler<P>({
    nameProperty: "AlarmName",
    create: (properties, scope) => put(properties.AlarmName ?? physicalName(scope, 255), properties, scope),
    update: async (properties, existing, scope) => {
      const updated = await put(existing.physicalId, properties, scope);
      await changeTags(existing, properties.Tags, scope);
      return updated;
    },
    delete: ({ physicalId }, { aws }) =>
      unlessGone(GONE, () => aws.cloudwatch.deleteAlarms({ AlarmNames: [physicalId] })),
  });

interface Dashboard {
  readonly DashboardName?: string;
  readonly DashboardBody: string;
}

async function putDashboard(DashboardName: string, { DashboardBody }: Dashboard, { aws }: Scope) {
  const { DashboardValidationMessages = [] } = await aws.cloudwatch.putDashboard({ DashboardName, DashboardBody });
  const problems = DashboardValidationMessages.map(({ Message }) => Message).filter(Boolean);
  if (problems.length > 0) throw new Error(`The dashboard body is invalid: ${problems.join("; ")}`);
  return { physicalId: DashboardName };
}

const dashboard = handler<Dashboard>({
  nameProperty: "DashboardName",
  create: (properties, scope) => putDashboard(properties.DashboardName ?? physicalName(scope, 255), properties, scope),
  update: (properties, existing, scope) => putDashboard(existing.physicalId, properties, scope),
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.cloudwatch.deleteDashboards({ DashboardNames: [physicalId] })),
});

export const cloudwatchHandlers = {
  "AWS::CloudWatch::Alarm": alarmHandler(putAlarm),
  "AWS::CloudWatch::CompositeAlarm": alarmHandler(putComposite),
  "AWS::CloudWatch::Dashboard": dashboard,
};
