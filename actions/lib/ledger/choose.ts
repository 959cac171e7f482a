import type { BlockedDigest, LedgerRecord } from "./record.ts";

/** Where a rollback goes to. */
export type Destination =
  | { readonly kind: "previous" }
  | { readonly kind: "commit"; readonly commit: string }
  | { readonly kind: "digest"; readonly digest: string };

/** @returns undefined when the text is none of `previous`, `commit:<sha>`, `digest:sha256:<hex>`. */
export function parseDestination(text: string): Destination | undefined {
  if (text === "previous") return { kind: "previous" };
  const commit = /^commit:([0-9a-f]{7,40})$/.exec(text)?.[1];
  if (commit) return { kind: "commit", commit };
  const digest = /^digest:(?:sha256:)?([0-9a-f]{12,64})$/.exec(text)?.[1];
  return digest ? { kind: "digest", digest: `sha256:${digest}` } : undefined;
}

export interface Trail {
  /** Proven deployments, newest first. */
  readonly history: readonly LedgerRecord[];
  readonly blocked: readonly BlockedDigest[];
  readonly liveDigest: string | undefined;
}

export type Choice = { readonly record: LedgerRecord } | { readonly refusal: string };

/** Chooses the earlier proven deployment that a rollback returns to, or says why there is none. */
export function chooseRecord(to: Destination, trail: Trail): Choice {
  const earlier = trail.history.filter((record) => record.digest !== trail.liveDigest);
  const record = earlier.find((candidate) => matches(to, candidate, trail.blocked));
  if (record) return { record };
  const live = trail.history.find((candidate) => candidate.digest === trail.liveDigest);
  if (live && to.kind !== "previous" && matches(to, live, [])) return { refusal: `${describe(to)} is already live.` };
  if (to.kind === "previous")
    return { refusal: "The ledger knows no earlier proven deployment that a rollback has not refused." };
  return { refusal: `${describe(to)} was never proven here. Proven: ${listed(earlier)}.` };
}

function matches(to: Destination, record: LedgerRecord, blocked: readonly BlockedDigest[]): boolean {
  if (to.kind === "commit") return record.commit.startsWith(to.commit);
  if (to.kind === "digest") return record.digest.startsWith(to.digest);
  return !blocked.some((entry) => entry.digest === record.digest);
}

const describe = (to: Destination): string =>
  to.kind === "commit" ? `Commit ${to.commit}` : to.kind === "digest" ? `Digest ${to.digest}` : "The previous version";

const listed = (records: readonly LedgerRecord[]): string =>
  records
    .slice(0, 5)
    .map((record) => `${record.commit.slice(0, 12)} (${record.at.slice(0, 10)})`)
    .join(", ") || "nothing yet";
