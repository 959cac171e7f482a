import { createHash } from "node:crypto";

/** How a service's collections look on disk: a line with format and checksum, then the collections as JSON. */
export type Collections = Map<string, Map<string, unknown>>;

const format = 1;
const checksum = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Dates and bytes are the two values of AWS's shapes that JSON lacks. */
function encoded(this: unknown, key: string, value: unknown): unknown {
  const original: unknown = Reflect.get(this as object, key);
  if (original instanceof Date) return { $date: original.toISOString() };
  if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString("base64") };
  return value;
}

function revived(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value && typeof value.$date === "string") return new Date(value.$date);
  if ("$bytes" in value && typeof value.$bytes === "string") return Buffer.from(value.$bytes, "base64");
  return value;
}

export function snapshotText(collections: Collections): string {
  const plain = Object.fromEntries([...collections].map(([name, items]) => [name, [...items]]));
  const body = JSON.stringify(plain, encoded);
  return `${JSON.stringify({ format, sha256: checksum(body) })}\n${body}`;
}

/** @throws Error in one sentence when the text is not a whole snapshot of this format. */
export function parseSnapshot(text: string): Collections {
  const end = text.indexOf("\n");
  if (end < 0) throw new Error("the file has no header line");
  const header = JSON.parse(text.slice(0, end)) as { format?: unknown; sha256?: unknown };
  const body = text.slice(end + 1);
  if (header.format !== format) throw new Error(`its format is ${JSON.stringify(header.format)}, not ${format}`);
  if (header.sha256 !== checksum(body)) throw new Error("its checksum does not match: it was cut off or edited");
  const collections = JSON.parse(body, revived) as Record<string, [string, unknown][]>;
  return new Map(Object.entries(collections).map(([name, items]) => [name, new Map(items)]));
}
