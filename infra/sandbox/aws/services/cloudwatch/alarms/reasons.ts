import type { StateValue } from "@aws-sdk/client-cloudwatch";
import { type Condition, type Decision, isBreaching, type Point } from "./evaluation.ts";

/** Why an alarm is in its state, in the words that AWS's events and notifications have. */
export const INITIAL = "Unchecked: Initial alarm creation";

const two = (value: number): string => String(value).padStart(2, "0");

/** `02/10/19 16:59:00`: day, month, year. */
function day(at: number): string {
  const date = new Date(at * 1000);
  const [d, m, y] = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear() % 100].map(two);
  return `${d}/${m}/${y} ${date.toISOString().slice(11, 19)}`;
}

/** As AWS writes times in JSON: `2019-10-02T17:04:40.985+0000`. */
export const stamp = (date: Date): string => date.toISOString().replace("Z", "+0000");

/** A number as Java prints a double: `50.0`, `0.0666851903306472`, `1.0E7`. */
export function double(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0.0";
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
const be = (count: number): string => (count === 1 ? "was" : "were");

const RELATIONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

export interface Explained extends Condition {
  /** DatapointsToAlarm was given: the text then counts "out of" and names the minimum. */
  readonly isOutOf: boolean;
}

type Real = Decision["evaluated"];

const shown = (points: readonly (Point & { value: number })[]): string =>
  `[${points.map(({ at, value }) => `${double(value)} (${day(at)})`).join(", ")}]`;

function filledText(filled: number, { missing }: Explained): string {
  const as = missing === "breaching" ? "Breaching" : missing === "notBreaching" ? "NonBreaching" : "Missing";
  return `${counted(filled, "missing datapoint")} ${be(filled)} treated as [${as}]`;
}

/** The data points that speak for the new state, and how they compare. */
function comparison(points: Real, state: StateValue, condition: Explained): string {
  const not = state === "ALARM" ? "" : "not ";
  const relation = `${be(points.length)} ${not}${RELATIONS[condition.operator]} the threshold (${double(condition.threshold)})`;
  if (!condition.isOutOf) return `${counted(points.length, "datapoint")} ${shown(points)} ${relation}`;
  const outOf = `${points.length} out of the last ${counted(condition.periods, "datapoint").replace(/^1 datapoint$/, "1 datapoints")}`;
  return `${outOf} ${shown(points)} ${relation}`;
}

function minimum(from: StateValue, to: StateValue, { periods, toAlarm }: Explained): string {
  const needed = to === "ALARM" ? toAlarm : periods - toAlarm + 1;
  // AWS writes the transition from INSUFFICIENT_DATA as if it began at the other state.
  const before = from === "INSUFFICIENT_DATA" ? (to === "ALARM" ? "OK" : "ALARM") : from;
  return ` (minimum ${counted(needed, "datapoint")} for ${before} -> ${to} transition)`;
}

export function reasonOf(
  { evaluated, filled }: Pick<Decision, "evaluated" | "filled">,
  transition: { readonly from: StateValue; readonly to: StateValue },
  condition: Explained,
): string {
  const { from, to } = transition;
  if (to === "INSUFFICIENT_DATA") return `Insufficient Data: ${counted(filled, "datapoint")} ${be(filled)} unknown.`;
  const speaking = evaluated.filter(({ value }) => isBreaching(value, condition) === (to === "ALARM"));
  const isFilled = filled > 0 && ["breaching", "notBreaching"].includes(condition.missing);
  if (evaluated.length === 0)
    return `Threshold Crossed: no datapoints were received for ${counted(filled, "period")} and ${filledText(filled, condition)}.`;
  const compared = speaking.length > 0 ? comparison(speaking, to, condition) : "";
  const added = isFilled ? `${compared ? " and " : ""}${filledText(filled, condition)}` : "";
  const least = condition.isOutOf && !isFilled ? minimum(from, to, condition) : "";
  return `Threshold Crossed: ${compared}${added}${least}.`;
}

export interface Facts {
  readonly now: Date;
  readonly period: number;
  readonly statistic: string | undefined;
  readonly unit: string | undefined;
}

/** StateReasonData: the same as JSON, with the data points. */
export function reasonData({ evaluated }: Pick<Decision, "evaluated">, { threshold }: Condition, facts: Facts): string {
  const oldest = evaluated.at(-1);
  return JSON.stringify({
    version: "1.0",
    queryDate: stamp(facts.now),
    ...(oldest ? { startDate: stamp(new Date(oldest.at * 1000)) } : {}),
    ...(facts.unit ? { unit: facts.unit } : {}),
    ...(facts.statistic ? { statistic: facts.statistic } : {}),
    period: facts.period,
    recentDatapoints: evaluated.map(({ value }) => value).toReversed(),
    threshold,
    evaluatedDatapoints: evaluated.map(({ at, value, samples }) => ({
      timestamp: stamp(new Date(at * 1000)),
      ...(samples === undefined ? {} : { sampleCount: samples }),
      value,
    })),
  });
}
