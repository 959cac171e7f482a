import { formatGlue, type Glue, priceOf, type UnitPricing } from "../../runtime/glue.ts";
import { type Finding, round } from "./rules.ts";

/** What the market asks, by kind of data: a base and something for each entry. */
const MARKET: Readonly<Record<string, UnitPricing>> = {
  chat_logs: { base: "0.01", each: "0.0001", cap: "200" },
  transcription: { base: "0.02", each: "0.001", cap: "300" },
  skill_profile: { base: "0.05", each: "0", cap: "0.5" },
  voice_profile: { base: "0.04", each: "0", cap: "0.4" },
};
const UNKNOWN: UnitPricing = { base: "0.01", each: "0.0001", cap: "200" };
/** The most that a kind of data without a known market can score. */
const UNKNOWN_LIMIT = 0.6;
/** The highest multiple of the market's price that still scores anything. */
const WORST_RATIO = 5;

/** Judges a price against the market: 1 at or below it, falling to 0 at five times as much; less when absurdly cheap. */
export function priceFinding(dataType: string, entries: number, price: Glue): Finding {
  const known = Object.hasOwn(MARKET, dataType) ? MARKET[dataType] : undefined;
  const market = priceOf(known ?? UNKNOWN, entries);
  const ratio = Number((price * 10_000n) / market) / 10_000;
  const score = round(Math.min(known ? 1 : UNKNOWN_LIMIT, scoreOf(ratio)));
  const asked = `${formatGlue(price)} GLUE asked; the market asks ${formatGlue(market)} for this much (entries: ${entries})`;
  const detail = known ? asked : `${asked} (a guess: no market is known for "${dataType}")`;
  return { rule: "market price", score, weight: 1, detail };
}

function scoreOf(ratio: number): number {
  if (ratio < 0.1) return 0.7;
  if (ratio <= 1) return 1;
  return Math.max(0, 1 - (ratio - 1) / (WORST_RATIO - 1));
}
