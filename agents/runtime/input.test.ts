import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { calendarDate, dateRange, instant, username } from "./input.ts";
import { check } from "./problems.ts";
import { plain, said, termIndex, wordsOf } from "./text.ts";

const accepts = (schema: v.GenericSchema, value: unknown) => v.is(schema, value);

describe("dates, times and names", () => {
  test.each(["2025-10-21", "2024-02-29"])("%s is a date", (text) => expect(accepts(calendarDate, text)).toBe(true));
  test.each(["2025-02-29", "2025-06-31", "2025-13-01", "21-10-2025", "2025-10-21T00:00:00Z", "", "0000-00-00"])(
    "%j is no date",
    (text) => expect(accepts(calendarDate, text)).toBe(false),
  );

  test("a time without a zone is UTC, on any machine", () => {
    expect(v.parse(instant, "2025-10-21T18:00:00")).toBe(Date.UTC(2025, 9, 21, 18));
    expect(v.parse(instant, "2025-10-21T18:00+02:00")).toBe(Date.UTC(2025, 9, 21, 16));
  });
  test.each(["2025-10-21", "yesterday", "2025-10-21T25:00:00Z", "2025-02-30T10:00:00Z"])("%j is no time", (text) =>
    expect(accepts(instant, text)).toBe(false),
  );

  test("a name is the same with and without @, in any case", () => {
    expect(["ana", "@ana", "ANA"].map((name) => v.parse(username, name))).toEqual(["ana", "ana", "ana"]);
    expect(["", "@", "a b", "../ana", "a".repeat(65)].some((name) => accepts(username, name))).toBe(false);
  });

  test("a range does not end before it starts", () => {
    expect(accepts(dateRange, { start_date: "2025-10-21" })).toBe(true);
    expect(accepts(dateRange, { start_date: "2025-10-21", end_date: "2025-10-20" })).toBe(false);
  });

  test("no JSON makes a check throw, and what fails has a problem", () => {
    const schema = v.strictObject({ name: username, at: v.optional(instant), range: v.optional(dateRange) });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), range: fc.jsonValue() })), (json) => {
        const checked = check(schema, json);
        return checked.ok || checked.problems.length > 0;
      }),
    );
  });
});

describe("words", () => {
  test("accents do not count, ñ does", () => {
    expect(wordsOf("¿Qué más, parcé? El año C++ y web3.py.")).toEqual("que mas parce el año c++ y web3.py".split(" "));
    expect(plain("Ñandú")).toBe("ñandu");
  });

  test("terms of several words are found, also within others", () => {
    const index = termIndex([
      ["smart contract", 1],
      ["contract", 2],
      ["por qué", 3],
    ] as const);
    expect(index.find(said("Por que a Smart-Contract? a smart contract!")).map(({ term }) => term)).toEqual([
      "por que",
      "smart contract",
      "contract",
    ]);
  });

  test("no text makes it throw", () => {
    const index = termIndex([["a b c", true]]);
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => index.find(said(text)).length >= 0));
  });
});
