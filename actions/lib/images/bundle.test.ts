import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { ActionError } from "../action.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { packageFolder } from "./packages.ts";
import { ALPHA_PACKAGES, createRepository, linkPackages, put, temporaryFolder } from "./testing/checkout.ts";

/** Bundling is real work, and on a busy machine it takes its time. */
jest.setTimeout(120_000);

const entry = "agents/alpha/src/main.ts";

async function bundled(files: Record<string, string>, sourceMap = false): Promise<Bundle> {
  using folder = temporaryFolder();
  createRepository(folder.path, files);
  linkPackages(folder.path);
  return await bundle({ root: folder.path, entry, sourceMap });
}

const text = (result: Bundle, path = "index.js"): string =>
  Buffer.from(result.files.find((file) => file.path === path)?.content ?? []).toString("utf8");

/** Runs a bundle in an empty folder and returns what it printed first. */
async function firstOutput(result: Bundle, env: Record<string, string> = {}): Promise<string> {
  using folder = temporaryFolder();
  for (const file of result.files) writeFileSync(join(folder.path, file.path), file.content);
  const child = spawn(process.execPath, [join(folder.path, "index.js")], { env: { PORT: "0", ...env } });
  try {
    return await new Promise((resolve, reject) => {
      let errors = "";
      child.stdout.once("data", (chunk) => resolve(String(chunk).trim()));
      child.stderr.on("data", (chunk) => {
        errors += chunk;
      });
      child.once("exit", () => reject(new Error(errors)));
    });
  } finally {
    child.kill("SIGKILL");
  }
}

describe("a bundle", () => {
  let alpha: Bundle;
  beforeAll(async () => {
    alpha = await bundled({}, true);
  });

  test("holds exactly the packages that a second witness, the source map, finds in it", () => {
    const map = JSON.parse(text(alpha, "index.js.map")) as { sources: string[] };
    const folders = map.sources.map((source) => packageFolder(source.replace(/^(?:webpack:\/\/[^/]*)?\/?/, "")));
    const witnessed = new Set(folders.flatMap((folder) => folder?.replace(/^.*node_modules\//, "") ?? []));
    expect(alpha.packages.map((found) => found.name).sort()).toEqual([...witnessed].sort());
    expect(alpha.packages.map((found) => found.name)).toEqual([...ALPHA_PACKAGES]);
    expect(alpha.packages.map((found) => found.purl)).toContain(`pkg:npm/hono@${alpha.packages[1]?.version}`);
    expect(alpha.packages.map((found) => found.license)).toEqual(["MIT", "MIT"]);
  });

  test("starts in an empty folder and has no path of the machine that built it", async () => {
    expect(Number(await firstOutput(alpha))).toBeGreaterThan(0);
    expect(alpha.files.map((file) => file.path)).toEqual(["index.js", "index.js.map", "package.json"]);
    // Names of modules are relative to the checkout; a folder of this machine is nowhere.
    for (const folder of [tmpdir(), process.cwd(), "karmacadabra-bundle-"])
      expect(text(alpha).includes(folder)).toBe(false);
  });

  test("leaves out packages that nothing of the entry needs", async () => {
    const result = await bundled({
      [entry]: 'import { valid } from "semver";\nconsole.log(valid("1.2.3"));\n',
      "package-lock.json": lock("semver"),
    });
    expect(result.packages.map((found) => found.name)).toEqual(["semver"]);
    expect(await firstOutput(result)).toBe("1.2.3");
  });

  test("keeps paths that are made while it runs, and files that the code reads beside itself", async () => {
    const code = `import { readFileSync } from "node:fs";
import { resolve } from "node:path";
const base: string | undefined = process.env.BASE;
const file = base ? resolve(base, "agents", "alpha") : "";
console.log(file + readFileSync(new URL("../data/note.txt", import.meta.url), "utf8"));
`;
    const result = await bundled({ [entry]: code, "agents/alpha/data/note.txt": " noted" });
    expect(await firstOutput(result, { BASE: "/somewhere" })).toBe("/somewhere/agents/alpha noted");
  });

  test.each([
    ["code that does not compile", { [entry]: "const = 1;\n" }, `${entry} does not compile`],
    [
      "an import that does not exist",
      { [entry]: 'import "./gone.ts";\n' },
      "names agents/alpha/src/gone.ts, which cannot be read (ENOENT)",
    ],
    ["an import outside the checkout", { [entry]: 'import "../../../../x.ts";\n' }, "outside the checkout"],
    [
      "a package that is not installed",
      { [entry]: 'import "not-there";\n' },
      "needs the package not-there, which is not installed. Run: npm ci",
    ],
    [
      "a package that the lock file does not have",
      { "package-lock.json": '{"packages":{}}' },
      "package-lock.json does not have it. Run: npm ci",
    ],
    [
      "a package of another version",
      { [entry]: 'import "hono";\n', "package-lock.json": lock("hono", "0.0.1") },
      "package-lock.json says 0.0.1. Run: npm ci",
    ],
    [
      "a name that a package does not export",
      { [entry]: 'import "hono/nothing-here";\n' },
      `${entry} cannot be bundled`,
    ],
  ])("refuses %s, in one sentence", async (_title, files, message) => {
    const error = await bundled(files).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toMatch(/\n\s+at /);
  });

  test("is refused where the bundler itself is not installed", async () => {
    using folder = temporaryFolder();
    put(join(folder.path, "package.json"), "{}");
    await expect(bundle({ root: folder.path, entry })).rejects.toThrow("@swc/core is not installed");
  });
});

function lock(name: string, version = "7.8.6"): string {
  return JSON.stringify({ packages: { [`node_modules/${name}`]: { version } } });
}
