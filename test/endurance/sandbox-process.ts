import { startSandbox } from "../../infra/sandbox/sandbox.ts";

/** The sandbox that tests kill: `sandbox-process.ts <state folder> <port> <time scale>`. Says `ready` when it is. */
const [dataDir = "", port = "", timeScale = ""] = process.argv.slice(2);

const sandbox = await startSandbox({
  dataDir,
  port: Number(port),
  timeScale: Number(timeScale),
  log: (line) => process.stderr.write(`${line}\n`),
});
process.once("SIGTERM", () => void sandbox.stop().then(() => process.exit(0)));
// The test that started it is gone, e.g. by its time-out: nothing may be left of it.
process.stdin.resume().once("close", () => process.exit(1));
process.stdout.write("ready\n");
