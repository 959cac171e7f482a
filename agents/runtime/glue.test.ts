import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatGlue, glue, priceOf } from "./glue.ts";

describe("GLUE", () => {
  test.each([
    ["0.01", 10_000n, "0.01"],
    ["1", 1_000_000n, "1"],
    ["0.50", 500_000n, "0.5"],
    ["12.345678", 12_345_678n, "12.345678"],
  ])("%s is %s millionths and is written %s", (text, amount, shortest) => {
    expect(glue(text)).toBe(amount);
    expect(formatGlue(amount)).toBe(shortest);
  });

  test.each(["", "1.", ".5", "-1", "1e3", "0.0000001", "1,5", " 1"])("%j is no amount", (text) => {
    expect(() => glue(text)).toThrow(RangeError);
  });

  test("what is written is read back as it was", () => {
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 17n });
    fc.assert(fc.property(amounts, (amount) => glue(formatGlue(amount)) === amount));
  });

  test("a price is exact, where floating point would not be, and stops at its cap", () => {
    const pricing = { base: "0.01", each: "0.0001", cap: "200" };
    expect(formatGlue(priceOf(pricing, 3))).toBe("0.0103");
    expect(formatGlue(priceOf(pricing, 2_000_000))).toBe("200");
    fc.assert(
      fc.property(fc.nat({ max: 1_999_900 }), (count) => priceOf(pricing, count) === 10_000n + 100n * BigInt(count)),
    );
  });
});
