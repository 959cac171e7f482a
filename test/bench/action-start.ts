import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
function firstCall(): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const server = createServer((_request, response) => {
      resolve(performance.now() - started);
      response.writeHead(400, { "content-type": "application/json" }).end("{}");
      child.kill("SIGKILL");
      server.close();
      server.closeAllConnections();
    });
    server.listen(0, "127.0.0.1");
    const child = spawn(process.execPath, [join(ROOT, "actions/dist/deploy-service.js")], {
      cwd: ROOT,
      stdio: "ignore",
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "bench",
        AWS_SECRET_ACCESS_KEY: "bench",
        GITHUB_WORKSPACE: ROOT,
        RUNNER_TEMP: tmpdir(),
        INPUT_STAGE: "sandbox",
        INPUT_AGENT: process.env.BENCH_AGENT,
        INPUT_IMAGE: `127.0.0.1:1/bench@sha256:${"0".repeat(64)}`,
        INPUT_COMMIT: "0".repeat(40),
      },
    });
    child.on("error", reject);
    child.on("exit", (status) => reject(new Error(`deploy-service ended with ${status} before its first API call.`)));
  });
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve());
  });
}
