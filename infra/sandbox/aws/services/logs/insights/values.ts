/** Values of Logs Insights: what fields hold and functions give. A moment is milliseconds since 1970. */
export interface Moment {
  readonly ms: number;
}

export type Value = string | number | boolean | Moment | undefined;

/** One log line, or one row of a `stats`: values by field name, in the order in which they came. */
export type Row = ReadonlyMap<string, Value>;

export const isMoment = (value: Value): value is Moment => typeof value === "object";

/** `2026-01-31 12:00:00.000` */
export const momentText = ({ ms }: Moment): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "");

/** As results show it; booleans are 1 and 0. */
export function textOf(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (isMoment(value)) return momentText(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "number" ? String(Number(value.toPrecision(15))) : value;
}

/** A number, also from text that looks like one. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (value === undefined || value === "") return undefined;
  const number = isMoment(value) ? value.ms : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function isTrue(value: Value): boolean {
  if (typeof value === "boolean") return value;
  return value !== undefined && value !== "" && value !== "0" && value !== 0 && value !== "false";
}

/** Numbers by size, moments by time, everything else as text; `undefined` comes first. */
export function order(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [textOf(a) ?? "", textOf(b) ?? ""];
  return s < t ? -1 : Number(s > t);
}

/** `1` and `"1"` are equal, as in AWS's language, whose fields have no declared types. */
export function isEqual(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== undefined && y !== undefined ? x === y : textOf(a) === textOf(b);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `5m` in milliseconds; `undefined` for units whose length differs (months, quarters, years). */
export function durationOf(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  const length = UNITS[unit];
  return length === undefined || Number(count) === 0 ? undefined : Number(count) * length;
}
