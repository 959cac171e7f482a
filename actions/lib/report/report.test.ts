import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { commitA, commitB, digestA, requestFor } from "../rollout/alpha.fixture.ts";
import { Fleet } from "../rollout/fleet.fixture.ts";
import { rollOut } from "../rollout/rollout.ts";
import { renderAgent } from "./agent.ts";
import { readVerdicts, writeJson } from "./files.ts";
import { fleetReport, noVerdict, renderFleet } from "./fleet.ts";
import { cell, duration } from "./markdown.ts";
import { outcomeOf } from "./outcome.ts";
import { parseVerdictFile, toVerdictFile } from "./verdict-file.ts";

const good = toVerdictFile(await rollOut(requestFor(), new Fleet().ports));
const stale = toVerdictFile(await rollOut(requestFor(), new Fleet({ commit: commitA }).ports));

describe("the summary of one agent", () => {
  test("a good deployment", () => expect(renderAgent(good)).toMatchSnapshot());
  test("a refused one starts with the cause and what to do", () => expect(renderAgent(stale)).toMatchSnapshot());

  test("text from outside cannot break the page", () => {
    expect(cell("a|b\n<img src=x> `c`")).toBe("a\\|b &lt;img src=x> 'c'");
  });
});

describe("the step's outcome", () => {
  test("green has outputs and no annotation", () => {
    const outcome = outcomeOf(good);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.outputs).toMatchObject({
      verdict: "DEPLOYED",
      url: "http://lb.test/alpha",
      "deployment-arn": "arn:deployment/new",
    });
  });
  test("red has exactly one annotation, with cause and fix", () => {
    expect(outcomeOf(stale).failure?.title).toBe("alpha: ROLLED_BACK");
    expect(outcomeOf(stale).failure?.message).toMatch(
      /^The image is not commit bbbb.*\n[\s\S]*What to do: Build and push/,
    );
  });
});

describe("the fleet's report", () => {
  const row = {
    agent: "alpha",
    verdict: "DEPLOYED",
    green: true,
    digest: digestA,
    commit: commitB,
    url: "http://lb/alpha",
    seconds: 132,
    cause: "",
  };
  test("green only when every agent is", () => {
    expect(fleetReport("prod", [row]).green).toBe(true);
    expect(fleetReport("prod", [row, noVerdict("beta")]).green).toBe(false);
    expect(fleetReport("prod", []).green).toBe(false);
  });
  test("an agent whose job got lost is a row of its own", () => {
    expect(renderFleet(fleetReport("prod", [noVerdict("beta"), row]))).toMatchSnapshot();
  });
});

describe("verdict files", () => {
  test("are read back as written; half-written ones are named, not guessed", () => {
    const folder = mkdtempSync(join(tmpdir(), "verdicts-"));
    try {
      writeJson(join(folder, "deep", "verdict-alpha.json"), good);
      writeFileSync(join(folder, "verdict-beta.json"), JSON.stringify(good).slice(0, 200));
      const { files, unreadable } = readVerdicts(folder);
      expect(files).toEqual([JSON.parse(JSON.stringify(good))]);
      expect(unreadable).toEqual([join(folder, "verdict-beta.json")]);
      expect(readVerdicts(join(folder, "none"))).toEqual({ files: [], unreadable: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test("an unknown verdict is not a verdict", () => {
    expect(parseVerdictFile(JSON.stringify({ ...good, verdict: "FINE" }))).toBeUndefined();
  });
});

test.each([
  [4, "4 s"],
  [132, "2 min 12 s"],
  [7260, "2 h 1 min"],
])("%i seconds are shown as %s", (seconds, text) => expect(duration(seconds)).toBe(text));
