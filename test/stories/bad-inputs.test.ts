import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readManifests } from "../../agents/manifest.ts";
import { ROOT } from "./fleet.ts";

const COMMIT = "a".repeat(40);
const IMAGE = `registry.example.com/alpha@sha256:${"b".repeat(64)}`;
const agents = readManifests(join(ROOT, "agents")).map(({ name }) => name);

/** An AWS that must not be asked: a wrong input is found before anything happens. */
let aws: Server;
let asked = 0;
beforeAll(async () => {
  aws = createServer((_request, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  aws.close();
});

/** Runs an action of the bundle as GitHub would. */
function run(action: string, inputs: Record<string, string>): Promise<{ status: number; output: string }> {
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    GITHUB_WORKSPACE: ROOT,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
  return new Promise((resolve) => {
    const file = join(ROOT, `actions/dist/${action}.js`);
    execFile(process.execPath, [file], { env, cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const cases: readonly [string, string, Record<string, string>, readonly string[]][] = [
  ["nothing given", "deploy-service", {}, ["stage", "agent", "image", "commit"]],
  [
    "a stage that is no name",
    "deploy-service",
    { stage: "Prod!", agent: "a", image: IMAGE, commit: COMMIT },
    ["stage", "Prod!"],
  ],
  [
    "a short commit",
    "deploy-service",
    { stage: "prod", agent: "a", image: IMAGE, commit: "abc1234" },
    ["commit", "abc1234", "40"],
  ],
  [
    "an image by tag",
    "deploy-service",
    { stage: "prod", agent: agents[0] ?? "", image: "registry.example.com/alpha:latest", commit: COMMIT },
    ["image", "latest", "sha256"],
  ],
  [
    "an unknown agent",
    "deploy-service",
    { stage: "prod", agent: "nobody", image: IMAGE, commit: COMMIT },
    ["nobody", agents[0] ?? ""],
  ],
  [
    "several at once",
    "deploy-service",
    { stage: "prod", agent: "a", image: IMAGE, commit: "x", "poll-seconds": "soon", force: "yes" },
    ["commit", "poll-seconds", "soon", "force", "yes"],
  ],
  [
    "an unknown selection",
    "select-agents",
    { stage: "prod", commit: COMMIT, agents: "nobody,noone" },
    ["nobody", "noone", agents[0] ?? ""],
  ],
  ["a base by tag", "build-image", { agent: agents[0] ?? "", commit: COMMIT, base: "node:24" }, ["node:24", "sha256"]],
  ["a layout that is not there", "push-image", { layout: "no-such-layout" }, ["no-such-layout"]],
  [
    "a severity that does not exist",
    "scan-image",
    { layout: "x", advisories: "y", "fail-on": "scary" },
    ["fail-on", "scary"],
  ],
  [
    "an assembly that is not there",
    "deploy-infra",
    { stage: "prod", assembly: "no-such-folder" },
    ["no-such-folder", "npm run synth"],
  ],
  [
    "a rollback to nowhere",
    "rollback-service",
    { stage: "prod", agent: agents[0] ?? "", to: "yesterday" },
    ["to", "yesterday", "previous"],
  ],
];

describe("a wrong input of an action", () => {
  test.each(cases)(
    "%s (%s): one error with everything that is wrong, nothing changed",
    async (_name, action, inputs, words) => {
      const { status, output } = await run(action, inputs);
      expect(status).toBe(1);
      expect(output.match(/^::error/gm)).toHaveLength(1);
      for (const word of words) expect(output).toContain(word);
      expect(output).not.toMatch(/^\s+at .+:\d+/m);
      expect(asked).toBe(0);
    },
  );
});
