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

export const logsHandlers = { "AWS::Logs::LogGroup": logGroup, "AWS::Logs::LogStream": logStream };
