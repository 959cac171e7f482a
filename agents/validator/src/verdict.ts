import type { Glue } from "../../runtime/glue.ts";
import { priceFinding } from "./price.ts";
import { datasetOf } from "./records.ts";
import { combined, type Deal, type Finding, fraudOf, qualityOf, round, weightedMean } from "./rules.ts";

export interface Validation {
  readonly quality_score: number;
  readonly fraud_score: number;
  readonly price_score: number;
  readonly overall_score: number;
  readonly recommendation: "approve" | "reject" | "review";
  readonly reasoning: string;
  /** Every rule with what it found, so that the scores can be followed. */
  readonly rules: Readonly<Record<"quality" | "fraud" | "price", readonly Finding[]>>;
}

export interface ValidationRequest extends Deal {
  readonly dataType: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly price: Glue;
}

/** The same request at the same time always gets the same verdict. @param now in milliseconds since 1970. */
export function validate(request: ValidationRequest, now: number): Validation {
  const dataset = datasetOf(request.content);
  const quality = dataset.records.length > 0 ? qualityOf(dataset) : [NOTHING];
  const fraud = fraudOf(dataset, request, now);
  const price = [priceFinding(request.dataType, dataset.records.length, request.price)];
  const scores = { quality: weightedMean(quality), fraud: combined(fraud), price: weightedMean(price) };
  const overall = round(0.5 * scores.quality + 0.3 * (1 - scores.fraud) + 0.2 * scores.price);
  const recommendation = recommend(overall, scores.fraud);
  return {
    quality_score: scores.quality,
    fraud_score: scores.fraud,
    price_score: scores.price,
    overall_score: overall,
    recommendation,
    reasoning: reason(recommendation, { overall, ...scores }, { quality, fraud, price }),
    rules: { quality, fraud, price },
  };
}

/** Thresholds of the marketplace. */
export function recommend(overall: number, fraud: number): Validation["recommendation"] {
  if (overall < 0.5 || fraud > 0.7) return "reject";
  return overall >= 0.8 && fraud < 0.2 ? "approve" : "review";
}

const NOTHING: Finding = { rule: "amount", score: 0, weight: 1, detail: "there is no data" };

function reason(
  recommendation: Validation["recommendation"],
  scores: { overall: number; quality: number; fraud: number; price: number },
  rules: Validation["rules"],
): string {
  const weakest = [...rules.quality].sort((a, b) => a.score - b.score)[0];
  const worst = rules.fraud.filter(({ score }) => score > 0).sort((a, b) => b.score * b.weight - a.score * a.weight)[0];
  const { overall, quality, fraud, price } = scores;
  return [
    `${recommendation}: overall ${overall} = 0.5 × quality ${quality} + 0.3 × (1 − fraud ${fraud}) + 0.2 × price ${price}.`,
    weakest && weakest.score < 1 ? `Weakest in quality: ${weakest.rule} (${weakest.detail}).` : "No fault in quality.",
    worst ? `Most suspicious: ${worst.rule} (${worst.detail}).` : "Nothing suspicious.",
    `Price: ${rules.price[0]?.detail}.`,
  ].join(" ");
}
