import { ActionError } from "../action.ts";

/** An image by digest: `registry/repository@sha256:…`. Tags move; digests do not, so a tag is refused. */
export interface ImageReference {
  readonly uri: string;
  readonly registry: string;
  readonly repository: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

const PATTERN = /^(?<registry>[^/\s]+)\/(?<repository>[^@\s]+)@(?<digest>sha256:[0-9a-f]{64})$/;

/** @throws {ActionError} when it is not a digest URI. */
export function parseImageReference(uri: string): ImageReference {
  const found = tryImageReference(uri);
  if (found) return found;
  throw new ActionError(
    `The image is "${uri}"; allowed: <registry>/<repository>@sha256:<64 hex digits>. A tag can point at another image tomorrow; push-image outputs the digest URI.`,
  );
}

export function tryImageReference(uri: string): ImageReference | undefined {
  const { registry, repository, digest } = PATTERN.exec(uri)?.groups ?? {};
  if (!registry || !repository || !digest || /:[^/]*$/.test(repository)) return undefined;
  return { uri, registry, repository, digest };
}

/** The ECR account of a registry's host, when it has one (the sandbox's has none). */
export const registryAccount = (registry: string): string | undefined => /^(\d{12})\.dkr\.ecr\./.exec(registry)?.[1];

/** First 12 hex digits, as people compare them. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);
