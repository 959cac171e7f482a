import { existsSync } from "node:fs";
import * as fc from "fast-check";
import { perform, type Story, sequence, type World } from "./commands.ts";
import { Engine } from "./engine.ts";
import { Invariants } from "./invariants.ts";

const LONGEST_MS = 28 * 60_000;

export interface PropertyOptions {
  readonly seed: number;
  /** Sequences, each in a sandbox of its own. */
  readonly runs: number;
  /** Longest sequence. */
  readonly length: number;
  readonly onProgress?: (steps: number) => void;
}

/**
 * Drives random sequences of commands and checks every invariant after each step. A failure names the step, what was
 * seen, and the seed and path that repeat it; it is not shrunk. @returns steps done.
 */
export async function checkProperty({ seed, runs, length, onProgress }: PropertyOptions): Promise<number> {
  let steps = 0;
  const property = fc.asyncProperty(sequence(length), async (story) => {
    await walk(story, () => onProgress?.(++steps));
  });
  await fc.assert(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: LONGEST_MS,
    markInterruptAsFailure: true,
    endOnFailure: true, // shrinking repeats whole sandboxes for minutes: the message names the step and the sight instead
  });
  return steps;
}

/** One sequence from the start of a sandbox to its end, where nothing may be left. */
export async function walk({ kind, commands }: Story, onStep: () => void = () => {}): Promise<void> {
  const before = resources();
  const engine = await Engine.start({ seed: 1 });
  const folder = engine.folder;
  try {
    const service = await engine.service(
      "alpha",
      { bakeTimeInMinutes: 0, ...(kind === "rolling" && { strategy: "ROLLING" }) },
      { desiredCount: 2 },
    );
    const world: World = {
      engine,
      service,
      kind,
      sick: new Map(),
      versions: 1,
      desired: 2,
      newest: "good",
      disturbedAt: -1_000_000,
    };
    const invariants = new Invariants(world);
    for (const [index, one] of commands.entries()) {
      onStep();
      await perform(world, one);
      await invariants.check().catch((error: unknown) => {
        throw new Error(
          `After step ${index}, ${JSON.stringify(one)}: ${error instanceof Error ? error.message : error}`,
        );
      });
    }
    await engine.clear();
    leftInside(engine);
  } finally {
    await engine.stop();
  }
  const left = engine.clock.waiting;
  if (left > 0) throw new Error(`${left} waits are open after the sandbox stopped.`);
  if (existsSync(folder)) throw new Error(`${folder} is left.`);
  await noneLeft(before);
}

/** With every service deleted, nothing of a task is left in the running sandbox. */
function leftInside({ driver, network }: Engine): void {
  if (driver.containers.size > 0) throw new Error(`${driver.containers.size} containers still run.`);
  if (network.size > 0) throw new Error(`${network.size} addresses are still taken.`);
}

/** Open handles of this process by kind: sockets, servers, timers. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

const REAL_MS = 2000; // closing sockets takes turns of the real event loop

async function noneLeft(before: ReadonlyMap<string, number>): Promise<void> {
  const end = Date.now() + REAL_MS;
  for (;;) {
    const more = [...resources()].filter(([kind, count]) => WATCHED.has(kind) && count > (before.get(kind) ?? 0));
    if (more.length === 0) return;
    if (Date.now() > end) throw new Error(`Open handles are left, by kind: ${JSON.stringify(more)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const WATCHED = new Set(["TCPSERVERWRAP", "TCPServerWrap", "TCPSocketWrap", "ProcessWrap", "FSEventWrap", "PipeWrap"]);
