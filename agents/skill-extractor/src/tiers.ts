export const LEVELS = ["basic", "standard", "complete", "enterprise"] as const;
export type Level = (typeof LEVELS)[number];

export interface Tier {
  readonly priceGlue: string;
  readonly interests: number;
  readonly skills: number;
  readonly opportunities: number;
}

/** What each level costs and how much of a profile it holds. */
export const TIERS: Readonly<Record<Level, Tier>> = {
  basic: { priceGlue: "0.02", interests: 3, skills: 2, opportunities: 0 },
  standard: { priceGlue: "0.03", interests: 5, skills: 3, opportunities: 2 },
  complete: { priceGlue: "0.05", interests: Infinity, skills: Infinity, opportunities: Infinity },
  enterprise: { priceGlue: "0.50", interests: Infinity, skills: Infinity, opportunities: Infinity },
};
