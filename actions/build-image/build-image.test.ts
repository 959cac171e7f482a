import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { ActionError, InputError, type Outcome, readInputs } from "../lib/action.ts";
import { labelsOf, readLayout } from "../lib/images/layout.ts";
import { packagesInImage } from "../lib/images/scan.ts";
import {
  ALPHA_PACKAGES,
  alphaManifest,
  clone,
  copyPackages,
  createRepository,
  git,
  linkPackages,
  put,
  temporaryFolder,
} from "../lib/images/testing/checkout.ts";
import { buildImage } from "./build-image.ts";
import { inputs } from "./inputs.ts";

/** Bundling is real work, and on a busy machine it takes its time. */
jest.setTimeout(120_000);

const clock = { now: () => new Date(), sleep: async () => {} };

/** Runs the action in a checkout; `given` are inputs by their names. */
async function build(root: string, given: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const all = { agent: "alpha", output: join(root, "..", `layout-of-${root.split("/").pop()}`), ...given };
  const variables = Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const parsed = readInputs({ name: "build-image", inputs }, Object.fromEntries(variables));
  return buildImage(parsed, { line: () => {}, mask: () => {} }, { env: { ...env, GITHUB_WORKSPACE: root }, clock });
}

describe("build-image", () => {
  test("gives the same digest for the same commit, in another clone, at another time, from other installs", async () => {
    using folder = temporaryFolder();
    const [origin, near, far] = ["origin", "a", "far/away/from here"].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    put(join(origin, "x"), "");
    createRepository(origin);
    put(join(far, "..", "x"), "");
    clone(origin, near);
    clone(origin, far);
    linkPackages(near);
    copyPackages(far);
    const one = await build(near);
    for (const file of ["agents/alpha/src/main.ts", "agents/alpha/src/greet.ts", "package.json"])
      utimesSync(join(far, file), 981_173_106, 981_173_106);
    const two = await build(far, {}, { TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8" });
    expect(two.outputs.digest).toBe(one.outputs.digest);
    expect(two.outputs["image-size"]).toBe(one.outputs["image-size"]);
    const image = await readLayout(one.outputs.layout ?? "");
    expect(labelsOf(image.config)["org.opencontainers.image.revision"]).toBe(git(origin, "rev-parse", "HEAD"));
    expect(image.config.created).toBe(new Date(Number(git(origin, "show", "-s", "--format=%ct")) * 1000).toISOString());
    expect((await packagesInImage(image)).map((found) => found.name)).toEqual([...ALPHA_PACKAGES]);
    expect(one.outputs).toMatchObject({ packages: "2", "packages-file": "/app/packages.json", base: "host-node" });
    expect(one.summary).toContain("base host-node: the image holds no Node");
  });

  test("gives another digest for another commit", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "a");
    put(join(root, "x"), "");
    createRepository(root, { "agents/alpha/src/main.ts": "console.log(1);\n" });
    linkPackages(root);
    const one = await build(root);
    put(join(root, "y"), "not in the image, but in the commit");
    git(root, "add", "-A");
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "y");
    expect((await build(root)).outputs.digest).not.toBe(one.outputs.digest);
  });

  test("refuses a checkout whose files are not the commit's, and builds nothing", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "a");
    put(join(root, "x"), "");
    createRepository(root, { "agents/alpha/src/main.ts": "console.log(1);\n" });
    linkPackages(root);
    writeFileSync(join(root, "agents/alpha/src/new.ts"), "");
    await expect(build(root)).rejects.toThrow(
      /Files were changed since commit [0-9a-f]{40}.*\n\?\? agents\/alpha\/src\/new.ts/,
    );
    const other = "b".repeat(40);
    await expect(build(root, { commit: other })).rejects.toThrow(`The image of commit ${other} cannot be built`);
    await expect(build(root, {}, { GITHUB_SHA: other })).rejects.toThrow("Check out");
    expect(existsSync(join(folder.path, "layout-of-a"))).toBe(false);
  });

  test.each([
    ["an agent that does not exist", { agent: "gamma" }, {}, 'There is no agent "gamma"; allowed: alpha.'],
    ["a folder without agents", { "agents-dir": "nowhere" }, {}, "agents-dir must name the agents' folder"],
    ["a tag as base", { base: "docker.io/library/node:22" }, {}, "a tag can move to another image"],
    [
      "a Dockerfile build",
      {},
      { build: { kind: "dockerfile", file: "Dockerfile" } },
      'build.kind "dockerfile", which needs Docker Buildx and is not built yet; allowed: "node"',
    ],
    [
      "two architectures",
      {},
      { container: { port: 9101, cpu: 256, memoryMiB: 512, architecture: ["arm64", "amd64"], stopTimeoutSeconds: 30 } },
      "two architectures are not built yet",
    ],
  ])("refuses %s, in one sentence", async (_title, given, manifest, message) => {
    using folder = temporaryFolder();
    const root = join(folder.path, "a");
    put(join(root, "x"), "");
    createRepository(root, { "agents/alpha/agent.json": alphaManifest(manifest) });
    const error = await build(root, given).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionError);
    expect((error as Error).message).toContain(message);
  });

  test("is refused outside a git checkout", async () => {
    using folder = temporaryFolder();
    put(join(folder.path, "a/agents/alpha/agent.json"), alphaManifest());
    await expect(build(join(folder.path, "a"))).rejects.toThrow(/git rev-parse failed in .*not a git repository/);
  });

  test("lists all wrong inputs at once", () => {
    const env = { INPUT_AGENT: "../x", INPUT_COMMIT: "main", INPUT_SOURCE: "nowhere", "INPUT_AGENTS-DIR": "/etc" };
    const read = () => readInputs({ name: "build-image", inputs }, env);
    expect(read).toThrow(InputError);
    expect(read).toThrow(
      /4 wrong input\(s\) of build-image:[\s\S]*agent: got[\s\S]*agents-dir: got[\s\S]*commit: got[\s\S]*source: got/,
    );
  });
});
