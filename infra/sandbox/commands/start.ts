import { showPush } from "./outcome.ts";
import { progressLines } from "./progress.ts";
import { whenAskedToStop } from "./stopping.ts";
import { hostFrom, hostOptions } from "./up.ts";
import { parsed } from "./usage.ts";

/** Sixty sandbox seconds a second: a bake of five minutes lasts five seconds. */
const TIME_SCALE = 60;

/** `start`: the sandbox, and what a push to main does to it; then stays up, or with `--once` ends as the workflow did. */
export async function start(args: string[]): Promise<number> {
  const { values } = parsed({
    args,
    options: {
      ...hostOptions,
      once: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const out = (line: string) => process.stdout.write(`${line}\n`);
  const stopping = whenAskedToStop();
  const cancelled = new AbortController();
  void stopping.asked.then(() => cancelled.abort());
  out("Starting the sandbox: an AWS account and a GitHub on this machine.");
  const host = await hostFrom(values, TIME_SCALE, stopping.ask);
  try {
    out(`AWS answers at ${host.endpoint}; its clock runs ${host.timeScale} times as fast.`);
    const started = Date.now();
    const result = await host.push(
      {},
      (event) => progressLines(event, (Date.now() - started) / 1000, values.verbose).forEach(out),
      cancelled.signal,
    );
    const status = showPush(result);
    if (values.once || cancelled.signal.aborted) return status;
    out(`\nConsole: ${host.addresses.CONSOLE_URL}`);
    out("Next: `npm run sandbox -- push`, or `npm run sandbox -- push --break list`. Ctrl-C stops everything.");
    await stopping.asked;
    return 0;
  } finally {
    out("Stopping the sandbox.");
    await host.stop();
  }
}
