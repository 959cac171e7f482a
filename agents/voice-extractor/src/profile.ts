import type { ChatMessage } from "../../runtime/chat.ts";
import { round2, said } from "../../runtime/text.ts";
import { CATEGORIES } from "./categories.ts";

export const TYPES = ["basic", "standard", "complete", "enterprise"] as const;
export type ProfileType = (typeof TYPES)[number];

/** What each type costs in GLUE, and how many of the categories it holds. */
export const TIERS: Readonly<Record<ProfileType, { readonly priceGlue: string; readonly categories: number }>> = {
  basic: { priceGlue: "0.02", categories: 3 },
  standard: { priceGlue: "0.03", categories: 5 },
  complete: { priceGlue: "0.04", categories: 8 },
  enterprise: { priceGlue: "0.40", categories: 8 },
};

export interface VoiceAnalysis {
  /** 0-1; grows with the number of messages and never reaches 1. */
  readonly confidence_score: number;
  readonly message_count: number;
  readonly categories: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** How somebody writes. The same messages always give the same analysis. */
export function analysisOf(messages: readonly ChatMessage[], type: ProfileType): VoiceAnalysis {
  const texts = messages.map(({ message }) => said(message));
  const categories = Object.entries(CATEGORIES).slice(0, TIERS[type].categories);
  return {
    confidence_score: Math.min(0.99, round2(texts.length / (texts.length + 10))),
    message_count: texts.length,
    categories: Object.fromEntries(categories.map(([name, compute]) => [name, compute(texts)])),
  };
}
