import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "../../infra/sandbox/aws/services/ecs/until.fixture.ts";

const ROOT = join(import.meta.dirname, "../..");
const MINUTES = 60_000;

/** The commands that our documents show, run as a reader would: in a fresh clone, one after the other. */
let folder: string;
let clone: string;
let sandbox: ChildProcess;
let shown = "";

const sandboxCommands = (document: string): string[] =>
  [...readFileSync(join(ROOT, document), "utf8").matchAll(/npm run sandbox -- ([^`\n]+)/g)].map(
    (found) => `${found[1]}`,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "documents-"));
  clone = join(folder, "karmacadabra");
  execFileSync("git", ["clone", "--quiet", "--local", ROOT, clone], { stdio: "pipe" });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  sandbox = spawn("npm", ["start"], { cwd: clone, stdio: ["ignore", "pipe", "inherit"], detached: true });
  sandbox.stdout?.on("data", (chunk: Buffer) => {
    shown += chunk;
  });
  await until(async () => (/Console: http/.test(shown) ? true : undefined), 180).catch(() => {
    throw new Error(`npm start did not come to its end:\n${shown}`);
  });
}, 4 * MINUTES);

afterAll(async () => {
  if (sandbox.exitCode === null && sandbox.pid) process.kill(-sandbox.pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

interface Ended {
  readonly status: number;
  readonly output: string;
}

function run(command: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "--silent", "sandbox", "--", ...command.split(" ")], { cwd: clone });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk;
      });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

test("npm start ends with five agents deployed and the console's address", () => {
  expect(shown.match(/^\S+ +DEPLOYED +[0-9a-f]{12} /gm)).toHaveLength(5);
  expect(shown).toMatch(/deploy: success after \d+ s/);
});

test(
  "the commands of the sandbox's README",
  async () => {
    // `up` starts a second sandbox; here one is running, and it says so instead of taking its place.
    for (const command of sandboxCommands("infra/sandbox/README.md").filter((one) => !one.startsWith("up"))) {
      const { status, output } = await run(command);
      expect([command, status, output]).toEqual([command, 0, expect.any(String)]);
    }
    expect((await run("fault list")).output).toContain("slow-answers");
  },
  2 * MINUTES,
);

test(
  "the commands of the README, in their order: a bad release is red and names its cause, the rest is green",
  async () => {
    const commands = sandboxCommands("README.md").filter((one) => !one.startsWith("up"));
    expect(commands.map((command) => command.split(" ")[0])).toContain("down");
    for (const command of commands) {
      const { status, output } = await run(command);
      const isBad = command.includes("--break ") && !command.includes("--break list");
      expect([command, status === 0, output]).toEqual([command, !isBad, expect.any(String)]);
      if (isBad) expect(output).toContain("ROLLED_BACK: The container exited by itself with code 1.");
    }
    await until(async () => (sandbox.exitCode === null ? undefined : true), 60);
  },
  5 * MINUTES,
);
