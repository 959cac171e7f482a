import type { Distribution, StandardUnit } from "@aws-sdk/client-cloudwatch-logs";
import { attributes, handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /ResourceNotFound/;

interface LogGroup {
  readonly LogGroupName?: string;
  readonly RetentionInDays?: number;
  readonly KmsKeyId?: string;
  readonly LogGroupClass?: "STANDARD" | "INFREQUENT_ACCESS" | "DELIVERY";
  readonly Tags?: readonly Tag[];
}

async function retention(logGroupName: string, days: number | undefined, { aws }: Scope): Promise<void> {
  if (days !== undefined) await aws.logs.putRetentionPolicy({ logGroupName, retentionInDays: days });
}

const record = (tags: readonly Tag[]) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const logGroup = handler<LogGroup>({
  nameProperty: "LogGroupName",
  create: async (properties, scope) => {
    const name = properties.LogGroupName ?? physicalName(scope, 512);
    await scope.aws.logs.createLogGroup({
      logGroupName: name,
      kmsKeyId: properties.KmsKeyId,
      logGroupClass: properties.LogGroupClass,
      tags: record(properties.Tags ?? []),
    });
    const arn = `arn:aws:logs:${scope.region}:${scope.account}:log-group:${name}:*`;
    scope.initiated(name, { Arn: arn });
    await retention(name, properties.RetentionInDays, scope);
    return { physicalId: name, attributes: { Arn: arn } };
  },
  update: async (properties, existing, scope) => {
    const logGroupName = existing.physicalId;
    if (properties.RetentionInDays === undefined && existing.properties.RetentionInDays !== undefined)
      await scope.aws.logs.deleteRetentionPolicy({ logGroupName });
    else if (properties.RetentionInDays !== existing.properties.RetentionInDays)
      await retention(logGroupName, properties.RetentionInDays, scope);
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    const resourceArn = String(existing.attributes.Arn).replace(/:\*$/, "");
    if (set.length > 0) await scope.aws.logs.tagResource({ resourceArn, tags: record(set) });
    if (remove.length > 0) await scope.aws.logs.untagResource({ resourceArn, tagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.logs.deleteLogGroup({ logGroupName: physicalId })),
});

interface LogStream {
  readonly LogGroupName: string;
  readonly LogStreamName?: string;
}

const logStream = handler<LogStream>({
  create: async ({ LogGroupName, LogStreamName }, scope) => {
    const name = LogStreamName ?? physicalName(scope, 512);
    await scope.aws.logs.createLogStream({ logGroupName: LogGroupName, logStreamName: name });
    return { physicalId: name, attributes: attributes({ LogStreamName: present(name, "LogStreamName") }) };
  },
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(GONE, () =>
      aws.logs.deleteLogStream({ logGroupName: properties.LogGroupName, logStreamName: physicalId }),
    ),
});

interface MetricTransformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
  readonly DefaultValue?: number;
  readonly Unit?: StandardUnit;
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
}

interface MetricFilter {
  readonly FilterName?: string;
  readonly FilterPattern: string;
  readonly LogGroupName: string;
  readonly MetricTransformations: readonly MetricTransformation[];
}

async function putMetricFilter(filterName: string, properties: MetricFilter, { aws }: Scope) {
  await aws.logs.putMetricFilter({
    logGroupName: properties.LogGroupName,
    filterName,
    filterPattern: properties.FilterPattern,
    metricTransformations: properties.MetricTransformations.map((made) => ({
      metricName: made.MetricName,
      metricNamespace: made.MetricNamespace,
      metricValue: made.MetricValue,
      defaultValue: made.DefaultValue,
      unit: made.Unit,
      ...(made.Dimensions ? { dimensions: record(made.Dimensions) } : {}),
    })),
  });
  return { physicalId: filterName };
}

const metricFilter = handler<MetricFilter>({
  nameProperty: "FilterName",
  create: (properties, scope) => putMetricFilter(properties.FilterName ?? physicalName(scope, 512), properties, scope),
  update: (properties, existing, scope) => putMetricFilter(existing.physicalId, properties, scope),
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(GONE, () =>
      aws.logs.deleteMetricFilter({ logGroupName: properties.LogGroupName, filterName: physicalId }),
    ),
});

interface SubscriptionFilter {
  readonly FilterName?: string;
  readonly FilterPattern: string;
  readonly LogGroupName: string;
  readonly DestinationArn: string;
  readonly RoleArn?: string;
  readonly Distribution?: Distribution;
}

async function putSubscription(filterName: string, properties: SubscriptionFilter, { aws }: Scope) {
  await aws.logs.putSubscriptionFilter({
    logGroupName: properties.LogGroupName,
    filterName,
    filterPattern: properties.FilterPattern,
    destinationArn: properties.DestinationArn,
    roleArn: properties.RoleArn,
    distribution: properties.Distribution,
  });
  return { physicalId: filterName };
}

const subscriptionFilter = handler<SubscriptionFilter>({
  nameProperty: "FilterName",
  create: (properties, scope) => putSubscription(properties.FilterName ?? physicalName(scope, 512), properties, scope),
  update: (properties, existing, scope) => putSubscription(existing.physicalId, properties, scope),
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(GONE, () =>
      aws.logs.deleteSubscriptionFilter({ logGroupName: properties.LogGroupName, filterName: physicalId }),
    ),
});

interface QueryDefinition {
  readonly Name: string;
  readonly QueryString: string;
  readonly LogGroupNames?: readonly string[];
}

async function putQuery(id: string | undefined, { Name, QueryString, LogGroupNames }: QueryDefinition, { aws }: Scope) {
  const { queryDefinitionId } = await aws.logs.putQueryDefinition({
    queryDefinitionId: id,
    name: Name,
    queryString: QueryString,
    logGroupNames: LogGroupNames ? [...LogGroupNames] : undefined,
  });
  const physicalId = present(queryDefinitionId, "queryDefinitionId");
  return { physicalId, attributes: { QueryDefinitionId: physicalId } };
}

const queryDefinition = handler<QueryDefinition>({
  create: (properties, scope) => putQuery(undefined, properties, scope),
  update: (properties, existing, scope) => putQuery(existing.physicalId, properties, scope),
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.logs.deleteQueryDefinition({ queryDefinitionId: physicalId })),
});

export const logsHandlers = {
  "AWS::Logs::LogGroup": logGroup,
  "AWS::Logs::LogStream": logStream,
  "AWS::Logs::MetricFilter": metricFilter,
  "AWS::Logs::QueryDefinition": queryDefinition,
  "AWS::Logs::SubscriptionFilter": subscriptionFilter,
};
