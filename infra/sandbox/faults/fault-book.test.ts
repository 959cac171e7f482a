import { expect, test } from "@jest/globals";
import { FaultBook } from "./fault-book.ts";

const book = (random: () => number = () => 0) => {
  let ids = 0;
  return new FaultBook({ now: () => new Date(0), newId: () => `f${++ids}`, random });
};

test("a fault acts within its scope, so often as its count says, and is recorded", () => {
  const faults = book();
  faults.add({ kind: "api-error", scope: { service: "ecs", operation: "DescribeServices" }, count: 2 });
  const here = { service: "ecs", operation: "DescribeServices" };
  expect(faults.draw("api-error", { service: "ecs", operation: "ListServices" })).toBeUndefined();
  expect(faults.draw("api-latency", here)).toBeUndefined();
  expect([1, 2, 3].map(() => faults.draw("api-error", here)?.id)).toEqual(["f1", "f1", undefined]);
  expect(faults.hits().map(({ faultId, where }) => [faultId, where.operation])).toEqual([
    ["f1", "DescribeServices"],
    ["f1", "DescribeServices"],
  ]);
  expect(faults.list()[0]).toMatchObject({ hits: 2, isOver: true });
});

test("a probability leaves the others alone", () => {
  const numbers = [0.1, 0.9, 0.49, 0.5];
  const faults = book(() => numbers.shift() ?? 1);
  faults.add({ kind: "slow-answers", probability: 0.5 });
  expect([1, 2, 3, 4].map(() => faults.draw("slow-answers", {}) !== undefined)).toEqual([true, false, true, false]);
});

test("who listens hears of it at once; clearing ends it", () => {
  const faults = book();
  const heard: string[] = [];
  const stop = faults.on("task-crash", ({ id }) => heard.push(id));
  const { id } = faults.add({ kind: "task-crash", scope: { agent: "alpha" } });
  stop();
  faults.add({ kind: "task-crash" });
  expect(heard).toEqual(["f1"]);
  expect([faults.clear(id), faults.clear(id), faults.clear()]).toEqual([1, 0, 1]);
  expect(faults.draw("task-crash", { agent: "alpha" })).toBeUndefined();
});
