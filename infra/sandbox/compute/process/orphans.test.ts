import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { isRunning } from "../../running.ts";

const MAPPER = fileURLToPath(new URL("./port-mapper.mjs", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orphans-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Stands for the sandbox: starts a task as the driver does, prints its pid and what the mapper reports. */
const parent = (task: string) => `
import { spawn } from "node:child_process";
const child = spawn(process.execPath, ["--import", ${JSON.stringify(MAPPER)}, ${JSON.stringify(task)}], {
  stdio: ["ignore", "inherit", "inherit", "pipe"], detached: true, env: { KARMACADABRA_CONTAINER_PORTS: "9000" },
});
child.stdio[3].on("data", (data) => console.log(child.pid, String(data)));
`;

test("a task dies with the sandbox, even when that is killed", async () => {
  const task = join(folder, "task.mjs");
  await writeFile(
    task,
    'import { createServer } from "node:http"; createServer().listen(9000); process.on("SIGTERM", () => {});',
  );
  const script = join(folder, "parent.mjs");
  await writeFile(script, parent(task));
  const sandbox = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve));
  const [pid, report] = [
    Number(line.split(" ")[0]),
    JSON.parse(line.slice(line.indexOf("{"))) as { containerPort: number; port: number },
  ];
  expect(report.containerPort).toBe(9000);
  expect(report.port).not.toBe(9000);
  expect(isRunning(pid)).toBe(true);
  sandbox.kill("SIGKILL");
  const end = Date.now() + 5000;
  while (isRunning(pid) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isRunning(pid)).toBe(false);
});
