import { join } from "node:path";
import type { BucketLocationConstraint, S3 } from "@aws-sdk/client-s3";
import { AwsError, type Operations, type ServiceContext, type ServiceModule } from "../../kernel.ts";
import { BlobStore } from "./blobs.ts";
import { configuration } from "./configuration.ts";
import { listing } from "./listing.ts";
import { bucketOf, checkBucketName, objectsIn, type Shelf, type StoredBucket, summary } from "./model.ts";
import { multipart } from "./multipart.ts";
import { objects } from "./objects.ts";

/** The one region whose buckets have no location constraint. */
const unnamedRegion = "us-east-1";

/** Since April 2023 every new bucket refuses public access. Source: AWS News Blog, "Amazon S3 Security Changes". */
const initialConfiguration = (): StoredBucket["configuration"] => ({
  publicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
});

function buckets(shelf: Shelf, { region }: ServiceContext): Operations<S3> {
  return {
    CreateBucket: ({ Bucket = "", CreateBucketConfiguration }, { caller }) => {
      checkBucketName(Bucket);
      const wanted = CreateBucketConfiguration?.LocationConstraint ?? unnamedRegion;
      const existing = shelf.buckets.get(Bucket);
      if (existing && !(existing.region === unnamedRegion && caller.region === unnamedRegion))
        throw new AwsError(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          { status: 409 },
        );
      if (!existing)
        shelf.buckets.set(Bucket, {
          name: Bucket,
          createdAt: shelf.now(),
          region: wanted,
          configuration: initialConfiguration(),
        });
      return { Location: `/${Bucket}` };
    },
    HeadBucket: ({ Bucket }) => ({ BucketRegion: bucketOf(shelf, Bucket).region }),
    ListBuckets: ({ Prefix = "" }) => ({
      Buckets: [...shelf.buckets.values()]
        .map(summary)
        .filter(({ Name = "" }) => Name.startsWith(Prefix))
        .sort((a, b) => ((a.Name ?? "") < (b.Name ?? "") ? -1 : 1)),
      Owner: { ID: "sandbox", DisplayName: region },
    }),
    GetBucketLocation: ({ Bucket }) => {
      const { region: location } = bucketOf(shelf, Bucket);
      return location === unnamedRegion ? {} : { LocationConstraint: location as BucketLocationConstraint };
    },
    DeleteBucket: ({ Bucket = "" }) => {
      bucketOf(shelf, Bucket);
      if (objectsIn(shelf, Bucket).length > 0)
        throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", { status: 409 });
      shelf.buckets.delete(Bucket);
      return {};
    },
  };
}

function* filesIn({ objects: stored, uploads }: Shelf): Generator<string> {
  for (const { file } of stored.values()) yield file;
  for (const { parts } of uploads.values()) for (const { file } of Object.values(parts)) yield file;
}

/** Buckets and objects; the bytes are files under `<dataDir>/s3`. */
export const s3: ServiceModule = {
  id: "s3",
  sdk: () => import("@aws-sdk/client-s3"),
  create: (context) => {
    const shelf: Shelf = {
      buckets: context.state.collection("buckets"),
      objects: context.state.collection("objects"),
      uploads: context.state.collection("uploads"),
      blobs: new BlobStore(join(context.dataDir, "s3"), () => context.id(32), context.state.afterCommit),
      now: () => context.clock.now(),
      id: context.id,
    };
    shelf.blobs.keepOnly(filesIn(shelf));
    const operations = {
      ...buckets(shelf, context),
      ...configuration(shelf),
      ...objects(shelf),
      ...listing(shelf),
      ...multipart(shelf),
    };
    return { operations };
  },
};
