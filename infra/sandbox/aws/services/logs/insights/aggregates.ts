import { numberOf, order, textOf, type Value } from "./values.ts";

/** Functions of `stats`: one value of many lines. */
type Aggregate = (values: readonly Value[], parameter: number | undefined) => Value;

const numbersIn = (values: readonly Value[]): number[] => values.flatMap((value) => numberOf(value) ?? []);
const present = (values: readonly Value[]): Value[] => values.filter((value) => value !== undefined);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

const ofNumbers =
  (compute: (numbers: readonly number[]) => number): Aggregate =>
  (values) => {
    const numbers = numbersIn(values);
    return numbers.length > 0 ? compute(numbers) : undefined;
  };

const deviation = ofNumbers((numbers) => {
  const centre = mean(numbers);
  return Math.sqrt(mean(numbers.map((number) => (number - centre) ** 2)));
});

/** The smallest value that at least `percent` of the values do not exceed. */
function percentile(values: readonly Value[], percent = 50): Value {
  const numbers = numbersIn(values).sort((a, b) => a - b);
  return numbers[Math.max(0, Math.ceil((percent / 100) * numbers.length - 1e-9) - 1)];
}

const sortedBy = (values: readonly Value[], sign: number): Value =>
  present(values).sort((a, b) => sign * order(a, b))[0];

/** `count(*)` counts lines: the caller gives one value per line. */
export const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: (values) => present(values).length,
  count_distinct: (values) => new Set(present(values).map(textOf)).size,
  sum: ofNumbers(sum),
  avg: ofNumbers(mean),
  stddev: deviation,
  min: (values) => sortedBy(values, 1),
  max: (values) => sortedBy(values, -1),
  pct: percentile,
  percentile,
  median: (values) => percentile(values, 50),
  // Lines come newest first.
  earliest: (values) => present(values).at(-1),
  latest: (values) => present(values)[0],
  sortsfirst: (values) => sortedBy(values, 1),
  sortslast: (values) => sortedBy(values, -1),
};
