import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { childrenOf, holds, parseRule, RuleError } from "./rule.ts";

const states: Readonly<Record<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">> = {
  up: "OK",
  down: "ALARM",
  "with space": "ALARM",
  dark: "INSUFFICIENT_DATA",
};
const evaluated = (rule: string) => holds(parseRule(rule), (name) => states[name]);

test.each([
  ["ALARM(down)", true],
  ['ALARM("with space") AND OK(up)', true],
  ["ALARM('down')", true],
  ['ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:down")', true],
  ["INSUFFICIENT_DATA(dark)", true],
  ["ALARM(up) OR ALARM(down) AND ALARM(up)", false],
  ["(ALARM(up) OR ALARM(down)) AND NOT ALARM(up)", true],
  ["NOT NOT ALARM(down)", true],
  ["TRUE AND NOT FALSE", true],
  ["ALARM(gone)", false],
])("%s is %s", (rule, expected) => expect(evaluated(rule)).toBe(expected));

test.each(["", " TRUE", "ALARM()", "ALARM(a) AND", "ALARM(a) ALARM(b)", "(ALARM(a)", "alarm(a)", "NOT", "ALARM(a))"])(
  "%j is refused",
  (rule) => expect(() => parseRule(rule)).toThrow(RuleError),
);

test("limits: 100 children, nesting", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `ALARM(a${index})`).join(" OR ");
  expect(childrenOf(parseRule(many(100)))).toHaveLength(100);
  expect(() => parseRule(many(101))).toThrow("more than 100 alarms");
  expect(() => parseRule(`${"(".repeat(200)}TRUE${")".repeat(200)}`)).toThrow("nested deeper");
});

test("any text is read or refused with a RuleError", () => {
  const piece = fc.constantFrom("ALARM(a)", "OK(b)", "AND", "OR", "NOT", "(", ")", "TRUE", '"', "x", " ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        expect(typeof holds(parseRule(pieces.join(" ")), () => "OK")).toBe("boolean");
      } catch (error) {
        expect(error).toBeInstanceOf(RuleError);
      }
    }),
  );
});
