import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "../../agents/manifest.ts";
import { median, type Ratio, ratio, timed } from "./measure.ts";

const ROOT = join(import.meta.dirname, "../..");
const RUNS = 7;

/** From the start of the `deploy-service` action to its first API call, over the start of bare `node`. */
export async function actionStart(): Promise<Ratio> {
  const bare = await median(RUNS, () => timed(() => ended(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }))));
  const first = await median(RUNS, firstCall);
  return ratio("deploy-service: start to first API call / bare node", [first, "ms"], [bare, "ms"]);
}

/** Milliseconds until the action's first request reaches an endpoint that answers it with an error. */
async function firstCall(): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(400, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "actions/dist/deploy-service.js")], {
    cwd: ROOT,
    stdio: "ignore",
    env: environment((server.address() as AddressInfo).port),
  });
  try {
    const lost = ended(child).then(() => Promise.reject(new Error("deploy-service ended before its first API call.")));
    await Promise.race([once(server, "request"), lost]);
    return performance.now() - started;
  } finally {
    child.kill("SIGKILL");
    server.close();
    server.closeAllConnections();
  }
}

function environment(port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    GITHUB_WORKSPACE: ROOT,
    RUNNER_TEMP: tmpdir(),
    INPUT_STAGE: "sandbox",
    INPUT_AGENT: readManifests(join(ROOT, "agents"))[0]?.name,
    INPUT_IMAGE: `127.0.0.1:1/bench@sha256:${"0".repeat(64)}`,
    INPUT_COMMIT: "0".repeat(40),
  };
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve());
  });
}
