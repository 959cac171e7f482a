import { expect, test } from "@jest/globals";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";

const now = () => new Date("2025-11-01T12:00:00.000Z");

test("no document has more values than EMF allows, and no request is lost", () => {
  const lines: string[] = [];
  const metrics = createMetrics({ agent: "alpha", now, write: (line) => lines.push(line) });
  for (let index = 0; index < 250; index++) metrics.record({ status: index < 3 ? 503 : 404, ms: index });
  metrics.stop();
  const documents = lines.map(
    (line) => JSON.parse(line) as { RequestCount: number; ErrorCount: number; Latency: number[] },
  );
  expect(documents.map(({ RequestCount }) => RequestCount)).toEqual([100, 100, 50]);
  expect(documents.map(({ ErrorCount }) => ErrorCount)).toEqual([3, 0, 0]);
  expect(documents.flatMap(({ Latency }) => Latency)).toEqual(Array.from({ length: 250 }, (_, index) => index));
});

test("nothing is written when nothing happened", () => {
  const lines: string[] = [];
  createMetrics({ agent: "alpha", now, write: (line) => lines.push(line) }).stop();
  expect(lines).toEqual([]);
});

test("a log line is one line of JSON, only from its level on, without secrets", () => {
  const lines: string[] = [];
  const secrets = ['key "with" quotes', "abc"];
  const log = createLog({ level: "warn", base: { agent: "alpha" }, secrets, now, write: (line) => lines.push(line) });
  log.info("not this");
  log.warn("two\nlines", { value: 'key "with" quotes', short: "abc" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    ...{ time: "2025-11-01T12:00:00.000Z", level: "warn", message: "two\nlines", agent: "alpha" },
    ...{ value: "[hidden]", short: "abc" },
  });
});
