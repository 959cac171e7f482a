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
process.stdout.write("ready\n");
