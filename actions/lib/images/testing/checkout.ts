import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Git repositories for tests: a fleet with one agent, `alpha`, that uses real npm packages. */

const REPOSITORY = join(import.meta.dirname, "../../../..");
/** What alpha imports, with what that imports. */
export const ALPHA_PACKAGES = ["@hono/node-server", "hono"] as const;
/** What the builder itself takes from a checkout. */
const BUILD_TOOLS = ["@swc/core", "@vercel/ncc"];

export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

export function temporaryFolder(name = "karmacadabra-test-"): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), name)));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const MAIN = `import { serve } from "@hono/node-server";
import { Hono } from "hono/tiny";
import data from "../data/sample.json" with { type: "json" };
import { greet, type Greeting } from "./greet.ts";

const port: number = Number(process.env.PORT);
const greeting: Greeting = greet(data.name);
const app = new Hono().get("/health", (c) => c.json({ ...greeting, commit: process.env.AGENT_COMMIT }));
serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, (info) => console.log(info.port));
`;

const GREET = `export interface Greeting { hello: string }
export function greet(name: string): Greeting { return { hello: name }; }
`;

/** A manifest that the fleet's rules accept; `changes` replaces parts of it. */
export const alphaManifest = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    name: "alpha",
    purpose: "Greets.",
    agentId: 1,
    build: { kind: "node", entry: "src/main.ts" },
    container: { port: 9101, cpu: 256, memoryMiB: 512, architecture: "arm64", stopTimeoutSeconds: 30 },
    health: { path: "/health", intervalSeconds: 10, timeoutSeconds: 3, healthyThreshold: 2, unhealthyThreshold: 2 },
    route: { path: "/alpha", host: "alpha" },
    calls: [],
    environment: {},
    secrets: [],
    scale: { min: 1, max: 1, cpuPercent: 75, memoryPercent: 80, capacity: "spot" },
    rollout: {
      strategy: "blue-green",
      bakeMinutes: 5,
      gateTimeoutMinutes: 15,
      gates: { errorRatePercent: 1, latencyMs: 500, slowPercent: 5, minimumRequests: 50, smoke: [] },
    },
    ...changes,
  });

/** A repository with one commit. Files in `files` are added to alpha's, or replace them. */
export function createRepository(folder: string, files: Readonly<Record<string, string>> = {}): void {
  const all: Record<string, string> = {
    "package.json": `${JSON.stringify({ name: "fixture", version: "1.2.3", type: "module" })}\n`,
    "package-lock.json": `${JSON.stringify({ packages: lockedPackages() })}\n`,
    ".gitignore": "node_modules\n",
    "agents/alpha/agent.json": alphaManifest(),
    "agents/alpha/src/main.ts": MAIN,
    "agents/alpha/src/greet.ts": GREET,
    "agents/alpha/data/sample.json": '{ "name": "world" }\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) put(join(folder, path), content);
  git(folder, "init", "--quiet");
  commitAll(folder);
}

export function commitAll(folder: string): string {
  git(folder, "add", "-A");
  git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "change");
  return git(folder, "rev-parse", "HEAD");
}

export const clone = (from: string, to: string): void => void git(dirname(to), "clone", "--quiet", from, to);

/** Installs by one symbolic link to this repository's packages. */
export const linkPackages = (folder: string): void =>
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));

/** Installs as npm does, with real files; the build tools, which no image holds, stay links. */
export function copyPackages(folder: string): void {
  const [from, to] = [join(REPOSITORY, "node_modules"), join(folder, "node_modules")];
  for (const name of ALPHA_PACKAGES) cpSync(join(from, name), join(to, name), { recursive: true });
  for (const name of BUILD_TOOLS) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    symlinkSync(join(from, name), join(to, name));
  }
}

export function put(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

export const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** The repository's own lock file, without the root's entry. */
function lockedPackages(): Record<string, unknown> {
  const lock = JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  const wanted = ALPHA_PACKAGES.map((name) => `node_modules/${name}`);
  return Object.fromEntries(wanted.map((key) => [key, lock.packages[key]]));
}
