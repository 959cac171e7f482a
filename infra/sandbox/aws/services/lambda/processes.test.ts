import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { strToU8, zipSync } from "fflate";
import { isRunning } from "../../../running.ts";
import { type Aws, startAws } from "../../server.ts";
import { lambda } from "./service.ts";

const RUNTIME = fileURLToPath(new URL("./execution/runtime.mjs", import.meta.url));

let dataDir: string;
let running: Aws;
let client: Lambda;

async function start(): Promise<void> {
  running = await startAws({ services: [lambda], dataDir });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new Lambda({ endpoint: running.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}
async function stop(): Promise<void> {
  client.destroy();
  await running.stop();
}
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lambda-"));
  await start();
});
afterEach(async () => {
  await stop();
  await rm(dataDir, { recursive: true, force: true });
});

const create = (FunctionName: string, code: string, more = {}) =>
  client.createFunction({
    FunctionName,
    Role: "arn:aws:iam::000000000000:role/any",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
    ...more,
  });

async function invoke(FunctionName: string): Promise<unknown> {
  const { Payload } = await client.invoke({ FunctionName });
  return JSON.parse(Payload?.transformToString() ?? "null");
}

async function gone(pids: readonly number[]): Promise<boolean> {
  const end = Date.now() + 5000;
  while (pids.some(isRunning) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  return !pids.some(isRunning);
}

/** Answers with its own process id and that of a process it leaves running. */
const LEAVING = `
  const { spawn } = require("node:child_process");
  const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  exports.handler = async () => [process.pid, left.pid];`;

test("nothing of a function outlives the sandbox: no process, no folder; its code and configuration do", async () => {
  await create("leaving", LEAVING, { Environment: { Variables: { OWN: "1" } } });
  const pids = (await invoke("leaving")) as number[];
  expect(pids.every(isRunning)).toBe(true);
  await stop();
  expect(await gone(pids)).toBe(true);
  expect(readdirSync(join(dataDir, "lambda", "tmp"))).toEqual([]);
  await start();
  expect(await client.getFunctionConfiguration({ FunctionName: "leaving" })).toMatchObject({
    State: "Active",
    Environment: { Variables: { OWN: "1" } },
  });
  expect(await invoke("leaving")).toHaveLength(2);
});

test("new code ends the processes that wait with the old one, and the old code's files", async () => {
  await create("leaving", LEAVING);
  const pids = (await invoke("leaving")) as number[];
  const ZipFile = zipSync({ "index.js": strToU8("exports.handler = async () => 'new';") });
  await client.updateFunctionCode({ FunctionName: "leaving", ZipFile });
  expect(await gone(pids)).toBe(true);
  expect(await invoke("leaving")).toBe("new");
  expect(readdirSync(join(dataDir, "lambda", "code"))).toHaveLength(1);
  await client.deleteFunction({ FunctionName: "leaving" });
  expect(readdirSync(join(dataDir, "lambda", "code"))).toEqual([]);
});

test("calls at the same time run in processes of their own", async () => {
  const code =
    "exports.handler = async () => { await new Promise((end) => setTimeout(end, 300)); return process.pid; };";
  await create("slow", code, { Timeout: 20 });
  const pids = await Promise.all([invoke("slow"), invoke("slow"), invoke("slow")]);
  expect(new Set(pids).size).toBe(3);
});

test("a zip that leads out of its folder is refused whole", async () => {
  const ZipFile = zipSync({ "../../../outside.js": strToU8("1"), "index.js": strToU8("2") });
  await expect(create("escaping", "", { Code: { ZipFile } })).rejects.toMatchObject({
    name: "InvalidParameterValueException",
    message: expect.stringContaining("outside its root"),
  });
  expect(existsSync(join(dataDir, "outside.js"))).toBe(false);
});

test("a function and what it started die with the sandbox, even when that is killed", async () => {
  await writeFile(
    join(dataDir, "index.js"),
    LEAVING.replace("async () => [", "async () => console.log([").replace(/;$/, ");"),
  );
  const script = join(dataDir, "parent.mjs");
  const options = { stdio: ["ignore", "inherit", "inherit", "ipc"], detached: true };
  await writeFile(
    script,
    `import { spawn } from "node:child_process";
     const child = spawn(process.execPath, [${JSON.stringify(RUNTIME)}, "http://127.0.0.1:1", "/none"], {
       ...${JSON.stringify(options)},
       env: { LAMBDA_TASK_ROOT: ${JSON.stringify(dataDir)}, _HANDLER: "index.handler" },
     });
     child.on("message", (message) => {
       if (message.kind === "ready") child.send({ kind: "invoke", requestId: "1", payload: "{}", remainingMs: 1000 });
       if (message.kind === "log") console.log(message.text.replace(/\\s/g, ""));
     });`,
  );
  const sandbox = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve));
  const pids = JSON.parse(line) as number[];
  expect(pids.every(isRunning)).toBe(true);
  sandbox.kill("SIGKILL");
  expect(await gone(pids)).toBe(true);
});
