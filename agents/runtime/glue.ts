/** Amounts of GLUE, which has 6 decimals, as whole millionths: 0.01 GLUE is 10000n. Never a floating-point number. */
export type Glue = bigint;

const DECIMALS = 6;
const UNIT = 10n ** BigInt(DECIMALS);

/** A decimal amount as people and headers write it. */
export const GLUE_AMOUNT = /^\d{1,12}(\.\d{1,6})?$/;

/** @throws {RangeError} on anything that `GLUE_AMOUNT` does not match. */
export function glue(amount: string): Glue {
  if (!GLUE_AMOUNT.test(amount)) throw new RangeError(`"${amount}" is no amount of GLUE; write it as 12.345678`);
  const [whole = "", fraction = ""] = amount.split(".");
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** Shortest exact form: `0.0101`, `3`. */
export function formatGlue(amount: Glue): string {
  const fraction = String(amount % UNIT)
    .padStart(DECIMALS, "0")
    .replace(/0+$/, "");
  return `${amount / UNIT}${fraction ? `.${fraction}` : ""}`;
}

export interface UnitPricing {
  readonly base: string;
  readonly each: string;
  readonly cap: string;
}

/** `base` and `each` times `count`, at most `cap`. */
export function priceOf(pricing: UnitPricing, count: number): Glue {
  const full = glue(pricing.base) + glue(pricing.each) * BigInt(count);
  const cap = glue(pricing.cap);
  return full < cap ? full : cap;
}
