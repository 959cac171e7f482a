/** Parts of an image reference, e.g. `127.0.0.1:4566/team/agent@sha256:…`. */
export interface ImageReference {
  readonly host: string;
  readonly repository: string;
  /** A digest, or a tag. */
  readonly version: string;
}

/** `undefined` when the reference names no registry host (Docker Hub's short form). */
export function parseReference(reference: string): ImageReference | undefined {
  const slash = reference.indexOf("/");
  const host = reference.slice(0, Math.max(0, slash));
  if (!/[.:]|^localhost$/.test(host)) return undefined;
  const rest = reference.slice(slash + 1);
  const [path = "", digest] = rest.split("@");
  const [repository = "", tag] = path.split(":");
  return { host, repository, version: digest ?? tag ?? "latest" };
}
