import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { breakKinds, changeCommit } from "./breaks.ts";
import { type TestSite, testSite } from "./testing.ts";

const COMMIT = "0f".repeat(20);

/** An agent as an ESM entry: its imports run before anything that is put at its top. */
const SERVER = `import { createServer, type IncomingMessage } from "node:http";
const path = (request: IncomingMessage): string => request.url ?? "";
const server = createServer((request, response) => {
  const body = JSON.stringify(path(request).endsWith("/health") ? { status: "ok", commit: process.env.AGENT_COMMIT } : { sold: 1 });
  response.writeHead(200, { "content-length": Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address())));
`;

const manifest = (health: string) =>
  JSON.stringify({ name: "alpha", build: { kind: "node", entry: "src/main.ts" }, health: { path: health } });

describe("a broken release", () => {
  let site: TestSite;
  let running: ChildProcess | undefined;
  beforeAll(() => {
    site = testSite();
    site.commit({ "agents/alpha/agent.json": manifest("/health"), "agents/alpha/src/main.ts": SERVER });
    site.commit({ "agents/beta/agent.json": '{"build":{"kind":"dockerfile"}}', "agents/beta/Dockerfile": "FROM x" });
  });
  afterAll(() => site.remove());
  afterEach(async () => {
    if (running && running.exitCode === null && running.kill("SIGKILL")) await once(running, "exit");
    running = undefined;
  });

  async function start(kind?: string): Promise<string> {
    const repository = await site.open();
    const change = kind ? { breaks: [{ agent: "alpha", kind }] } : { touch: "alpha" };
    const source = await repository.read(await changeCommit(repository, change), "agents/alpha/src/main.ts");
    const file = join(site.root, `agent-${kind ?? "good"}.mts`);
    writeFileSync(file, source ?? "");
    const tsx = createRequire(import.meta.url).resolve("tsx");
    running = spawn(process.execPath, ["--import", tsx, file], {
      env: { ...process.env, AGENT_COMMIT: COMMIT },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (!running.stdout) throw new Error("no output");
    for await (const line of createInterface({ input: running.stdout }))
      return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
    await once(running, "close");
    return `ended with ${running.exitCode}`;
  }

  const get = async (url: string) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("touch changes nothing but the source", async () => {
    const url = await start();
    expect(await get(`${url}/alpha/health`)).toEqual({ status: 200, body: { status: "ok", commit: COMMIT } });
    expect(await get(`${url}/sell`)).toEqual({ status: 200, body: { sold: 1 } });
  });

  test("crash ends at start", async () => {
    expect(await start("crash")).toBe("ended with 1");
  });

  test("unhealthy answers 503 to the health check alone, also below the route", async () => {
    const url = await start("unhealthy");
    expect((await get(`${url}/health`)).status).toBe(503);
    expect((await get(`${url}/alpha/health?deep=1`)).status).toBe(503);
    expect((await get(`${url}/sell`)).status).toBe(200);
  });

  test("errors answers 500 to all but the health check", async () => {
    const url = await start("errors");
    expect((await get(`${url}/health`)).body).toEqual({ status: "ok", commit: COMMIT });
    expect((await get(`${url}/sell`)).status).toBe(500);
  });

  test("stale names another commit, with headers that still hold", async () => {
    const url = await start("stale");
    expect((await get(`${url}/health`)).body).toEqual({ status: "ok", commit: "0123456789".repeat(4) });
    expect((await get(`${url}/sell`)).body).toEqual({ sold: 1 });
  });

  test("slow does not answer within a health check's time", async () => {
    const url = await start("slow");
    await expect(fetch(`${url}/health`, { signal: AbortSignal.timeout(1500) })).rejects.toThrow(/timeout/);
  });

  test("every kind is in the list, with what catches it, and only those are taken", async () => {
    expect(breakKinds.map(({ kind }) => kind)).toEqual(["crash", "unhealthy", "slow", "errors", "stale"]);
    for (const { does } of breakKinds) expect(does).toContain("caught by");
    const repository = await site.open();
    const breaking = (agent: string, kind: string) => changeCommit(repository, { breaks: [{ agent, kind }] });
    await expect(breaking("alpha", "fire")).rejects.toThrow(
      '--break is "fire"; allowed: list, crash, unhealthy, slow, errors, stale',
    );
    await expect(breaking("gamma", "crash")).rejects.toThrow(/no agent "gamma".*there are: alpha, beta/);
    await expect(breaking("../alpha", "crash")).rejects.toThrow(/no agent/);
    await expect(breaking("beta", "crash")).rejects.toThrow(/cannot be broken.*allowed: a build of kind node/);
  });

  test("the commit stands on the checkout's HEAD, says what it is, and main moves to it", async () => {
    const repository = await site.open();
    const first = await repository.pushCommit();
    const commit = await changeCommit(repository, { breaks: [{ agent: "alpha", kind: "crash" }] });
    const event = await repository.pushCommit(commit);
    expect(event.payload).toMatchObject({ before: first.sha, after: commit, forced: false });
    expect(event.payload.head_commit).toMatchObject({
      message: expect.stringMatching(/^fix\(alpha\): break on purpose \(crash\)/),
      author: { name: "Sandbox" },
      modified: ["agents/alpha/src/main.ts"],
      added: [],
    });
    const back = await repository.pushCommit();
    expect(back.payload).toMatchObject({ before: commit, after: first.sha, forced: true, commits: [] });
  });
});
