import type { ParameterTier } from "@aws-sdk/client-ssm";
import { attributes, handler, type Scope, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

interface Parameter {
  readonly Name?: string;
  readonly Type: "String" | "StringList";
  readonly Value: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: ParameterTier;
  readonly Policies?: string;
  readonly Tags?: Readonly<Record<string, string>>;
}

const made = (name: string, { Type, Value }: Parameter, { account, region }: Scope) => ({
  physicalId: name,
  attributes: attributes({
    Type,
    Value,
    Arn: `arn:aws:ssm:${region}:${account}:parameter${name.startsWith("/") ? "" : "/"}${name}`,
  }),
});

const put = (Name: string, properties: Parameter) => {
  const { Type, Value, Description, AllowedPattern, DataType, Tier, Policies } = properties;
  return { Name, Type, Value, Description, AllowedPattern, DataType, Tier, Policies };
};

const parameter = handler<Parameter>({
  nameProperty: "Name",
  create: async (properties, scope) => {
    const name = properties.Name ?? physicalName(scope, 512);
    const Tags = Object.entries(properties.Tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    await scope.aws.ssm.putParameter({
      ...put(name, properties),
      Overwrite: false,
      ...(Tags.length > 0 ? { Tags } : {}),
    });
    return made(name, properties, scope);
  },
  update: async (properties, existing, scope) => {
    const name = existing.physicalId;
    const before = existing.properties;
    const changed = JSON.stringify(put(name, properties)) !== JSON.stringify(put(name, before));
    if (changed) await scope.aws.ssm.putParameter({ ...put(name, properties), Overwrite: true });
    const Tags = Object.entries(properties.Tags ?? {}).filter(([key, value]) => before.Tags?.[key] !== value);
    const gone = Object.keys(before.Tags ?? {}).filter((key) => properties.Tags?.[key] === undefined);
    const target = { ResourceType: "Parameter", ResourceId: name } as const;
    if (Tags.length > 0)
      await scope.aws.ssm.addTagsToResource({ ...target, Tags: Tags.map(([Key, Value]) => ({ Key, Value })) });
    if (gone.length > 0) await scope.aws.ssm.removeTagsFromResource({ ...target, TagKeys: gone });
    return made(name, properties, scope);
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ParameterNotFound/, () => aws.ssm.deleteParameter({ Name: physicalId })),
});

export const ssmHandlers = { "AWS::SSM::Parameter": parameter };
