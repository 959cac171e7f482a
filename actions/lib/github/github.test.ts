import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { cancelSignal } from "./cancel.ts";
import { openRepository } from "./repository.ts";
import { workflowRun } from "./run.ts";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

interface Asked {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

async function github(answers: Record<string, [number, unknown]>): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({ path: request.url ?? "", body: text ? JSON.parse(text) : {} });
    const [status, body] = answers[request.url ?? ""] ?? [500, { message: "GitHub is down" }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, asked };
}

const record = {
  ...{ commit: "a".repeat(40), environment: "prod-alpha", state: "success" as const, url: "http://lb/alpha" },
  description: "x".repeat(300),
};
const deployments = "/repos/team/fleet/deployments";

describe("GitHub", () => {
  test("gets a deployment with its outcome", async () => {
    const { url, asked } = await github({ [deployments]: [201, { id: 7 }], [`${deployments}/7/statuses`]: [201, {}] });
    const warnings: string[] = [];
    const env = { GITHUB_REPOSITORY: "team/fleet", GITHUB_API_URL: url };
    await openRepository(env, "token", (text) => warnings.push(text))?.recordDeployment(record);
    expect(warnings).toEqual([]);
    expect(asked.map(({ path }) => path)).toEqual([deployments, `${deployments}/7/statuses`]);
    expect(asked[0]?.body).toMatchObject({ ref: record.commit, environment: "prod-alpha", required_contexts: [] });
    expect(asked[1]?.body).toMatchObject({
      state: "success",
      environment_url: "http://lb/alpha",
      description: "x".repeat(140),
    });
  });

  test("being down is a warning, never a failure", async () => {
    const { url } = await github({});
    const warnings: string[] = [];
    const env = { GITHUB_REPOSITORY: "team/fleet", GITHUB_API_URL: url };
    const repository = openRepository(env, "token", (text) => warnings.push(text));
    await repository?.recordDeployment(record);
    expect(await repository?.compare("a", "b")).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/^GitHub did not record the deployment: GitHub is down/),
      expect.stringMatching(/^GitHub did not compare two commits: GitHub is down/),
    ]);
  });

  test("is not asked without a token or outside a repository", () => {
    expect(openRepository({ GITHUB_REPOSITORY: "team/fleet" }, undefined, () => {})).toBeUndefined();
    expect(openRepository({}, "token", () => {})).toBeUndefined();
  });
});

test("the run is named by its URL, a second attempt too", () => {
  const env = {
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_REPOSITORY: "team/fleet",
    GITHUB_RUN_ID: "5",
    GITHUB_ACTOR: "kim",
  };
  expect(workflowRun(env)).toEqual({ actor: "kim", url: "https://github.test/team/fleet/actions/runs/5" });
  expect(workflowRun({ ...env, GITHUB_RUN_ATTEMPT: "2" }).url).toMatch(/runs\/5\/attempts\/2$/);
});

test.each(["SIGINT", "SIGTERM"])("%s cancels", (name) => {
  const source = new EventEmitter();
  const signal = cancelSignal(source);
  expect(signal.aborted).toBe(false);
  source.emit(name);
  expect(signal.aborted).toBe(true);
});
