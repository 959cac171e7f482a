import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import floor from "./floor.json" with { type: "json" };
import { type ServiceOperations, serviceOperations } from "./implemented.ts";

/** Names of operations that the titles of a service's conformance tests begin with. */
function tested(id: string): string[] {
  const folder = join(import.meta.dirname, id);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/\btest\(\s*["'`](\w+)/g)])
    .flatMap((match) => match[1] ?? []);
}

let all: ServiceOperations[];
beforeAll(async () => {
  all = await serviceOperations();
}, 60_000);

test("every implemented operation has a conformance test whose title begins with its name", () => {
  const missing = all.flatMap(({ id, implemented }) => {
    const names = new Set(tested(id));
    return implemented.filter((operation) => !names.has(operation)).map((operation) => `${id}.${operation}`);
  });
  expect(missing).toEqual([]);
});

test("the number of operations only grows: floor.json is raised by `npm run build`, never lowered", () => {
  const counts = Object.fromEntries(all.map(({ id, implemented }) => [id, implemented.length]));
  expect(counts).toEqual(floor);
});
