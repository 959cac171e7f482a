import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Journal, replay } from "./journal.ts";
import { type ReadonlySaved, readSnapshot, type Saved, writeSnapshot } from "./snapshot.ts";

/** The newest snapshot of a state folder and the journal of what was committed after it. */
export interface Generation {
  readonly number: number;
  readonly journal: Journal;
  readonly snapshotBytes: number;
}

const snapshotName = /^snapshot-(\d+)\.jsonl$/;
const ownName = /^(?:snapshot|journal)-(\d+)\.jsonl(?:\.tmp)?$/;
const snapshotFile = (folder: string, number: number): string => join(folder, `snapshot-${number}.jsonl`);
const journalFile = (folder: string, number: number): string => join(folder, `journal-${number}.jsonl`);

function setAside(file: string): string {
  let n = 1;
  while (existsSync(`${file}.corrupt-${n}`)) n++;
  renameSync(file, `${file}.corrupt-${n}`);
  return `${file}.corrupt-${n}`;
}

/** Starts a generation with a snapshot of what is saved, then drops the files of all others. */
export function newGeneration(folder: string, number: number, saved: ReadonlySaved): Generation {
  const snapshotBytes = writeSnapshot(snapshotFile(folder, number), saved);
  for (const name of readdirSync(folder)) {
    const found = ownName.exec(name)?.[1];
    if (found !== undefined && (Number(found) !== number || name.startsWith("journal")))
      rmSync(join(folder, name), { force: true });
  }
  return { number, journal: new Journal(journalFile(folder, number)), snapshotBytes };
}

/** @returns services whose state is lost; all of them when it is `undefined`. */
function loadSnapshot(file: string, saved: Saved, log: (line: string) => void): readonly string[] | undefined {
  const read = readSnapshot(file);
  for (const [service, collections] of read.saved) saved.set(service, collections);
  if (read.lost?.length === 0) return [];
  const who = read.lost ? `${read.lost.join(", ")} start empty` : "every service starts empty";
  log(`state ${file} is not usable as it is (cut off or edited); it was set aside as ${setAside(file)} and ${who}`);
  return read.lost;
}

/** Reads what a former sandbox left. Damage is set aside and said, never half read. */
export function openFolder(folder: string, log: (line: string) => void): { saved: Saved; generation: Generation } {
  mkdirSync(folder, { recursive: true });
  const saved: Saved = new Map();
  const numbers = readdirSync(folder)
    .flatMap((name) => snapshotName.exec(name)?.[1] ?? [])
    .map(Number);
  const number = Math.max(0, ...numbers);
  const lost = numbers.length === 0 ? [] : loadSnapshot(snapshotFile(folder, number), saved, log);
  const journal = journalFile(folder, number);
  const damage =
    existsSync(journal) && lost !== undefined
      ? replay(journal, saved, (service) => !lost.includes(service))
      : undefined;
  if (damage) log(`state ${journal}: ${damage}; it was set aside as ${setAside(journal)} and what came after is lost`);
  if (damage || lost === undefined || lost.length > 0)
    return { saved, generation: newGeneration(folder, number + 1, saved) };
  const snapshotBytes = statSync(snapshotFile(folder, number), { throwIfNoEntry: false })?.size ?? 0;
  return { saved, generation: { number, journal: new Journal(journal), snapshotBytes } };
}
