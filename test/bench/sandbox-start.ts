import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Ratio, ratio, timed } from "./measure.ts";

const ROOT = join(import.meta.dirname, "../..");
const RUNS = 3;

interface Started {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** The sandbox alone, from `up` to `ready`, and its memory then, over a bare Node process started the same way. */
export async function sandboxStart(): Promise<Ratio[]> {
  const bare = await median(RUNS, () =>
    timed(() => started(["-e", "console.log('ready'); setInterval(() => {}, 1000)"])),
  );
  const bareMemory = (await started(["-e", "console.log('ready'); setInterval(() => {}, 1000)"])).megabytes;
  const runs: Started[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await started(["--import", "tsx", "infra/sandbox/cli.ts", "up"]));
  runs.sort((a, b) => a.milliseconds - b.milliseconds);
  const middle = runs[Math.floor(RUNS / 2)];
  if (!middle) throw new Error("The sandbox was not started.");
  return [
    ratio("sandbox: start to ready / bare node", [middle.milliseconds, "ms"], [bare, "ms"]),
    ratio("sandbox: memory when ready / bare node", [middle.megabytes, "MiB"], [bareMemory, "MiB"]),
  ];
}

/** Runs node until it prints `ready`, reads its memory, stops it and waits until it is gone. */
function started(args: readonly string[]): Promise<Started> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    let result: Started | undefined;
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (result || !/^ready$/m.test(text)) return;
      result = { milliseconds: performance.now() - begin, megabytes: residentMegabytes(child.pid ?? 0) };
      child.kill("SIGTERM");
    });
    child.on("error", reject);
    child.on("exit", () =>
      result ? resolve(result) : reject(new Error(`node ${args.join(" ")} ended before it was ready.`)),
    );
  });
}

/** From the kernel's own account; Linux only. */
function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}
