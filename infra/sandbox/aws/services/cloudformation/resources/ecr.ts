import type { CreateRepositoryRequest } from "@aws-sdk/client-ecr";
import { attributes, type Between, handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /RepositoryNotFound|LifecyclePolicyNotFound|RepositoryPolicyNotFound/;

interface Repository {
  readonly RepositoryName?: string;
  readonly ImageTagMutability?: CreateRepositoryRequest["imageTagMutability"];
  readonly ImageScanningConfiguration?: { readonly ScanOnPush?: boolean };
  readonly EncryptionConfiguration?: { readonly EncryptionType: "AES256" | "KMS"; readonly KmsKey?: string };
  readonly LifecyclePolicy?: { readonly LifecyclePolicyText?: string };
  readonly RepositoryPolicyText?: object | string;
  readonly EmptyOnDelete?: boolean;
  readonly Tags?: readonly Tag[];
}

async function policies(name: string, { before, after }: Between<Repository>, { aws }: Scope): Promise<void> {
  const lifecycle = after.LifecyclePolicy?.LifecyclePolicyText;
  if (lifecycle) await aws.ecr.putLifecyclePolicy({ repositoryName: name, lifecyclePolicyText: lifecycle });
  else if (before.LifecyclePolicy?.LifecyclePolicyText)
    await unlessGone(GONE, () => aws.ecr.deleteLifecyclePolicy({ repositoryName: name }));
  const policy = after.RepositoryPolicyText;
  if (policy) {
    const policyText = typeof policy === "string" ? policy : JSON.stringify(policy);
    await aws.ecr.setRepositoryPolicy({ repositoryName: name, policyText });
  } else if (before.RepositoryPolicyText)
    await unlessGone(GONE, () => aws.ecr.deleteRepositoryPolicy({ repositoryName: name }));
}

const sdkTags = (tags: readonly Tag[]) => tags.map(({ Key, Value }) => ({ Key, Value }));

const repository = handler<Repository>({
  nameProperty: "RepositoryName",
  create: async (properties, scope) => {
    const name = properties.RepositoryName ?? physicalName(scope, 256, true);
    const { EncryptionConfiguration: encryption } = properties;
    const answer = await scope.aws.ecr.createRepository({
      repositoryName: name,
      imageTagMutability: properties.ImageTagMutability,
      imageScanningConfiguration: { scanOnPush: properties.ImageScanningConfiguration?.ScanOnPush ?? false },
      ...(encryption
        ? { encryptionConfiguration: { encryptionType: encryption.EncryptionType, kmsKey: encryption.KmsKey } }
        : {}),
      tags: sdkTags(properties.Tags ?? []),
    });
    scope.initiated(name);
    await policies(name, { before: {}, after: properties }, scope);
    const made = present(answer.repository, "repository");
    return {
      physicalId: name,
      attributes: attributes({ Arn: made.repositoryArn, RepositoryUri: made.repositoryUri }),
    };
  },
  update: async (properties, existing, scope) => {
    const { aws } = scope;
    const repositoryName = existing.physicalId;
    const before = existing.properties;
    if (properties.ImageTagMutability !== before.ImageTagMutability)
      await aws.ecr.putImageTagMutability({
        repositoryName,
        imageTagMutability: properties.ImageTagMutability ?? "MUTABLE",
      });
    const scanOnPush = properties.ImageScanningConfiguration?.ScanOnPush ?? false;
    if (scanOnPush !== (before.ImageScanningConfiguration?.ScanOnPush ?? false))
      await aws.ecr.putImageScanningConfiguration({ repositoryName, imageScanningConfiguration: { scanOnPush } });
    await policies(repositoryName, { before, after: properties }, scope);
    const { set, remove } = tagChanges(before.Tags, properties.Tags);
    const resourceArn = String(existing.attributes.Arn);
    if (set.length > 0) await aws.ecr.tagResource({ resourceArn, tags: sdkTags(set) });
    if (remove.length > 0) await aws.ecr.untagResource({ resourceArn, tagKeys: remove });
    return existing;
  },
  delete: ({ physicalId, properties }, { aws }) =>
    unlessGone(GONE, () =>
      aws.ecr.deleteRepository({ repositoryName: physicalId, force: properties.EmptyOnDelete ?? false }),
    ),
});

export const ecrHandlers = { "AWS::ECR::Repository": repository };
