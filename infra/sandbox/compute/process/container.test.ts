import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { ContainerSpec } from "../driver.ts";
import { makeShims, mapAddresses } from "./command.ts";
import { ProcessContainer } from "./container.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { programOf } from "./program.ts";
import { groupUsage, parseCpuTime, parseStat } from "./usage.ts";

const MIB = 1024 * 1024;
const SERVER = `
import { createServer } from "node:http";
createServer((request, response) => response.end("hello")).listen(9002);
`;
const CHECK = `
const response = await fetch("http://localhost:" + process.env.PORT).catch(() => undefined);
process.exit(response?.status === 200 ? 0 : 1);
`;

let root: string;
let bin: string;
const started: ProcessContainer[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "container-"));
  bin = await makeShims(root);
  await writeFile(join(root, "server.mjs"), SERVER);
  await writeFile(join(root, "check.mjs"), CHECK);
  await writeFile(join(root, "busy.mjs"), "setInterval(() => { for (let i = 0; i < 1e8; i++); }, 1);");
});
afterEach(async () => {
  for (const container of started.splice(0)) {
    container.kill();
    await container.exited;
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function start(file: string): Promise<ProcessContainer> {
  const config = { environment: [], entryPoint: ["node"], command: [file], labels: {} };
  const image = { reference: "registry.test/app", digest: "sha256:0", config, root };
  const spec: ContainerSpec = { name: "app", image, environment: { PORT: "9002" }, ports: [9002] };
  let listening: () => void = () => undefined;
  const listens = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const events = { onOutput: () => undefined, onListen: () => listening() };
  const container = await ProcessContainer.start({ program: programOf(spec, image, root), bin }, events);
  started.push(container);
  if (file === "/server.mjs") await listens;
  return container;
}

describe("a command in a container", () => {
  test("sees the container's port, its environment and its image", async () => {
    const container = await start("/server.mjs");
    expect(await container.exec(["node", "/check.mjs"], 10)).toMatchObject({ code: 0 });
  });

  test("may be a shell line, in which node is the image's too", async () => {
    const container = await start("/server.mjs");
    const result = await container.exec(["/bin/sh", "-c", "node /check.mjs && echo port $PORT || exit 9"], 10);
    expect(result).toEqual({ code: 0, output: "port 9002\n" });
  });

  test("fails with its own exit code", async () => {
    const container = await start("/server.mjs");
    expect((await container.exec(["/bin/sh", "-c", "exit 7"], 10)).code).toBe(7);
  });

  test("is killed when its time is over, with all it started", async () => {
    const container = await start("/server.mjs");
    expect((await container.exec(["/bin/sh", "-c", "sleep 60"], 0.2)).code).toBe(-1);
  });

  test("that does not exist answers as a shell does", async () => {
    const container = await start("/server.mjs");
    expect((await container.exec(["no-such-program"], 10)).code).toBe(127);
  });

  test("ends with the container", async () => {
    const container = await start("/server.mjs");
    const result = container.exec(["/bin/sh", "-c", "sleep 60"], 60);
    container.kill();
    expect((await result).code).not.toBe(0);
  });
});

test("addresses of the container are led to its real ports, others are left alone", () => {
  const ports = new Map([[9002, 40123]]);
  expect(mapAddresses("http://localhost:9002/health", ports)).toBe("http://127.0.0.1:40123/health");
  expect(mapAddresses("curl -f http://127.0.0.1:9002/ || exit 1", ports)).toBe(
    "curl -f http://127.0.0.1:40123/ || exit 1",
  );
  expect(mapAddresses("http://localhost:80 other.localhost:90", ports)).toBe("http://localhost:80 other.localhost:90");
});

describe("what a container uses", () => {
  test("is its CPU time and its memory", async () => {
    const container = await start("/busy.mjs");
    const end = Date.now() + 5000;
    let usage = await container.usage();
    while ((usage?.cpuSeconds ?? 0) < 0.3 && Date.now() < end) usage = await container.usage();
    expect(usage?.cpuSeconds).toBeGreaterThanOrEqual(0.3);
    expect(usage?.memoryBytes).toBeGreaterThan(10 * MIB);
  });

  test("is nothing once it is over", async () => {
    const container = await start("/server.mjs");
    container.kill();
    await container.exited;
    expect(await container.usage()).toBeUndefined();
  });

  test("is read for the groups asked for alone", async () => {
    const container = await start("/server.mjs");
    const usage = await groupUsage(new Set([container.group ?? 0]));
    expect([...usage.keys()]).toEqual([container.group]);
  });

  test("is parsed though a name holds spaces and parentheses", () => {
    const stat = `12 (a ) b) S 1 77 77 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 100 1000 200`;
    expect(parseStat(stat)).toEqual({ group: 77, cpuSeconds: 2 });
    expect(parseCpuTime("1-02:03:04")).toBe(93_784);
    expect(parseCpuTime("0:01.50")).toBe(1.5);
  });
});

test("a container that leaks is killed when it is over its limit, and says that memory was the reason", async () => {
  const container = await start("/server.mjs");
  new MemoryGuard().watch(container, 150 * MIB);
  container.leakMemory();
  expect(await container.exited).toEqual({ code: 137, signal: "SIGKILL", isOutOfMemory: true });
});
