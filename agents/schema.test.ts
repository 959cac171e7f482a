import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { agentSchema, generateAgentSchema } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "schema-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the committed schema is what the definition generates", () => {
  const run = spawnSync(process.execPath, ["--import", "tsx", join(import.meta.dirname, "schema.ts"), "--check"]);
  expect(run.stdout.toString()).toContain("is up to date");
  expect(run.status).toBe(0);
});

test("a schema that differs or is missing is reported, and writing repairs it", () => {
  const file = join(folder, "agent.schema.json");
  expect(generateAgentSchema({ check: true }, file)).toBe(false);
  writeFileSync(file, "{}\n");
  expect(generateAgentSchema({ check: true }, file)).toBe(false);
  expect(generateAgentSchema({ check: false }, file)).toBe(true);
  expect(generateAgentSchema({ check: true }, file)).toBe(true);
});

test("editors learn what is allowed, and that unknown keys are not", () => {
  const schema = JSON.parse(agentSchema());
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties.container.properties.cpu).toEqual({
    enum: [256, 512, 1024, 2048, 4096],
    type: "number",
    description: "256, 512, 1024, 2048 or 4096 (CPU units that Fargate offers)",
  });
});
