import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openMemory } from "./memory.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("what a sandbox with state finds again", () => {
  test("its ports and the number of its last run", () => {
    const memory = openMemory(folder);
    expect(memory.port).toBeUndefined();
    memory.keep({ port: 4566, production: 8080, test: 9080 });
    memory.keep({ lastRun: 3 });
    expect(openMemory(folder)).toMatchObject({ port: 4566, production: 8080, test: 9080, lastRun: 3 });
  });

  test.each(['{"port": 4566, "produ', '{"port": "4566"}', '"text"'])("sets a damaged file aside: %s", (text) => {
    writeFileSync(join(folder, "host.json"), text);
    expect(openMemory(folder).port).toBeUndefined();
    expect(existsSync(join(folder, "host.json.corrupt"))).toBe(true);
  });

  test("nothing, without a state folder", () => {
    const memory = openMemory(undefined);
    memory.keep({ port: 4566 });
    expect(memory.port).toBeUndefined();
  });
});
