import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

/** Advisory records in the OSV format (ossf.github.io/osv-schema), as far as matching npm packages needs them. */
const texts = v.array(v.string());
const event = v.looseObject({
  introduced: v.optional(v.string()),
  fixed: v.optional(v.string()),
  last_affected: v.optional(v.string()),
  limit: v.optional(v.string()),
});
const severity = v.looseObject({ type: v.string(), score: v.string() });
const specific = v.optional(v.nullable(v.looseObject({ severity: v.optional(v.nullable(v.string())) })));
const affected = v.looseObject({
  package: v.optional(v.looseObject({ ecosystem: v.string(), name: v.string() })),
  ranges: v.optional(v.nullable(v.array(v.looseObject({ type: v.string(), events: v.array(event) })))),
  versions: v.optional(v.nullable(texts)),
  severity: v.optional(v.nullable(v.array(severity))),
  database_specific: specific,
});
const advisorySchema = v.looseObject({
  id: v.pipe(v.string(), v.minLength(1)),
  modified: v.pipe(v.string(), v.isoTimestamp()),
  withdrawn: v.optional(v.nullable(v.string())),
  aliases: v.optional(v.nullable(texts)),
  summary: v.optional(v.nullable(v.string())),
  severity: v.optional(v.nullable(v.array(severity))),
  affected: v.optional(v.nullable(v.array(affected))),
  database_specific: specific,
});

export type Advisory = v.InferOutput<typeof advisorySchema>;
export type AffectedPackage = v.InferOutput<typeof affected>;
export type AffectedRange = NonNullable<AffectedPackage["ranges"]>[number];
export type SeverityScore = v.InferOutput<typeof severity>;

/** What a folder of advisories holds, and what of it could not be read. */
export interface AdvisorySnapshot {
  /** Records that are about npm packages and not withdrawn. */
  readonly advisories: readonly Advisory[];
  /** All records read, of every ecosystem. */
  readonly records: number;
  /** When the snapshot was taken, from its `snapshot.json`; undefined when it does not say. */
  readonly takenAt?: Date;
  /** When its newest record was changed: the snapshot is at least this new. */
  readonly newestRecord?: Date;
  /** One sentence for everything that makes the data less than whole. */
  readonly problems: readonly string[];
}

/** Optional file of a snapshot: `{ "takenAt": "2026-01-31T12:00:00Z" }`. */
const SNAPSHOT_FILE = "snapshot.json";
const snapshotSchema = v.looseObject({ takenAt: v.pipe(v.string(), v.isoTimestamp()) });

/** Reads every `*.json` below `folder`. Never throws for bad data: what cannot be read is a problem that is reported. */
export async function readAdvisories(folder: string): Promise<AdvisorySnapshot> {
  const problems: string[] = [];
  const files = await listFiles(folder, problems);
  const records: Advisory[] = [];
  let takenAt: Date | undefined;
  for (const name of files) {
    const isMeta = name === SNAPSHOT_FILE;
    const parsed = await readJson(join(folder, name), isMeta ? snapshotSchema : advisorySchema);
    if (typeof parsed === "string") problems.push(`${name} ${parsed}`);
    else if ("takenAt" in parsed) takenAt = new Date(parsed.takenAt as string);
    else records.push(parsed as Advisory);
  }
  const advisories = records.filter((record) => !record.withdrawn && (record.affected ?? []).some(isNpm));
  if (problems.length === 0 && records.length === 0) problems.push(`${folder} holds no advisory records`);
  else if (records.length > 0 && !records.some((record) => (record.affected ?? []).some(isNpm)))
    problems.push(`${folder} holds ${records.length} records, none of them about npm packages`);
  const times = records.map((record) => Date.parse(record.modified));
  const newest = times.reduce((latest, time) => Math.max(latest, time), Number.NEGATIVE_INFINITY);
  return {
    advisories,
    records: records.length,
    takenAt,
    newestRecord: Number.isFinite(newest) ? new Date(newest) : undefined,
    problems,
  };
}

export const isNpm = (found: AffectedPackage): boolean => found.package?.ecosystem.split(":")[0] === "npm";

async function listFiles(folder: string, problems: string[]): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    problems.push(`the folder of advisories ${folder} cannot be read (${(cause as NodeJS.ErrnoException).code})`);
    return [];
  }
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** The parsed record, or what is wrong with it. */
async function readJson<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | string> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    return cause instanceof SyntaxError ? "is not JSON" : `cannot be read (${(cause as NodeJS.ErrnoException).code})`;
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  return `is wrong at ${v.getDotPath(result.issues[0]) ?? "its top"}: ${result.issues[0].message}`;
}
