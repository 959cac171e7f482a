import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "../../agents/manifest.ts";
import { repositoryName } from "../../agents/naming.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/sandbox.ts";
import { succeed } from "../peers/command.ts";
import { type Ratio, ratio, skipped, timed } from "./measure.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAME = "build and push of one agent / docker build + docker push of the same bundle";

/** Both push into an empty repository of the same registry (cold), then once more without a change (warm). */
export async function buildAndPush(): Promise<Ratio[]> {
  if (spawnSync("docker", ["info"], { stdio: "ignore" }).status !== 0)
    return [skipped(NAME, "there is no Docker engine here")];
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const sandbox = await startSandbox();
  try {
    const bench = prepare(folder, sandbox, await passwordOf(sandbox));
    await sandbox.aws.ecr.createRepository({ repositoryName: repositoryName(bench.agent) });
    await sandbox.aws.ecr.createRepository({ repositoryName: "bench/docker" });
    const ours = [await timed(bench.ours), await timed(bench.ours)];
    bench.unpack();
    await bench.login();
    const theirs = [await timed(() => bench.docker("--no-cache")), await timed(() => bench.docker())];
    return ["cold", "warm"].map((store, index) =>
      ratio(`${NAME}, ${store} store`, [ours[index] ?? Number.NaN, "ms"], [theirs[index] ?? Number.NaN, "ms"]),
    );
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(folder: string, sandbox: Sandbox, password: string) {
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", "--local", ROOT, clone], { stdio: "ignore" });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  const agent = readManifests(join(clone, "agents"))[0]?.name ?? "";
  const layout = join(folder, "layout");
  const context = join(folder, "context");
  const registry = new URL(sandbox.endpoint).host;
  const action = (name: string, inputs: Record<string, string>) =>
    succeed(process.execPath, [join(ROOT, `actions/dist/${name}.js`)], {
      cwd: clone,
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: sandbox.endpoint,
        AWS_REGION: sandbox.region,
        AWS_ACCESS_KEY_ID: "bench",
        AWS_SECRET_ACCESS_KEY: "bench",
        GITHUB_WORKSPACE: clone,
        ...Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value])),
      },
    });
  const docker = (...args: string[]) => succeed("docker", ["--config", folder, ...args]);
  return {
    agent,
    login: () =>
      succeed("docker", ["--config", folder, "login", "--username", "AWS", "--password-stdin", registry], {
        input: password,
      }),
    ours: async () => {
      await action("build-image", { agent, base: "host-node", output: layout });
      await action("push-image", { layout });
    },
    unpack: () => {
      mkdirSync(context);
      const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
      const blob = (digest: string) => join(layout, "blobs", digest.replace(":", "/"));
      const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), "utf8"));
      for (const layer of manifest.layers) execFileSync("tar", ["-xf", blob(layer.digest), "-C", context]);
      writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY app /app\n");
    },
    docker: async (...options: string[]) => {
      await docker("build", "--quiet", ...options, "--tag", `${registry}/bench/docker:bench`, context);
      await docker("push", "--quiet", `${registry}/bench/docker:bench`);
    },
  };
}

/** What `aws ecr get-login-password` prints. */
async function passwordOf(sandbox: Sandbox): Promise<string> {
  const { authorizationData } = await sandbox.aws.ecr.getAuthorizationToken({});
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64").toString();
  return token.slice(token.indexOf(":") + 1);
}
