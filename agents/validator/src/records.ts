/** One message, segment or other entry of the data that is judged, reduced to what the rules look at. */
export interface DataRecord {
  /** Of the fields an entry of its kind should have, how many it has. */
  readonly present: number;
  readonly expected: number;
  readonly text: string | undefined;
  /** Milliseconds since 1970 of a clock time; seconds of an offset in a recording; NaN when unreadable. */
  readonly time: number | undefined;
  readonly clockTime: boolean;
}

export interface Dataset {
  readonly records: readonly DataRecord[];
  /** Counts that the data states about itself, with what they should be. */
  readonly declared: readonly { readonly name: string; readonly stated: number; readonly actual: number }[];
}

type Fields = Readonly<Record<string, unknown>>;

const CHAT_FIELDS = ["timestamp", "user", "message"];
const TRANSCRIPT_FIELDS = ["start", "end", "speaker", "text"];

/** Finds the entries of chat logs, transcripts or any other object; looks at most one list deep, never throws. */
export function datasetOf(content: Fields): Dataset {
  const list = listOf(content);
  const records = list.entries.map((entry) => recordOf(entry, list.fields));
  return { records, declared: declaredCounts(content, list.entries, list.userField) };
}

function listOf(content: Fields): { entries: Fields[]; fields: readonly string[]; userField: string } {
  const objects = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : undefined);
  const messages = objects(content.messages);
  if (messages) return { entries: messages, fields: CHAT_FIELDS, userField: "user" };
  const segments = objects(content.transcript);
  if (segments) return { entries: segments, fields: TRANSCRIPT_FIELDS, userField: "speaker" };
  const any = Object.values(content)
    .map(objects)
    .find((entries) => entries && entries.length > 0);
  return { entries: any ?? (Object.keys(content).length > 0 ? [content] : []), fields: [], userField: "user" };
}

function recordOf(entry: Fields, fields: readonly string[]): DataRecord {
  const names = fields.length > 0 ? fields : Object.keys(entry);
  const clock = entry.timestamp ?? entry.time ?? entry.date;
  return {
    present: names.filter((name) => hasContent(entry[name])).length,
    expected: names.length,
    text: [entry.message, entry.text].find((value) => typeof value === "string") as string | undefined,
    time: clock !== undefined ? timeOf(clock) : typeof entry.start === "number" ? entry.start : undefined,
    clockTime: clock !== undefined,
  };
}

const timeOf = (value: unknown): number =>
  typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value : Number.NaN;

function declaredCounts(content: Fields, entries: readonly Fields[], userField: string): Dataset["declared"] {
  const users = new Set(entries.map((entry) => entry[userField]).filter((user) => typeof user === "string"));
  const actual = { total_messages: entries.length, message_count: entries.length, unique_users: users.size };
  return Object.entries(actual).flatMap(([name, count]) => {
    const stated = content[name];
    return typeof stated === "number" && Number.isFinite(stated) ? [{ name, stated, actual: count }] : [];
  });
}

const hasContent = (value: unknown): boolean =>
  typeof value === "string" ? value.trim() !== "" : value !== undefined && value !== null;
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
