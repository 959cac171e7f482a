import { ActionError } from "../action.ts";

/** An image named by digest: the only way this platform names one. */
export interface DigestReference {
  /** Host and, where given, port: `123456789012.dkr.ecr.us-east-1.amazonaws.com`, `127.0.0.1:4566`. */
  readonly registry: string;
  /** Path in the registry: `karmacadabra/alpha`. */
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** The whole reference, as a task definition has it: `<registry>/<repository>@<digest>`. */
  readonly uri: string;
}

/** A repository's address, as ECR's `repositoryUri` gives it. */
export type RepositoryReference = Pick<DigestReference, "registry" | "repository">;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
// The grammar of the OCI distribution specification 1.1, "Pulling manifests": names of lower-case components.
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const REGISTRY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** A reference by digest in all its forms. */
export function digestReference(repository: RepositoryReference, digest: string): DigestReference {
  return { ...repository, digest, uri: `${repository.registry}/${repository.repository}@${digest}` };
}

/**
 * Reads `<registry>/<repository>@sha256:<64 hex>`.
 * @throws {ActionError} for anything else; a tag is refused with the reason.
 */
export function parseDigestUri(uri: string): DigestReference {
  const at = uri.indexOf("@");
  if (at < 0)
    throw wrong(uri, hasTag(uri) ? "it names a tag, and a tag can move to another image" : "it has no digest");
  const digest = uri.slice(at + 1);
  if (!isDigest(digest)) throw wrong(uri, "after the @ there is no sha256: with 64 lower-case hexadecimal digits");
  const name = uri.slice(0, at);
  if (hasTag(name)) throw wrong(uri, "it names a tag as well as a digest");
  return digestReference(splitRepository(name, uri), digest);
}

/** As `parseDigestUri`, for what may be anything; undefined when it names no image by digest. */
export function tryDigestUri(uri: string): DigestReference | undefined {
  try {
    return parseDigestUri(uri);
  } catch {
    return undefined;
  }
}

/** First 12 hex digits, as people compare them. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);

/**
 * Reads a repository's address without tag or digest, such as ECR's `repositoryUri`.
 * @throws {ActionError} when it is none.
 */
export function parseRepositoryUri(uri: string): RepositoryReference {
  if (uri.includes("@") || hasTag(uri))
    throw new ActionError(`"${uri}" is not a repository: give it without tag and digest, <registry>/<repository>.`);
  return splitRepository(uri, uri);
}

/** Whether a registry may be spoken to without TLS: only one on this machine. */
export const isLocalRegistry = (registry: string): boolean => /^(?:localhost|127(?:\.\d+){3})(?::\d+)?$/.test(registry);

/** Whether a registry is a private one of Amazon ECR, by its host name. */
export const isEcrRegistry = (registry: string): boolean =>
  /^\d{12}\.dkr[.-]ecr\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/.test(registry);

/** The ECR account of a registry's host, when it has one (the sandbox's has none). */
export const registryAccount = (registry: string): string | undefined => /^(\d{12})\.dkr\.ecr\./.exec(registry)?.[1];

function splitRepository(name: string, shown: string): RepositoryReference {
  const slash = name.indexOf("/");
  const registry = name.slice(0, Math.max(slash, 0));
  const repository = name.slice(slash + 1);
  if (!REGISTRY.test(registry) || !(registry.includes(".") || registry.includes(":") || registry === "localhost"))
    throw wrong(shown, "it does not begin with a registry's host name");
  if (!REPOSITORY.test(repository)) throw wrong(shown, `"${repository}" is not a repository's name`);
  return { registry, repository };
}

const hasTag = (name: string): boolean => name.slice(name.lastIndexOf("/")).includes(":");

const wrong = (uri: string, reason: string): ActionError =>
  new ActionError(
    `"${uri}" does not name an image by digest: ${reason}. Allowed: <registry>/<repository>@sha256:<64 hexadecimal digits>.`,
  );
