import type { ECR, ImageTagMutability, ImageTagMutabilityExclusionFilter, Repository, Tag } from "@aws-sdk/client-ecr";
import { AwsError, type Collection, type Operations, type ServiceContext } from "../../kernel.ts";
import { page } from "../../state/page.ts";
import type { ImageRecord, RepositoryRecord } from "./model.ts";

// RepositoryName of the ECR API: lower-case path components of at most 256 characters in all.
const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const toTags = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));

const fromTags = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The repositories of the one registry (an account has one per region). */
export class Repositories {
  readonly #records: Collection<RepositoryRecord>;
  readonly #images: Collection<ImageRecord>;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#records = context.state.collection("repositories");
    this.#images = context.state.collection("images");
  }

  find(name: string): RepositoryRecord | undefined {
    return this.#records.get(name);
  }

  /** @throws AwsError RepositoryNotFoundException */
  get(name: string | undefined): RepositoryRecord {
    const record = this.#records.get(name ?? "");
    if (record) return record;
    throw new AwsError(
      "RepositoryNotFoundException",
      `The repository with name '${name}' does not exist in the registry with id '${this.#context.account}'`,
    );
  }

  all(): RepositoryRecord[] {
    return [...this.#records.values()];
  }

  view(record: RepositoryRecord): Repository {
    return {
      repositoryArn: record.arn,
      registryId: this.#context.account,
      repositoryName: record.name,
      repositoryUri: `${new URL(this.#context.endpoint()).host}/${record.name}`,
      createdAt: record.createdAt,
      imageTagMutability: record.tagMutability,
      imageTagMutabilityExclusionFilters: record.exclusions.length > 0 ? record.exclusions : undefined,
      imageScanningConfiguration: { scanOnPush: record.scanOnPush },
      encryptionConfiguration: record.encryption,
    };
  }

  readonly operations: Operations<ECR> = {
    CreateRepository: (input) => {
      const name = input.repositoryName ?? "";
      if (name.length < 2 || name.length > 256 || !NAME.test(name))
        throw new AwsError(
          "InvalidParameterException",
          `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${NAME.source}''`,
        );
      if (this.#records.has(name))
        throw new AwsError(
          "RepositoryAlreadyExistsException",
          `The repository with name '${name}' already exists in the registry with id '${this.#context.account}'`,
        );
      const record: RepositoryRecord = {
        name,
        arn: `arn:aws:ecr:${this.#context.region}:${this.#context.account}:repository/${name}`,
        createdAt: this.#context.clock.now(),
        tagMutability: input.imageTagMutability ?? "MUTABLE",
        exclusions: input.imageTagMutabilityExclusionFilters ?? [],
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        encryption: input.encryptionConfiguration ?? { encryptionType: "AES256" },
        tags: toTags(input.tags),
        blobs: [],
      };
      this.#records.set(name, record);
      return { repository: this.view(record) };
    },

    DescribeRepositories: (input) => {
      const names = input.repositoryNames;
      const records = names
        ? names.map((name) => this.get(name))
        : this.all().sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, nextToken } = page(records, input, 100);
      return { repositories: items.map((record) => this.view(record)), nextToken };
    },

    DeleteRepository: (input) => {
      const record = this.get(input.repositoryName);
      const images = [...this.#images.entries()].filter(([, image]) => image.repository === record.name);
      if (images.length > 0 && !input.force)
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${record.name}' in registry with id '${this.#context.account}' cannot be deleted because it still contains images`,
        );
      for (const [key] of images) this.#images.delete(key);
      this.#records.delete(record.name);
      return { repository: this.view(record) };
    },

    PutImageTagMutability: (input) => {
      const record = this.get(input.repositoryName);
      record.tagMutability = input.imageTagMutability as ImageTagMutability;
      record.exclusions = (input.imageTagMutabilityExclusionFilters ?? []) as ImageTagMutabilityExclusionFilter[];
      return {
        registryId: this.#context.account,
        repositoryName: record.name,
        imageTagMutability: record.tagMutability,
        imageTagMutabilityExclusionFilters: record.exclusions,
      };
    },

    PutImageScanningConfiguration: (input) => {
      const record = this.get(input.repositoryName);
      record.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
      return {
        registryId: this.#context.account,
        repositoryName: record.name,
        imageScanningConfiguration: { scanOnPush: record.scanOnPush },
      };
    },

    TagResource: (input) => {
      Object.assign(this.#byArn(input.resourceArn).tags, toTags(input.tags));
      return {};
    },

    UntagResource: (input) => {
      const record = this.#byArn(input.resourceArn);
      for (const key of input.tagKeys ?? []) delete record.tags[key];
      return {};
    },

    ListTagsForResource: (input) => ({ tags: fromTags(this.#byArn(input.resourceArn).tags) }),
  };

  #byArn(arn: string | undefined): RepositoryRecord {
    return this.get(arn?.split(":repository/")[1] ?? arn);
  }
}
