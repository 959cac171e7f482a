import type { AliasConfiguration, AliasRoutingConfiguration, Lambda } from "@aws-sdk/client-lambda";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { uuid } from "../../uuid.ts";
import { shownConfiguration } from "./configuration.ts";
import {
  type Alias,
  conflict,
  functionArn,
  functionOf,
  invalid,
  LATEST,
  notFound,
  type Store,
  type StoredFunction,
  type Version,
} from "./model.ts";

/** Freezes `$LATEST` as the next version, unless the last one is the same already. */
export function publish(store: Store, stored: StoredFunction, description?: string): Version {
  const { latest } = stored;
  const last = stored.versions.at(-1);
  const isSame = (one: Version) =>
    one.code === latest.code &&
    JSON.stringify({ ...one.configuration, Description: "" }) ===
      JSON.stringify({ ...latest.configuration, Description: "" });
  if (last && isSame(last)) return last;
  const version: Version = {
    ...latest,
    configuration: { ...latest.configuration, Description: description ?? latest.configuration.Description },
    version: String(stored.nextVersion),
    revisionId: uuid(store.context),
    modified: store.context.clock.now(),
  };
  stored.nextVersion++;
  stored.versions.push(version);
  store.functions.set(stored.name, stored);
  return version;
}

const shownAlias = (store: Store, { name: owner }: StoredFunction, alias: Alias): AliasConfiguration => ({
  AliasArn: functionArn(store, owner, alias.name),
  Name: alias.name,
  FunctionVersion: alias.version,
  Description: alias.description,
  RevisionId: alias.revisionId,
  ...(Object.keys(alias.weights).length > 0
    ? { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } }
    : {}),
});

function checkVersion(store: Store, stored: StoredFunction, version: string): void {
  if (version === LATEST || stored.versions.some((one) => one.version === version)) return;
  throw notFound(`Function not found: ${functionArn(store, stored.name, version)}`);
}

function weightsOf(store: Store, stored: StoredFunction, routing: AliasRoutingConfiguration | undefined) {
  const weights = routing?.AdditionalVersionWeights ?? {};
  const entries = Object.entries(weights);
  if (entries.length > 1) throw invalid(`RoutingConfig may name one further version, got ${entries.length}.`);
  for (const [version, weight] of entries) {
    checkVersion(store, stored, version);
    if (version === LATEST) throw invalid("$LATEST is not supported for an alias pointing to more than 1 version");
    if (!(weight >= 0 && weight <= 1))
      throw invalid(`A weight must be from 0 to 1, got ${weight} for version ${version}.`);
  }
  return { ...weights };
}

function aliasOf(store: Store, stored: StoredFunction, name: string | undefined): Alias {
  const alias = stored.aliases.find((one) => one.name === name);
  if (!alias) throw notFound(`Alias not found: ${functionArn(store, stored.name, name)}`);
  return alias;
}

function aliases(store: Store): Operations<Lambda> {
  return {
    CreateAlias: ({ FunctionName, Name = "", FunctionVersion = "", Description = "", RoutingConfig }) => {
      const stored = functionOf(store, FunctionName);
      if (!/^(?!\d+$)[a-zA-Z0-9-_]{1,128}$/.test(Name))
        throw invalid(`An alias must be 1 to 128 letters, digits, - or _, and no number, got ${JSON.stringify(Name)}.`);
      if (stored.aliases.some(({ name }) => name === Name))
        throw conflict(`Alias already exists: ${functionArn(store, stored.name, Name)}`);
      checkVersion(store, stored, FunctionVersion);
      const weights = weightsOf(store, stored, RoutingConfig);
      const alias = {
        name: Name,
        version: FunctionVersion,
        description: Description,
        weights,
        revisionId: uuid(store.context),
      };
      stored.aliases.push(alias);
      return shownAlias(store, stored, alias);
    },
    GetAlias: ({ FunctionName, Name }) => {
      const stored = functionOf(store, FunctionName);
      return shownAlias(store, stored, aliasOf(store, stored, Name));
    },
    UpdateAlias: ({ FunctionName, Name, FunctionVersion, Description, RoutingConfig }) => {
      const stored = functionOf(store, FunctionName);
      const alias = aliasOf(store, stored, Name);
      if (FunctionVersion !== undefined) checkVersion(store, stored, FunctionVersion);
      const weights = RoutingConfig ? weightsOf(store, stored, RoutingConfig) : alias.weights;
      Object.assign(alias, {
        version: FunctionVersion ?? alias.version,
        description: Description ?? alias.description,
        weights,
        revisionId: uuid(store.context),
      });
      return shownAlias(store, stored, alias);
    },
    DeleteAlias: ({ FunctionName, Name }) => {
      const stored = functionOf(store, FunctionName);
      stored.aliases = stored.aliases.filter(({ name }) => name !== Name);
      return {};
    },
    ListAliases: ({ FunctionName, FunctionVersion, Marker, MaxItems = 50 }) => {
      const stored = functionOf(store, FunctionName);
      const found = stored.aliases.filter(({ version }) => !FunctionVersion || version === FunctionVersion);
      const page = pageOf(found, { token: Marker, limit: MaxItems, invalidToken: "InvalidParameterValueException" });
      return { Aliases: page.items.map((alias) => shownAlias(store, stored, alias)), NextMarker: page.nextToken };
    },
  };
}

export function versions(store: Store): Operations<Lambda> {
  return {
    ...aliases(store),
    PublishVersion: ({ FunctionName, CodeSha256, Description }) => {
      const stored = functionOf(store, FunctionName);
      const sha = Buffer.from(stored.latest.code, "hex").toString("base64");
      if (CodeSha256 !== undefined && CodeSha256 !== sha)
        throw invalid(
          `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      return shownConfiguration(store, stored, publish(store, stored, Description));
    },
    ListVersionsByFunction: ({ FunctionName, Marker, MaxItems = 50 }) => {
      const stored = functionOf(store, FunctionName);
      const all = [stored.latest, ...stored.versions].map((version) =>
        shownConfiguration(store, stored, version, { qualifier: version.version }),
      );
      const page = pageOf(all, { token: Marker, limit: MaxItems, invalidToken: "InvalidParameterValueException" });
      return { Versions: page.items, NextMarker: page.nextToken };
    },
  };
}
