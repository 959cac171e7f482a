import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { anyNetwork, anyWildcard, wildcard } from "./patterns.ts";

/** The definition itself, slow and obvious: what `wildcard` must equal. */
function byDefinition(pattern: string, value: string): boolean {
  const [head] = pattern;
  if (head === undefined) return value === "";
  if (head === "*")
    return byDefinition(pattern.slice(1), value) || (value !== "" && byDefinition(pattern, value.slice(1)));
  return value !== "" && (head === "?" || head === value[0]) && byDefinition(pattern.slice(1), value.slice(1));
}

const exact = { caseSensitive: true };

describe("wildcard", () => {
  test("equals its definition for any pattern and value", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "?"), maxLength: 9 });
    const value = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 9 });
    fc.assert(
      fc.property(pattern, value, (p, v) => wildcard(p, exact)(v) === byDefinition(p, v)),
      { numRuns: 5000 },
    );
  });

  test("matches what a star or a question mark was put in for", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", "+", "(", "."), maxLength: 6 });
    fc.assert(fc.property(part, part, part, (a, b, c) => wildcard(`${a}*${c}`, exact)(`${a}${b}${c}`)));
    fc.assert(fc.property(part, part, (a, c) => wildcard(`${a}?${c}`, exact)(`${a}x${c}`)));
  });

  test.each([
    ["/alpha/*", "/alpha/health", true],
    ["/alpha/*", "/alpha/", true],
    ["/alpha/*", "/alpha", false],
    ["/alpha/*", "/Alpha/health", false],
    ["/alpha", "/alpha", true],
    ["/img/*/pics", "/img/a/b/pics", true],
    ["/v?/x", "/v1/x", true],
    ["/v?/x", "/v12/x", false],
  ])("%s against %s is %s", (pattern, value, expected) => {
    expect(wildcard(pattern, exact)(value)).toBe(expected);
  });

  test("many stars against a long value end at once", () => {
    const started = performance.now();
    expect(wildcard(`${"*a".repeat(60)}b`, exact)("a".repeat(8000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("host names compare without case", () => {
    expect(anyWildcard(["*.Example.com", "b.test"], { caseSensitive: false })("API.example.COM")).toBe(true);
  });
});

describe("anyNetwork", () => {
  test("knows IPv4, IPv6 and IPv4 in IPv6 clothes", () => {
    const matches = anyNetwork(["127.0.0.0/8", "fd00::/8"]);
    expect([matches("127.0.0.1"), matches("::ffff:127.9.9.9"), matches("fd00::1"), matches("10.0.0.1")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "somewhere/8"])("refuses %s", (block) => {
    expect(() => anyNetwork([block])).toThrow();
  });
});
