import type { RawPermissions } from "./model.ts";

export type Access = "none" | "read" | "write";
export type Permissions = Readonly<Record<string, Access>>;

const SCOPES = [
  ...["actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token", "issues", "models"],
  ...["packages", "pages", "pull-requests", "repository-projects", "security-events", "statuses"],
];
const RANK: Readonly<Record<Access, number>> = { none: 0, read: 1, write: 2 };

/** What a workflow without `permissions` gets: GitHub's restricted default, the safer of its two. */
export const DEFAULT_PERMISSIONS: Permissions = everything("none", { contents: "read", packages: "read" });

/** `undefined` inherits; a mapping sets every scope that it does not name to `none`. */
export function resolvePermissions(raw: RawPermissions | undefined, inherited: Permissions): Permissions {
  if (raw === undefined) return inherited;
  if (raw === "read-all") return everything("read", { "id-token": "none" });
  if (raw === "write-all") return everything("write", {});
  if (raw === null || typeof raw !== "object") return everything("none", {});
  return everything("none", raw as Permissions);
}

/** The scopes where `wanted` asks for more than `allowed` gives, as `id-token: write`. */
export function beyond(wanted: Permissions, allowed: Permissions): { asked: string; granted: string }[] {
  return SCOPES.filter((scope) => RANK[wanted[scope] ?? "none"] > RANK[allowed[scope] ?? "none"]).map((scope) => ({
    asked: `${scope}: ${wanted[scope]}`,
    granted: `${scope}: ${allowed[scope] ?? "none"}`,
  }));
}

function everything(access: Access, named: Permissions): Permissions {
  return Object.fromEntries(SCOPES.map((scope) => [scope, named[scope] ?? access]));
}
