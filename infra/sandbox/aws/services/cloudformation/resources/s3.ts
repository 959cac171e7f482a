import type {
  BucketLifecycleConfiguration,
  BucketVersioningStatus,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import type { ValueObject } from "../template/value.ts";
import { attributes, type Between, handler, type Scope, type Tag, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /NoSuchBucket|NotFound/;

interface LifecycleRule {
  readonly Id?: string;
  readonly Prefix?: string;
  readonly Status: "Enabled" | "Disabled";
  readonly ExpirationInDays?: number;
  readonly ExpiredObjectDeleteMarker?: boolean;
  readonly NoncurrentVersionExpiration?: {
    readonly NoncurrentDays?: number;
    readonly NewerNoncurrentVersions?: number;
  };
  readonly NoncurrentVersionExpirationInDays?: number;
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number };
}

interface Bucket {
  readonly BucketName?: string;
  readonly BucketEncryption?: { readonly ServerSideEncryptionConfiguration?: readonly ServerSideEncryptionRule[] };
  readonly PublicAccessBlockConfiguration?: PublicAccessBlockConfiguration;
  readonly VersioningConfiguration?: { readonly Status?: BucketVersioningStatus };
  readonly LifecycleConfiguration?: { readonly Rules?: readonly LifecycleRule[] };
  readonly Tags?: readonly Tag[];
}

/** What this sandbox passes on to S3. Other properties would be lost silently, so they are refused. */
const SUPPORTED = new Set([
  "BucketName",
  "BucketEncryption",
  "PublicAccessBlockConfiguration",
  "VersioningConfiguration",
  "LifecycleConfiguration",
  "Tags",
  // Without effect here: nobody but the account uses the sandbox.
  "AccessControl",
  "OwnershipControls",
]);

function lifecycle(rules: readonly LifecycleRule[]): BucketLifecycleConfiguration {
  return {
    Rules: rules.map((rule) => {
      const noncurrent =
        rule.NoncurrentVersionExpiration ??
        (rule.NoncurrentVersionExpirationInDays === undefined
          ? undefined
          : { NoncurrentDays: rule.NoncurrentVersionExpirationInDays });
      const { ExpirationInDays: Days, ExpiredObjectDeleteMarker } = rule;
      return {
        ID: rule.Id,
        Status: rule.Status,
        Filter: { Prefix: rule.Prefix ?? "" },
        ...(Days !== undefined || ExpiredObjectDeleteMarker !== undefined
          ? { Expiration: { Days, ExpiredObjectDeleteMarker } }
          : {}),
        ...(noncurrent ? { NoncurrentVersionExpiration: noncurrent } : {}),
        ...(rule.AbortIncompleteMultipartUpload
          ? { AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload }
          : {}),
      };
    }),
  };
}

async function configure(name: string, { before, after: bucket }: Between<Bucket>, { aws }: Scope): Promise<void> {
  const Bucket = name;
  const changed = (key: keyof Bucket) => JSON.stringify(before[key]) !== JSON.stringify(bucket[key]);
  const encryption = bucket.BucketEncryption?.ServerSideEncryptionConfiguration;
  if (changed("BucketEncryption") && encryption)
    await aws.s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules: [...encryption] } });
  const block = bucket.PublicAccessBlockConfiguration;
  if (changed("PublicAccessBlockConfiguration") && block)
    await aws.s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: block });
  if (changed("VersioningConfiguration")) {
    const Status = bucket.VersioningConfiguration?.Status ?? "Suspended";
    await aws.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });
  }
  const rules = bucket.LifecycleConfiguration?.Rules;
  if (changed("LifecycleConfiguration") && rules)
    await aws.s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: lifecycle(rules) });
  if (changed("Tags")) await aws.s3.putBucketTagging({ Bucket, Tagging: { TagSet: [...(bucket.Tags ?? [])] } });
}

const bucketAttributes = (name: string, region: string): ValueObject =>
  attributes({
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
  });

function refuseUnsupported(properties: Bucket): void {
  const others = Object.keys(properties).filter((key) => !SUPPORTED.has(key));
  if (others.length > 0)
    throw new Error(`Properties of AWS::S3::Bucket not implemented by this sandbox: ${others.join(", ")}`);
}

const bucket = handler<Bucket>({
  nameProperty: "BucketName",
  create: async (properties, scope) => {
    refuseUnsupported(properties);
    const name = properties.BucketName ?? physicalName(scope, 63, true);
    await scope.aws.s3.createBucket({ Bucket: name });
    const result = { physicalId: name, attributes: bucketAttributes(name, scope.region) };
    scope.initiated(name, result.attributes);
    await configure(name, { before: {}, after: properties }, scope);
    return result;
  },
  update: async (properties, existing, scope) => {
    refuseUnsupported(properties);
    await configure(existing.physicalId, { before: existing.properties, after: properties }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.s3.deleteBucket({ Bucket: physicalId })),
});

interface BucketPolicy {
  readonly Bucket: string;
  readonly PolicyDocument: object | string;
}

const policyText = ({ PolicyDocument }: BucketPolicy): string =>
  typeof PolicyDocument === "string" ? PolicyDocument : JSON.stringify(PolicyDocument);

const bucketPolicy = handler<BucketPolicy>({
  create: async (properties, { aws }) => {
    await aws.s3.putBucketPolicy({ Bucket: properties.Bucket, Policy: policyText(properties) });
    return { physicalId: properties.Bucket };
  },
  update: async (properties, existing, { aws }) => {
    await aws.s3.putBucketPolicy({ Bucket: properties.Bucket, Policy: policyText(properties) });
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.s3.deleteBucketPolicy({ Bucket: physicalId })),
});

export const s3Handlers = { "AWS::S3::Bucket": bucket, "AWS::S3::BucketPolicy": bucketPolicy };
