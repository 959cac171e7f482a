import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../engine/engine.ts";
import { differences, disagreement } from "./account-check.ts";
import { answerHook, review } from "./deployments.ts";
import { parameter } from "./errands.ts";
import { type Killable, processesIn, startKillable } from "./killable.ts";
import { bundleSandbox } from "./sandbox-bundle.ts";
import { Witness } from "./witness.ts";

const TIME_SCALE = 120;
const WORKERS = 4;
/** What is lost stays lost: comparing everything after every kill would find it sooner, and take half of the time. */
const KILLS_A_CHECK = 5;
const PROCESSES_END_MS = 5000; // a task notices that its pipe is closed; loaded machines take their time
const QUIET_MS = 60_000;

/** When a kill comes. */
export interface Moment {
  /** Real milliseconds. */
  readonly after: number;
  /** Counted from the start, in the thick of the restart, or from the first answer, in the thick of the work. */
  readonly of: "start" | "answer";
}

export interface KillPlan {
  readonly kills: number;
  readonly moment: (kill: number) => Moment;
  readonly random: () => number;
  /** @param kills how many there were. */
  readonly onKill?: (kills: number) => void;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls in real time: processes take real time as well. @returns what was still wrong at the end. */
async function settled<T>(look: () => Promise<T | undefined> | T | undefined, ms: number): Promise<T | undefined> {
  const end = Date.now() + ms;
  for (;;) {
    const wrong = await look();
    if (wrong === undefined || Date.now() > end) return wrong;
    await pause(50);
  }
}

/**
 * Kills a sandbox again and again while a client works, and starts it again on the same state.
 * @returns what was wrong, in sentences; empty when nothing that was acknowledged was lost or doubled.
 */
export async function survivesKills(plan: KillPlan): Promise<{ wrong: string[]; account: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "kill-")));
  const program = await bundleSandbox(join(folder, "program"));
  const start = { program, dataDir: join(folder, "data"), port: await freePort(), timeScale: TIME_SCALE };
  const witness = new Witness(`http://127.0.0.1:${start.port}`, plan.random);
  let sandbox = await startKillable(start);
  const wrong: string[] = [];
  try {
    await witness.prepare();
    for (let kill = 0; kill < plan.kills && wrong.length === 0; kill++) {
      await killedAt(witness, sandbox, plan.moment(kill));
      const orphans = await settled(() => processesOrNothing(start.dataDir), PROCESSES_END_MS);
      if (orphans) wrong.push(`processes ${orphans.join()} of the dead sandbox live on`);
      sandbox = await startKillable(start);
      await review(witness);
      plan.onKill?.(kill + 1);
      if (kill % KILLS_A_CHECK === KILLS_A_CHECK - 1) wrong.push(...(await differences(witness)));
      if (wrong.length > 0) wrong.unshift(`after kill ${kill}:`);
    }
    if (wrong.length === 0) wrong.push(...(await end(witness)));
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    witness.close();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  return { wrong: withLog(wrong, sandbox), account: accountOf(witness) };
}

async function killedAt(witness: Witness, sandbox: Killable, moment: Moment): Promise<void> {
  const work = witness.work(WORKERS);
  // A worker's failure ends either wait.
  if (moment.of === "answer") await Promise.race([parameter(witness), work]);
  await Promise.race([pause(moment.after), work]);
  witness.expectKill();
  await sandbox.kill();
  await work;
}

const processesOrNothing = (folder: string): number[] | undefined => {
  const found = processesIn(folder);
  return found.length > 0 ? found : undefined;
};

/** Answers open hooks until every deployment is over, waits until every service is at rest, and compares everything. */
async function end(witness: Witness): Promise<string[]> {
  const running = await settled(async () => {
    const left = await review(witness);
    for (const arn of left) await answerHook(witness, arn);
    return left.length > 0 ? left : undefined;
  }, QUIET_MS);
  const wrong = (running ?? []).map((arn) => `${arn} never ended`);
  for (const site of witness.sites) {
    const left = await settled(() => disagreement(witness, site), QUIET_MS);
    if (left) wrong.push(left);
  }
  return [...wrong, ...(await differences(witness))];
}

const withLog = (wrong: readonly string[], { log }: Killable): string[] =>
  wrong.length > 0 ? [...wrong, "its log:", ...log.slice(-20)] : [];

function accountOf({ ledger }: Witness): string {
  const { parameters, objects, lines, images, services, deletedServices, definitions, deployments, stacks } = ledger;
  const counts = { parameters, objects, lines, images, services, deletedServices, definitions, deployments, stacks };
  const ends = [...deployments.values()].map(({ status }) => status);
  return [
    ...Object.entries(counts).map(([noun, { size }]) => `${size} ${noun}`),
    ...[...new Set(ends)].map((status) => `${ends.filter((one) => one === status).length} ${status}`),
  ].join(", ");
}
