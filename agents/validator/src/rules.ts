import type { Dataset } from "./records.ts";

/** What one rule found. */
export interface Finding {
  readonly rule: string;
  /** 0-1: for quality how good, for fraud how suspicious. */
  readonly score: number;
  /** Quality: share of the quality score. Fraud: the most that this rule alone can make suspicious. */
  readonly weight: number;
  readonly detail: string;
}

export interface Deal {
  readonly seller: string;
  readonly buyer: string;
}

/** How good the data is: a weighted mean of five rules. */
export function qualityOf({ records }: Dataset): readonly Finding[] {
  const n = records.length;
  const texts = textsOf({ records });
  const complete = share(sum(records.map((one) => one.present)), sum(records.map((one) => one.expected)));
  const inOrder = n < 2 ? 0.5 : orderShare(timesOf({ records }));
  const substantial = share(
    texts.filter((text) => text.length >= 12 || /\S\s+\S+\s+\S/.test(text)).length,
    texts.length,
  );
  // One entry alone shows neither variety nor order: half marks.
  const different = n < 2 ? 0.5 : share(new Set(texts).size, texts.length);
  return [
    finding("completeness", complete, 0.35, `${percent(complete)} of the expected fields are filled`),
    finding("amount", Math.min(1, n / 20), 0.2, `entries: ${n}; 20 or more are enough`),
    finding("variety", different, 0.15, `${percent(different)} of the texts are different`),
    finding("substance", substantial, 0.15, `${percent(substantial)} of the texts say more than a word or two`),
    finding("order", inOrder, 0.15, `${percent(inOrder)} of the entries follow in time`),
  ];
}

/** How suspicious the data is: each rule alone can raise the suspicion up to its weight. */
export function fraudOf(dataset: Dataset, deal: Deal, now: number): readonly Finding[] {
  const texts = textsOf(dataset).filter((text) => text.length > 10);
  const copies = share(texts.length - new Set(texts).size, texts.length, 0);
  const lies = dataset.declared.map(({ stated, actual }) =>
    Math.min(1, Math.abs(stated - actual) / Math.max(1, actual)),
  );
  const clock = dataset.records.filter((one) => one.clockTime).map((one) => one.time ?? Number.NaN);
  const impossible = share(clock.filter((time) => !(time >= EARLIEST && time <= now + DAY_MS)).length, clock.length, 0);
  const steady = hasSteadyBeat(timesOf(dataset));
  const empty = dataset.records.length === 0;
  const self = deal.seller.toLowerCase() === deal.buyer.toLowerCase();
  const counts = dataset.declared.map((one) => `${one.name} says ${one.stated}, is ${one.actual}`).join("; ");
  return [
    finding(
      "copies",
      Math.min(1, Math.max(0, copies - 0.1) / 0.5),
      0.8,
      `${percent(copies)} of the longer texts repeat`,
    ),
    finding("declared counts", Math.max(0, ...lies), 0.6, counts || "the data states no counts"),
    finding(
      "impossible times",
      impossible,
      0.75,
      `${percent(impossible)} of the times are unreadable, too old or in the future`,
    ),
    finding(
      "steady beat",
      steady ? 1 : 0,
      0.5,
      steady ? "all entries follow at one exact interval" : "irregular, as people write",
    ),
    finding("nothing to sell", empty ? 1 : 0, 0.75, empty ? "a price is asked for no data" : "there is data"),
    finding("self-dealing", self ? 1 : 0, 0.75, self ? "seller and buyer are the same address" : "two parties"),
  ];
}

/** 0-1. @returns the weighted mean of the findings. */
export const weightedMean = (findings: readonly Finding[]): number =>
  round(sum(findings.map((one) => one.score * one.weight)) / sum(findings.map((one) => one.weight)));

/** 0-1. Independent suspicions add up but never pass 1: one minus the product of what each leaves. */
export const combined = (findings: readonly Finding[]): number =>
  round(1 - findings.reduce((rest, { score, weight }) => rest * (1 - score * weight), 1));

export const round = (value: number): number => Math.round(value * 10_000) / 10_000;
export const percent = (value: number): string => `${Math.round(value * 100)} %`;

const DAY_MS = 86_400_000;
/** The first stream with a chat is not older than this. */
const EARLIEST = Date.UTC(2005, 0, 1);

const finding = (rule: string, score: number, weight: number, detail: string): Finding => ({
  ...{ rule, score: round(score), weight, detail },
});

const textsOf = ({ records }: Pick<Dataset, "records">): string[] =>
  records.flatMap(({ text }) => text?.trim().toLowerCase() || []);
const timesOf = ({ records }: Pick<Dataset, "records">): number[] =>
  records.flatMap(({ time }) => (time === undefined || Number.isNaN(time) ? [] : time));

function orderShare(times: readonly number[]): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return share(steps.filter((step) => step >= 0).length, steps.length);
}

/** People do not write every thirty seconds to the second; five or more equal gaps are a machine's. */
function hasSteadyBeat(times: readonly number[]): boolean {
  const steps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  return times.length > 5 && steps.size === 1;
}

const share = (part: number, whole: number, ofNothing = 1): number => (whole === 0 ? ofNothing : part / whole);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
