import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { matchesHeader, type Pool, Routing } from "./routing.ts";

const pool = (id: string, weight: number, count = 1): Pool => ({
  id,
  weight,
  upstreams: Array.from({ length: count }, (_, index) => ({ ip: `10.0.0.${index}`, port: 9000 })),
});

test("shares are exact over a whole round, whatever the weights", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(weights, (list) => {
      const total = list.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 0);
      const routing = new Routing();
      routing.table = { pools: list.map((weight, index) => pool(`r${index}`, weight)) };
      const counts = new Map<string, number>();
      for (let i = 0; i < total; i++) {
        const id = routing.pool({})?.id ?? "";
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      for (const [index, weight] of list.entries()) expect(counts.get(`r${index}`) ?? 0).toBe(weight);
    }),
  );
});

test("a tenth of a percent is one request of a thousand", () => {
  const routing = new Routing();
  routing.table = { pools: [pool("blue", 99.9), pool("green", 0.1)] };
  const green = Array.from({ length: 1000 }, () => routing.pool({})?.id).filter((id) => id === "green");
  expect(green).toHaveLength(1);
});

test("test traffic goes to its pool, also to one without weight and without tasks", () => {
  const routing = new Routing();
  const table = { pools: [pool("blue", 100), pool("green", 0)], test: { header: { name: "X-Test" }, pool: "green" } };
  routing.table = table;
  expect([routing.pool({ "x-test": "1" })?.id, routing.pool({})?.id]).toEqual(["green", "blue"]);
  routing.table = { pools: table.pools };
  expect(routing.pool({ "x-test": "1" })?.id).toBe("blue");
});

test.each([
  [{ name: "X-Test" }, {}, false],
  [{ name: "X-Test" }, { "x-test": "" }, true],
  [{ name: "X-Test", exact: "green" }, { "x-test": "green" }, true],
  [{ name: "X-Test", exact: "green" }, { "x-test": "Green" }, false],
  [{ name: "set-cookie", exact: "a, b" }, { "set-cookie": ["a", "b"] }, true],
])("header rule %j on %j: %s", (rule, headers, expected) => {
  expect(matchesHeader(rule, headers)).toBe(expected);
});

test("tasks take turns, and those that were tried are passed over", () => {
  const routing = new Routing();
  const only = pool("blue", 100, 3);
  routing.table = { pools: [only] };
  const turns = Array.from({ length: 4 }, () => routing.upstream(only, new Set())?.ip);
  expect(turns).toEqual(["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.0"]);
  const [first, , third] = only.upstreams;
  if (!first || !third) throw new Error("three upstreams");
  expect(routing.upstream(only, new Set([first, third]))?.ip).toBe("10.0.0.1");
  expect(routing.upstream(only, new Set(only.upstreams))).toBeUndefined();
});
