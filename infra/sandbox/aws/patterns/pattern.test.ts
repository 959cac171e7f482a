import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parsePattern } from "./pattern.ts";

function matches(pattern: object, value: unknown): boolean {
  const parsed = parsePattern(JSON.stringify(pattern));
  if ("problems" in parsed) throw new Error(parsed.problems.join("; "));
  return parsed.pattern.matches(value);
}

const cases: [name: string, pattern: object, yes: unknown[], no: unknown[]][] = [
  ["exact values", { a: ["x", 1, null, true] }, [{ a: "x" }, { a: 1 }, { a: null }, { a: true }], [{ a: "y" }, {}]],
  ["nested fields, all of them", { a: { b: ["x"] }, c: [1] }, [{ a: { b: "x" }, c: 1 }], [{ a: { b: "x" } }, { c: 1 }]],
  ["lists: one item is enough", { a: ["x"] }, [{ a: ["y", "x"] }], [{ a: ["y"] }, { a: [] }]],
  ["lists of objects", { a: { b: ["x"] } }, [{ a: [{ b: "y" }, { b: "x" }] }], [{ a: [{ b: "y" }] }]],
  ["prefix", { a: [{ prefix: "us-" }] }, [{ a: "us-1" }], [{ a: "eu-1" }, { a: 5 }, {}]],
  ["prefix, any case", { a: [{ prefix: { "equals-ignore-case": "Eve" } }] }, [{ a: "EVENT" }], [{ a: "odd" }]],
  ["suffix", { a: [{ suffix: ".png" }] }, [{ a: "x.png" }], [{ a: "png.x" }]],
  ["equals-ignore-case", { a: [{ "equals-ignore-case": "On" }] }, [{ a: "oN" }], [{ a: "one" }]],
  ["wildcard", { a: [{ wildcard: "a*c.*" }] }, [{ a: "abbc.d" }, { a: "ac." }], [{ a: "acd" }]],
  ["wildcard with a star", { a: [{ wildcard: "a\\*" }] }, [{ a: "a*" }], [{ a: "ab" }]],
  ["anything-but", { a: [{ "anything-but": ["x", 1] }] }, [{ a: "y" }, { a: 2 }], [{ a: "x" }, { a: 1 }, {}]],
  [
    "anything-but prefix",
    { a: [{ "anything-but": { prefix: ["x", "y"] } }] },
    [{ a: "z" }],
    [{ a: "xz" }, { a: "yz" }],
  ],
  ["anything-but wildcard", { a: [{ "anything-but": { wildcard: "*/lib/*" } }] }, [{ a: "/bin/" }], [{ a: "/lib/a" }]],
  ["numeric", { a: [{ numeric: [">", 0, "<=", 5] }] }, [{ a: 5 }, { a: 0.1 }], [{ a: 0 }, { a: 6 }, { a: "3" }]],
  ["cidr", { a: [{ cidr: "10.0.0.0/24" }] }, [{ a: "10.0.0.7" }], [{ a: "10.0.1.7" }, { a: "x" }]],
  ["exists", { a: [{ exists: true }] }, [{ a: null }, { a: "" }], [{}, { a: { b: 1 } }]],
  ["exists not", { a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: 1 }]],
  [
    "$or with what is beside it",
    { a: ["x"], $or: [{ b: [1] }, { c: [2] }] },
    [
      { a: "x", b: 1 },
      { a: "x", c: 2 },
    ],
    [{ a: "x" }, { b: 1 }],
  ],
];

describe("patterns", () => {
  test.each(cases)("%s", (_, pattern, yes, no) => {
    expect(yes.map((value) => matches(pattern, value))).toEqual(yes.map(() => true));
    expect(no.map((value) => matches(pattern, value))).toEqual(no.map(() => false));
  });

  test("every problem is named, with its path", () => {
    const wrong = { a: "x", b: { c: [{ unknown: 1 }] }, d: [{ numeric: ["!", 1] }], e: [], $or: [{ f: [1] }] };
    const parsed = parsePattern(JSON.stringify(wrong));
    expect("problems" in parsed && parsed.problems).toEqual([
      '"a" must be an object or an array',
      '"b.c": Unrecognized match type unknown',
      expect.stringContaining('"d": numeric must pair'),
      '"e" may not be an empty array',
      "$or must list at least two alternatives",
    ]);
    expect(parsePattern("{")).toEqual({ problems: [expect.stringContaining("not JSON")] });
  });

  test("property: a flat object is matched by the pattern of its own values, and no text throws", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== "$or"),
          scalar,
          { minKeys: 1 },
        ),
        (value) => {
          const pattern = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, [item]]));
          return matches(pattern, value);
        },
      ),
    );
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        const parsed = parsePattern(text);
        if ("pattern" in parsed) parsed.pattern.matches(value);
      }),
    );
  });
});
