import { isMoment, type Moment, numberOf, order, textOf, type Value } from "./values.ts";

/** Functions of Logs Insights that give one value per line. An argument that does not fit gives no value. */
type Implementation = (args: readonly Value[]) => Value;

const ofNumber =
  (compute: (value: number) => number): Implementation =>
  ([value]) => {
    const number = numberOf(value);
    const result = number === undefined ? Number.NaN : compute(number);
    return Number.isFinite(result) ? result : undefined;
  };

const ofText =
  (compute: (text: string, rest: readonly Value[]) => Value): Implementation =>
  ([value, ...rest]) => {
    const text = textOf(value);
    return text === undefined ? undefined : compute(text, rest);
  };

const stripped = (text: string, set: string, side: "start" | "end"): string => {
  let [start, end] = [0, text.length];
  while (side === "start" && start < end && set.includes(text[start] ?? "")) start++;
  while (side === "end" && end > start && set.includes(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
};

/** With a second text its characters are removed; AWS's example removes them as a set of characters. */
const trim = (sides: readonly ("start" | "end")[]): Implementation =>
  ofText((text, [set]) => {
    const characters = set === undefined ? " \t\r\n" : (textOf(set) ?? "");
    return sides.reduce((rest, side) => stripped(rest, characters, side), text);
  });

const substring = ofText((text, [from, length]) => {
  const points = [...text];
  const start = numberOf(from) ?? 0;
  const count = numberOf(length);
  return points.slice(start, count === undefined ? undefined : start + count).join("");
});

const extreme =
  (sign: number): Implementation =>
  (args) =>
    args.filter((value) => value !== undefined).sort((a, b) => sign * order(a, b))[0];

function moment(value: Value): Moment | undefined {
  if (isMoment(value)) return value;
  const ms = numberOf(value);
  return ms === undefined ? undefined : { ms };
}

/** The second argument is a period in milliseconds: the parser turns `5m` into a number. */
const rounded =
  (round: (value: number) => number): Implementation =>
  ([value, period]) => {
    const [at, length] = [moment(value), numberOf(period)];
    return at && length ? { ms: round(at.ms / length) * length } : undefined;
  };

const isNonEmpty = (value: Value): boolean => textOf(value) !== undefined && textOf(value) !== "";

export const FUNCTIONS: Readonly<Record<string, Implementation>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  log: ofNumber(Math.log),
  sqrt: ofNumber(Math.sqrt),
  greatest: extreme(-1),
  least: extreme(1),
  ispresent: ([value]) => value !== undefined,
  coalesce: (args) => args.find((value) => value !== undefined),
  isempty: ([value]) => !isNonEmpty(value),
  isblank: ([value]) => (textOf(value) ?? "").trim() === "",
  concat: (args) => args.map((value) => textOf(value) ?? "").join(""),
  ltrim: trim(["start"]),
  rtrim: trim(["end"]),
  trim: trim(["start", "end"]),
  strlen: ofText((text) => [...text].length),
  toupper: ofText((text) => text.toUpperCase()),
  upper: ofText((text) => text.toUpperCase()),
  tolower: ofText((text) => text.toLowerCase()),
  lower: ofText((text) => text.toLowerCase()),
  substr: substring,
  replace: ofText((text, [search, by]) => text.replaceAll(textOf(search) ?? "", textOf(by) ?? "")),
  strcontains: ofText((text, [search]) => Number(text.includes(textOf(search) ?? ""))),
  frommillis: ([value]) => moment(value),
  tomillis: ([value]) => (isMoment(value) ? value.ms : undefined),
  datefloor: rounded(Math.floor),
  dateceil: rounded(Math.ceil),
};
