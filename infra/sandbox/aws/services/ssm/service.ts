import type { ParameterStringFilter, SSM } from "@aws-sdk/client-ssm";
import { AwsError, type Collection, type Operations, type ServiceContext, type ServiceModule } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { isUnder, matches } from "./filters.ts";
import {
  addVersion,
  checkName,
  described,
  label,
  nextVersion,
  type StoredParameter,
  shown,
  shownValue,
  type Version,
} from "./parameter.ts";

interface Store {
  readonly parameters: Collection<StoredParameter>;
  readonly arn: (name: string) => string;
}

const notFound = (name: string): AwsError => new AwsError("ParameterNotFound", `Parameter ${name} not found.`);

/** `name`, `name:3`, `name:label`, or the same with the parameter's ARN in front. */
function parseReference(reference: string): { name: string; selector: string | undefined } {
  const bare = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/s.exec(reference)?.[1] ?? reference;
  const [name = "", selector] = bare.split(/:(.*)/s);
  return { name, selector };
}

/** ARNs drop the slash of names without one: `parameter/name` is both `name` and `/name`. */
function lookUp({ parameters }: Store, name: string): StoredParameter | undefined {
  return parameters.get(name) ?? parameters.get(name.replace(/^\//, ""));
}

function selected(parameter: StoredParameter, selector: string | undefined): Version | undefined {
  if (selector === undefined) return parameter.versions.at(-1);
  return parameter.versions.find(
    (version) => String(version.Version) === selector || version.Labels.includes(selector),
  );
}

function find(store: Store, reference: string): { parameter: StoredParameter; version: Version; selector?: string } {
  const { name, selector } = parseReference(reference);
  const parameter = lookUp(store, name);
  if (!parameter) throw notFound(reference);
  const version = selected(parameter, selector);
  if (!version)
    throw new AwsError(
      "ParameterVersionNotFound",
      `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
    );
  return { parameter, version, ...(selector === undefined ? {} : { selector }) };
}

const byName = (a: StoredParameter, b: StoredParameter): number => (a.name < b.name ? -1 : 1);

function listed(store: Store, filters: readonly ParameterStringFilter[] = []): StoredParameter[] {
  return [...store.parameters.values()]
    .filter((parameter) => filters.every((filter) => matches(parameter, filter)))
    .sort(byName);
}

function reading(store: Store): Operations<SSM> {
  const get = (reference: string, decrypt: boolean | undefined) => {
    const { parameter, version, selector } = find(store, reference);
    return { ...shown(version, store.arn(parameter.name), decrypt), ...(selector ? { Selector: `:${selector}` } : {}) };
  };
  return {
    GetParameter: ({ Name = "", WithDecryption }) => ({ Parameter: get(Name, WithDecryption) }),
    GetParameters: ({ Names = [], WithDecryption }) => {
      if (Names.length > 10)
        throw new AwsError("ValidationException", `Names must have at most 10 members, got ${Names.length}.`);
      const isKnown = (name: string) => {
        const { name: bare, selector } = parseReference(name);
        const parameter = lookUp(store, bare);
        return parameter !== undefined && selected(parameter, selector) !== undefined;
      };
      return {
        Parameters: Names.filter(isKnown).map((name) => get(name, WithDecryption)),
        InvalidParameters: Names.filter((name) => !isKnown(name)),
      };
    },
    GetParametersByPath: ({
      Path = "",
      Recursive = false,
      ParameterFilters,
      WithDecryption,
      MaxResults = 10,
      NextToken,
    }) => {
      if (!Path.startsWith("/"))
        throw new AwsError(
          "ValidationException",
          `The parameter path must begin with a forward slash, got ${JSON.stringify(Path)}.`,
        );
      const found = listed(store, ParameterFilters).filter(({ name }) => isUnder(name, Path, Recursive));
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: MaxResults });
      return { Parameters: items.map(({ name }) => get(name, WithDecryption)), NextToken: nextToken };
    },
    GetParameterHistory: ({ Name = "", WithDecryption, MaxResults = 50, NextToken }) => {
      const { parameter } = find(store, Name);
      const { items, nextToken } = pageOf(parameter.versions, { token: NextToken, limit: MaxResults });
      const Parameters = items.map((version) => ({
        ...version,
        Value: shownValue(version, WithDecryption),
        Policies: [],
      }));
      return { Parameters, NextToken: nextToken };
    },
    DescribeParameters: ({ ParameterFilters, Filters, MaxResults = 50, NextToken }) => {
      const classic = (Filters ?? []).map(({ Key, Values }) => ({
        Key,
        Values,
        Option: Key === "Name" ? "BeginsWith" : "Equals",
      }));
      const { items, nextToken } = pageOf(listed(store, [...(ParameterFilters ?? []), ...classic]), {
        token: NextToken,
        limit: MaxResults,
      });
      return { Parameters: items.map((item) => described(item, store.arn(item.name))), NextToken: nextToken };
    },
  };
}

function writing(store: Store, context: ServiceContext): Operations<SSM> {
  const remove = (name: string): boolean => {
    const parameter = lookUp(store, parseReference(name).name);
    return parameter !== undefined && store.parameters.delete(parameter.name);
  };
  return {
    PutParameter: (input, { caller }) => {
      const { Name = "", Overwrite = false, Tags } = input;
      checkName(Name);
      const existing = store.parameters.get(Name);
      if (existing && !Overwrite)
        throw new AwsError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      if (Overwrite && Tags && Tags.length > 0)
        throw new AwsError(
          "ValidationException",
          "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
        );
      const version = nextVersion(input, existing, { at: context.clock.now(), user: caller.arn });
      const parameter: StoredParameter = existing ?? { name: Name, versions: [], tags: Tags ?? [] };
      addVersion(parameter, version);
      store.parameters.set(Name, parameter);
      return { Version: version.Version, Tier: version.Tier };
    },
    DeleteParameter: ({ Name = "" }) => {
      if (!remove(Name)) throw notFound(Name);
      return {};
    },
    DeleteParameters: ({ Names = [] }) => {
      const DeletedParameters = Names.filter(remove);
      return { DeletedParameters, InvalidParameters: Names.filter((name) => !DeletedParameters.includes(name)) };
    },
    LabelParameterVersion: ({ Name = "", ParameterVersion, Labels = [] }) => {
      const { parameter, version } = find(store, ParameterVersion ? `${Name}:${ParameterVersion}` : Name);
      return { InvalidLabels: label(parameter, version, Labels), ParameterVersion: version.Version };
    },
  };
}

function tagging(store: Store): Operations<SSM> {
  const target = (type: string | undefined, id: string | undefined): StoredParameter => {
    if (type !== "Parameter")
      throw new AwsError("InvalidResourceType", `The sandbox keeps tags of resource type Parameter only, got ${type}.`);
    const parameter = lookUp(store, id ?? "");
    if (!parameter)
      throw new AwsError("InvalidResourceId", `The resource ID ${id} is not valid. Verify the ID and try again.`);
    return parameter;
  };
  return {
    AddTagsToResource: ({ ResourceType, ResourceId, Tags = [] }) => {
      const parameter = target(ResourceType, ResourceId);
      const keys = Tags.map(({ Key }) => Key);
      parameter.tags = [...parameter.tags.filter(({ Key }) => !keys.includes(Key)), ...Tags];
      return {};
    },
    RemoveTagsFromResource: ({ ResourceType, ResourceId, TagKeys = [] }) => {
      const parameter = target(ResourceType, ResourceId);
      parameter.tags = parameter.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ""));
      return {};
    },
    ListTagsForResource: ({ ResourceType, ResourceId }) => ({ TagList: target(ResourceType, ResourceId).tags }),
  };
}

/** The Parameter Store: values with versions, labels, history and tags. */
export const ssm: ServiceModule = {
  id: "ssm",
  sdk: () => import("@aws-sdk/client-ssm"),
  create: (context) => {
    const store: Store = {
      parameters: context.state.collection("parameters"),
      arn: (name) => `arn:aws:ssm:${context.region}:${context.account}:parameter/${name.replace(/^\//, "")}`,
    };
    return { operations: { ...reading(store), ...writing(store, context), ...tagging(store) } };
  },
};
