import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readDescriptor, removeDescriptor, writeDescriptor } from "./descriptor.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "descriptor-"));
  file = join(folder, ".sandbox/running.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("finding the running sandbox", () => {
  test("is found while its process lives, and gone when it says so", () => {
    writeDescriptor(file, { pid: process.pid, endpoint: "http://127.0.0.1:1" });
    expect(readDescriptor(file)).toEqual({ pid: process.pid, endpoint: "http://127.0.0.1:1" });
    removeDescriptor(file);
    expect(readDescriptor(file)).toBeUndefined();
  });

  test("what a killed sandbox left behind is none", () => {
    writeDescriptor(file, { pid: 2 ** 30, endpoint: "http://127.0.0.1:1" });
    expect(readDescriptor(file)).toBeUndefined();
  });

  test("a half-written file is none", () => {
    writeDescriptor(file, { pid: process.pid, endpoint: "http://127.0.0.1:1" });
    writeFileSync(file, '{"pid": 1');
    expect(readDescriptor(file)).toBeUndefined();
  });
});
