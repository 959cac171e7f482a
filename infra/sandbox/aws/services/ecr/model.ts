import type { EncryptionConfiguration, ImageTagMutabilityExclusionFilter } from "@aws-sdk/client-ecr";

/** What ECR remembers of a repository. */
export interface RepositoryRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  tagMutability: "MUTABLE" | "IMMUTABLE" | "IMMUTABLE_WITH_EXCLUSION" | "MUTABLE_WITH_EXCLUSION";
  exclusions: ImageTagMutabilityExclusionFilter[];
  scanOnPush: boolean;
  readonly encryption: EncryptionConfiguration;
  lifecyclePolicy?: { text: string; evaluatedAt: Date };
  policy?: string;
  tags: Record<string, string>;
  /** Digests of the blobs pushed or mounted here; the bytes are shared over repositories. */
  blobs: string[];
}

/** One manifest of a repository; its bytes are a blob of the store. */
export interface ImageRecord {
  readonly repository: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType?: string;
  /** Compressed size in bytes: config and layers; of an index, its largest member. */
  readonly size: number;
  /** Digest this manifest refers to (an OCI referrer: signature, SBOM, provenance). */
  readonly subject?: string;
  pushedAt: Date;
  tags: string[];
}

/** A password handed out by GetAuthorizationToken. */
export interface TokenRecord {
  readonly password: string;
  readonly expiresAt: Date;
}
