import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { actionStart } from "./action-start.ts";
import { balancerThroughput } from "./balancer.ts";
import { buildAndPush } from "./build-and-push.ts";
import { type Ratio, skipped } from "./measure.ts";
import { sandboxStart } from "./sandbox-start.ts";

/** `npm run bench`: every figure is a ratio of two measurements of this run. Writes a table and one JSON. */
const benchmarks: readonly [string, () => Promise<Ratio[]>][] = [
  ["sandbox start", sandboxStart],
  ["action start", async () => [await actionStart()]],
  ["load balancer", balancerThroughput],
  ["build and push", buildAndPush],
];

const results: Ratio[] = [];
for (const [name, run] of benchmarks) {
  process.stdout.write(`measuring ${name} …\n`);
  try {
    results.push(...(await run()));
  } catch (error) {
    results.push(skipped(name, error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}
const file = join(import.meta.dirname, "../../.sandbox/bench.json");
mkdirSync(join(file, ".."), { recursive: true });
const machine = { node: process.version, platform: platform(), arch: arch(), cpus: cpus().length };
writeFileSync(file, JSON.stringify({ machine, results }, null, 2));
for (const { name, ratio, ours, theirs, skipped: reason } of results)
  process.stdout.write(reason ? `${name}: not measured: ${reason}\n` : `${name}: ${ratio} (${ours} / ${theirs})\n`);
process.stdout.write(`written to ${file}\n`);
