import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Usage } from "../driver.ts";

/** What whole process groups use: a container is a group, so what it starts counts as its own. */

const TICKS_PER_SECOND = 100; // USER_HZ: the unit of /proc on every Linux
const KIB = 1024;

/** One process as the system describes it. */
interface Process {
  readonly group: number;
  readonly usage: Usage;
}

function add(groups: Map<number, Usage>, { group, usage }: Process): void {
  const known = groups.get(group) ?? { cpuSeconds: 0, memoryBytes: 0 };
  groups.set(group, {
    cpuSeconds: known.cpuSeconds + usage.cpuSeconds,
    memoryBytes: known.memoryBytes + usage.memoryBytes,
  });
}

/** Line of `/proc/<pid>/stat`; the name in parentheses may hold anything. Pure. */
export function parseStat(line: string): { group: number; cpuSeconds: number } {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { group: Number(fields[2]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
}

/** `VmRSS` in `/proc/<pid>/status`, in bytes; 0 for a process that has ended and waits to be fetched. Pure. */
const parseResident = (status: string): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * KIB;

async function readProcess(pid: string, wanted: ReadonlySet<number>): Promise<Process | undefined> {
  try {
    const { group, cpuSeconds } = parseStat(await readFile(`/proc/${pid}/stat`, "utf8"));
    if (!wanted.has(group)) return undefined;
    return {
      group,
      usage: { cpuSeconds, memoryBytes: parseResident(await readFile(`/proc/${pid}/status`, "utf8")) },
    };
  } catch {
    return undefined; // ended while it was looked at
  }
}

async function fromProc(wanted: ReadonlySet<number>): Promise<Map<number, Usage>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const groups = new Map<number, Usage>();
  for (const process of await Promise.all(pids.map((pid) => readProcess(pid, wanted))))
    if (process) add(groups, process);
  return groups;
}

/** `[[dd-]hh:]mm:ss[.cc]`, as `ps` writes CPU time. Pure. */
export function parseCpuTime(text: string): number {
  const [days, rest] = text.includes("-") ? text.split("-") : ["0", text];
  return (rest ?? "0").split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

/** Where there is no /proc (macOS). */
async function fromPs(wanted: ReadonlySet<number>): Promise<Map<number, Usage>> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pgid=,rss=,time="]);
  const groups = new Map<number, Usage>();
  for (const line of stdout.trim().split("\n")) {
    const [group, kib, time = "0"] = line.trim().split(/\s+/);
    if (!wanted.has(Number(group))) continue;
    add(groups, {
      group: Number(group),
      usage: { cpuSeconds: parseCpuTime(time), memoryBytes: Number(kib) * KIB },
    });
  }
  return groups;
}

/**
 * CPU seconds since the start and resident memory of each process group; a group without processes is left out. Memory
 * that the processes of a group share counts once for each.
 * @param groups ids of process groups: the pid of each group's first process.
 */
export const groupUsage = (groups: ReadonlySet<number>): Promise<Map<number, Usage>> =>
  process.platform === "linux" ? fromProc(groups) : fromPs(groups);
