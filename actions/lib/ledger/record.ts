import * as v from "valibot";

const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));

/** One proven deployment. Every version of the ledger's parameter holds one; together they are the audit trail. */
export const ledgerRecord = v.object({
  digest,
  /** `registry/repository@sha256:…` */
  image: v.string(),
  /** Full git sha of the source. */
  commit: v.string(),
  /** URL (or id) of the workflow run that did it. */
  run: v.string(),
  actor: v.string(),
  verdict: v.literal("DEPLOYED"),
  /** ISO 8601. */
  at: v.string(),
  deployment: v.optional(v.string()),
  revision: v.optional(v.string()),
  /** The digest that this deployment replaced because a person asked to go back. */
  rollbackOf: v.optional(digest),
});
export type LedgerRecord = Readonly<v.InferOutput<typeof ledgerRecord>>;

/** A digest that a rollback refused. */
export const blockedDigest = v.object({ digest, reason: v.string(), actor: v.string(), at: v.string() });
export type BlockedDigest = Readonly<v.InferOutput<typeof blockedDigest>>;

/** @returns undefined for a value that no version of this platform wrote (a seed, a manual edit). */
export function parseLedgerRecord(value: string | undefined): LedgerRecord | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ledgerRecord), value);
  return parsed.success ? parsed.output : undefined;
}

export function parseBlocked(value: string | undefined): BlockedDigest[] {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(blockedDigest)), value);
  return parsed.success ? parsed.output : [];
}
