import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readInputs } from "../lib/action.ts";
import { alphaManifest, commitB, digestB, uriOf } from "../lib/rollout/alpha.fixture.ts";
import { deployService } from "./deploy-service.ts";
import { inputs } from "./inputs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deploy-service-"));
  mkdirSync(join(folder, "agents", "alpha"), { recursive: true });
  writeFileSync(join(folder, "agents", "alpha", "agent.json"), JSON.stringify(alphaManifest()));
});
afterEach(() => rmSync(folder, { recursive: true }));

const good = { INPUT_STAGE: "prod", INPUT_AGENT: "alpha", INPUT_IMAGE: uriOf(digestB), INPUT_COMMIT: commitB };
const read = (env: Record<string, string>) => readInputs({ name: "deploy-service", inputs }, env);
const progress = { line: () => {}, mask: () => {} };
const run = (env: Record<string, string>) => {
  const all = { GITHUB_WORKSPACE: folder, AWS_REGION: "eu-west-1", ...env };
  return deployService(read(env), progress, { env: all, cancel: new AbortController().signal });
};

describe("bad inputs give one clear error and change nothing", () => {
  test.each([
    ["INPUT_STAGE", "Prod Stage", /stage: got "Prod Stage"; allowed: a stage's name/],
    ["INPUT_COMMIT", "main", /commit: got "main"; allowed: a full commit hash/],
    ["INPUT_TEST-URL", "lb.example.com", /test-url: got "lb.example.com"; allowed: an http\(s\) URL/],
    ["INPUT_WAIT-MINUTES", "soon", /wait-minutes: got "soon"; allowed: whole minutes, 0 to 1440/],
    ["INPUT_WAIT-MINUTES", "99999", /wait-minutes: got "?99999"?; allowed: whole minutes, 0 to 1440/],
    ["INPUT_POLL-SECONDS", "0", /poll-seconds: got "?0"?; allowed: whole seconds, 1 to 300/],
    ["INPUT_WAIT-UNTIL", "done", /wait-until: got "done"; allowed: \("paused" \| "shifted" \| "finished"\)/],
    ["INPUT_ALLOW-EMPTY", "yes", /allow-empty: got "yes"; allowed: \("true" \| "false"\)/],
    ["INPUT_REGION", "europe", /region: got "europe"; allowed: an AWS region/],
  ])("%s=%s", (name, value, message) => {
    expect(() => read({ ...good, [name]: value })).toThrow(message);
  });

  test("all of them come at once", () => {
    expect(() => read({ INPUT_STAGE: "!", INPUT_COMMIT: "x" })).toThrow(/4 wrong input\(s\) of deploy-service/);
  });

  test("an unknown agent lists those there are", async () => {
    await expect(run({ ...good, INPUT_AGENT: "omega" })).rejects.toThrow('agent: got "omega"; allowed: alpha.');
  });

  test("a tag is refused, and why", async () => {
    await expect(run({ ...good, INPUT_IMAGE: "registry.test/karmacadabra/alpha:latest" })).rejects.toThrow(
      /a tag can move to another image/,
    );
  });
});

describe("AWS that does not answer", () => {
  test("a refused permission names the policy's place", async () => {
    const server = createServer((_, response) =>
      response
        .writeHead(400, { "content-type": "application/x-amz-json-1.1" })
        .end(JSON.stringify({ __type: "AccessDeniedException", message: "not authorized" })),
    )
      .listen(0, "127.0.0.1")
      .unref();
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    process.env.AWS_ACCESS_KEY_ID = "test";
    process.env.AWS_SECRET_ACCESS_KEY = "test";
    try {
      const failing = run({ ...good, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
      await expect(failing).rejects.toThrow(/AccessDeniedException: not authorized\nThe role of this job lacks/);
    } finally {
      // Questions asked at the same moment are still under way; without a server they would be tried again and again.
      await new Promise((resolve) => setTimeout(resolve, 100));
      server.closeAllConnections();
      server.close();
    }
  });
});
