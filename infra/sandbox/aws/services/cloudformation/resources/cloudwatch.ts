import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { handler, type Scope, type Tag, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /ResourceNotFound|DashboardNotFound/;

type Alarm = Omit<PutMetricAlarmInput, "AlarmName" | "Tags"> & {
  readonly AlarmName?: string;
  readonly Tags?: readonly Tag[];
};

async function putAlarm(AlarmName: string, { Tags, ...alarm }: Alarm, { aws, account, region }: Scope) {
  await aws.cloudwatch.putMetricAlarm({ ...alarm, AlarmName, Tags: Tags ? [...Tags] : undefined });
  return {
    physicalId: AlarmName,
    attributes: { Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` },
  };
}

const alarm = handler<Alarm>({
  nameProperty: "AlarmName",
  create: (properties, scope) => putAlarm(properties.AlarmName ?? physicalName(scope, 255), properties, scope),
  update: (properties, existing, scope) => putAlarm(existing.physicalId, properties, scope),
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

export const cloudwatchHandlers = { "AWS::CloudWatch::Alarm": alarm, "AWS::CloudWatch::Dashboard": dashboard };
