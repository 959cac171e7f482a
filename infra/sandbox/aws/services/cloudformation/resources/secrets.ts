import { handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

interface Generate {
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly GenerateStringKey?: string;
  readonly IncludeSpace?: boolean;
  readonly PasswordLength?: number;
  readonly RequireEachIncludedType?: boolean;
  readonly SecretStringTemplate?: string;
}

interface Secret {
  readonly Name?: string;
  readonly Description?: string;
  readonly KmsKeyId?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: Generate;
  readonly Tags?: readonly Tag[];
}

async function secretText(secret: Secret, { aws }: Scope): Promise<string | undefined> {
  if (!secret.GenerateSecretString) return secret.SecretString;
  const { GenerateStringKey, SecretStringTemplate, ...rules } = secret.GenerateSecretString;
  const { RandomPassword } = await aws.secretsmanager.getRandomPassword(rules);
  const password = present(RandomPassword, "RandomPassword");
  if (GenerateStringKey === undefined && SecretStringTemplate === undefined) return password;
  if (GenerateStringKey === undefined || SecretStringTemplate === undefined)
    throw new Error("GenerateSecretString needs GenerateStringKey and SecretStringTemplate together");
  return JSON.stringify({ ...parseTemplate(SecretStringTemplate), [GenerateStringKey]: password });
}

function parseTemplate(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Reported below: the text itself may hold a secret and is not repeated.
  }
  throw new Error("SecretStringTemplate must be a JSON object");
}

const secret = handler<Secret>({
  nameProperty: "Name",
  create: async (properties, scope) => {
    const SecretString = await secretText(properties, scope);
    const answer = await scope.aws.secretsmanager.createSecret({
      Name: properties.Name ?? physicalName(scope, 512),
      Description: properties.Description,
      KmsKeyId: properties.KmsKeyId,
      Tags: properties.Tags ? [...properties.Tags] : undefined,
      ...(SecretString === undefined ? {} : { SecretString }),
    });
    const arn = present(answer.ARN, "ARN");
    return { physicalId: arn, attributes: { Id: arn } };
  },
  update: async (properties, existing, scope) => {
    const { aws } = scope;
    const SecretId = existing.physicalId;
    const before = existing.properties;
    const changed = (key: "GenerateSecretString" | "SecretString") =>
      JSON.stringify(properties[key]) !== JSON.stringify(before[key]);
    const SecretString =
      changed("GenerateSecretString") || changed("SecretString") ? await secretText(properties, scope) : undefined;
    await aws.secretsmanager.updateSecret({
      SecretId,
      Description: properties.Description,
      KmsKeyId: properties.KmsKeyId,
      ...(SecretString === undefined ? {} : { SecretString }),
    });
    const { set, remove } = tagChanges(before.Tags, properties.Tags);
    if (set.length > 0) await aws.secretsmanager.tagResource({ SecretId, Tags: set });
    if (remove.length > 0) await aws.secretsmanager.untagResource({ SecretId, TagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ResourceNotFound/, () =>
      aws.secretsmanager.deleteSecret({ SecretId: physicalId, ForceDeleteWithoutRecovery: true }),
    ),
});

export const secretHandlers = { "AWS::SecretsManager::Secret": secret };
