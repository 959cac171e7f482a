import type { KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import { attributes, type Between, handler, present, type Scope, type Tag, unlessGone } from "./handler.ts";

interface Key {
  readonly Description?: string;
  readonly Enabled?: boolean;
  readonly EnableKeyRotation?: boolean;
  readonly KeyPolicy?: object | string;
  readonly KeySpec?: KeySpec;
  readonly KeyUsage?: KeyUsageType;
  readonly MultiRegion?: boolean;
  readonly PendingWindowInDays?: number;
  readonly Tags?: readonly Tag[];
}

const policyText = (policy: Key["KeyPolicy"]): string | undefined =>
  policy === undefined || typeof policy === "string" ? policy : JSON.stringify(policy);

async function changeKey(KeyId: string, { before, after: key }: Between<Key>, { aws }: Scope): Promise<void> {
  const rotation = key.EnableKeyRotation ?? false;
  if (rotation !== (before.EnableKeyRotation ?? false))
    await (rotation ? aws.kms.enableKeyRotation({ KeyId }) : aws.kms.disableKeyRotation({ KeyId }));
  const enabled = key.Enabled ?? true;
  if (enabled !== (before.Enabled ?? true))
    await (enabled ? aws.kms.enableKey({ KeyId }) : aws.kms.disableKey({ KeyId }));
}

const key = handler<Key>({
  create: async (properties, scope) => {
    const { Description, KeyPolicy, KeySpec, KeyUsage, MultiRegion, Tags } = properties;
    const answer = await scope.aws.kms.createKey({
      Description,
      Policy: policyText(KeyPolicy),
      KeySpec,
      KeyUsage,
      MultiRegion,
      Tags: Tags?.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    });
    const id = present(answer.KeyMetadata?.KeyId, "KeyId");
    const result = { physicalId: id, attributes: attributes({ Arn: answer.KeyMetadata?.Arn, KeyId: id }) };
    scope.initiated(id, result.attributes);
    await changeKey(id, { before: {}, after: properties }, scope);
    return result;
  },
  update: async (properties, existing, scope) => {
    const KeyId = existing.physicalId;
    const before = existing.properties;
    await changeKey(KeyId, { before, after: properties }, scope);
    const Policy = policyText(properties.KeyPolicy);
    if (Policy !== undefined && Policy !== policyText(before.KeyPolicy))
      await scope.aws.kms.putKeyPolicy({ KeyId, PolicyName: "default", Policy });
    if (properties.Description !== before.Description)
      await scope.aws.kms.updateKeyDescription({ KeyId, Description: properties.Description ?? "" });
    return existing;
  },
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(/NotFound|KMSInvalidState/, () =>
      aws.kms.scheduleKeyDeletion({ KeyId: physicalId, PendingWindowInDays: properties.PendingWindowInDays ?? 30 }),
    ),
});

interface Alias {
  readonly AliasName: string;
  readonly TargetKeyId: string;
}

const alias = handler<Alias>({
  create: async ({ AliasName, TargetKeyId }, { aws }) => {
    await aws.kms.createAlias({ AliasName, TargetKeyId });
    return { physicalId: AliasName };
  },
  update: async ({ AliasName, TargetKeyId }, existing, { aws }) => {
    await aws.kms.updateAlias({ AliasName, TargetKeyId });
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(/NotFound/, () => aws.kms.deleteAlias({ AliasName: physicalId })),
});

export const kmsHandlers = { "AWS::KMS::Key": key, "AWS::KMS::Alias": alias };
