import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readManifests, type SmokeRequest } from "./manifest.ts";
import { peerVariable } from "./naming.ts";

/** Every agent as a process of its own, as the platform would run it; nothing here knows one of them by name. */
const fleet = readManifests(import.meta.dirname);
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const children: ChildProcess[] = [];
const urls = new Map<string, string>();

beforeAll(async () => {
  // Peers find each other by URL, and the call graph has a cycle: so the ports are chosen first.
  const free = await freePorts(fleet.length);
  const ports = new Map(fleet.map(({ name }, index) => [name, free[index]]));
  const urlOf = (name: string) => `http://127.0.0.1:${ports.get(name)}/${name}`;
  await Promise.all(
    fleet.map(async ({ name, build, calls }) => {
      const entry = join(import.meta.dirname, name, build.kind === "node" ? build.entry : "");
      const peers = Object.fromEntries(calls.map((peer) => [peerVariable(peer), urlOf(peer)]));
      const env = {
        PATH: process.env.PATH,
        PORT: String(ports.get(name)),
        ROUTE_PATH: `/${name}`,
        AGENT_COMMIT: COMMIT,
      };
      const child = spawn(process.execPath, ["--import", "tsx", entry], { env: { ...env, ...peers } });
      children.push(child);
      await new Promise<void>((resolve, reject) => {
        createInterface({ input: child.stdout }).on("line", (line) => line.includes('"listening"') && resolve());
        child.once("exit", (status) => reject(new Error(`${name} ended with ${status}`)));
      });
      urls.set(name, urlOf(name));
    }),
  );
}, 90_000);
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const send = async (agent: string, { method, path, body }: Pick<SmokeRequest, "method" | "path" | "body">) => {
  const response = await fetch(urls.get(agent) + path, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
const typeOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

const smoke = fleet.flatMap(({ name, rollout }) => rollout.gates.smoke.map((request) => ({ name, ...request })));

test.each(smoke)("$name passes its smoke request $method $path", async ({ name, expect: expected, ...request }) => {
  const { status, json } = await send(name, request);
  expect(status).toBe(expected.status);
  for (const [key, type] of Object.entries(expected.json ?? {})) expect([key, typeOf(json[key])]).toEqual([key, type]);
});

test.each(fleet)(
  "$name answers health with its commit, and a card of the one shape",
  async ({ name, agentId, health }) => {
    const answer = await send(name, { method: "GET", path: health.path });
    expect(answer).toMatchObject({ status: 200, json: { status: "healthy", agent: name, commit: COMMIT } });
    expect(Object.keys(answer.json)).toEqual(["status", "agent", "version", "commit", "startedAt", "checks"]);
    const card = await send(name, { method: "GET", path: "/.well-known/agent-card" });
    expect(card.json).toMatchObject({ agentId, name, payment: { enforced: false }, skills: expect.any(Array) });
  },
);

test("agents buy from each other, both ways round the cycle", async () => {
  const bought = await send("karma-hello", {
    method: "POST",
    path: "/buy_transcription",
    body: { date: "2025-10-21" },
  });
  expect(bought).toMatchObject({ status: 200, json: { transcription: { stream_id: "stream_20251021_001" } } });
  const logs = await send("abracadabra", {
    method: "POST",
    path: "/buy_chat_logs",
    body: { users: ["ana"], limit: 5 },
  });
  expect(logs).toMatchObject({ status: 200, json: { chat_logs: { total_messages: 5 } } });
  const nothing = await send("karma-hello", {
    method: "POST",
    path: "/buy_transcription",
    body: { date: "2020-01-01" },
  });
  expect(nothing.status).toBe(404);
});

test("profiles come from the seller's logs, and differ as the users do", async () => {
  const skills = async (username: string) =>
    (await send("skill-extractor", { method: "POST", path: "/extract_skill_profile", body: { username } })).json;
  const [ana, pixel] = [await skills("ana"), await skills("don_pixel")];
  expect(ana).toMatchObject({
    skills: expect.arrayContaining([expect.objectContaining({ skill: "Smart contracts" })]),
  });
  expect(pixel).toMatchObject({
    skills: [{ skill: "Visual design" }, ...Array((pixel.skills as []).length - 1).fill(expect.anything())],
  });
  const voice = await send("voice-extractor", {
    method: "POST",
    path: "/extract_voice_profile",
    body: { username: "ana" },
  });
  expect(voice.json).toMatchObject({ analysis: { categories: { modismos: { dominant_region: "Colombia" } } } });
});
