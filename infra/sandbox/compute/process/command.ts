import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isNode, type Program } from "./program.ts";

const LOOPBACK = fileURLToPath(new URL("./loopback.mjs", import.meta.url));
const KEPT_OUTPUT = 4096; // characters; enough to say why a health check failed
const HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NOT_FOUND = 127; // as a shell answers for a command that does not exist

/** `node` as a shell in the container finds it: the host's, with absolute paths led into the image. */
const NODE_SHIM = `#!/bin/sh
count=$#
while [ "$count" -gt 0 ]; do
  word=$1
  shift
  case "$word" in /*) [ -e "$KARMACADABRA_IMAGE_ROOT$word" ] && word="$KARMACADABRA_IMAGE_ROOT$word" ;; esac
  set -- "$@" "$word"
  count=$((count - 1))
done
exec "$KARMACADABRA_NODE" --import "$KARMACADABRA_LOOPBACK" "$@"
`;

/** Writes the shim whole or not at all. @returns the folder to put first in PATH. */
export async function makeShims(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const unfinished = join(bin, `node.${process.pid}`);
  await writeFile(unfinished, NODE_SHIM);
  await chmod(unfinished, 0o755);
  await rename(unfinished, join(bin, "node"));
  return bin;
}

export interface CommandResult {
  /** Exit code; -1 when the time was over. */
  readonly code: number;
  readonly output: string;
}

export interface CommandPlace {
  readonly program: Program;
  /** Folder of the shims. */
  readonly bin: string;
  /** Real port by container port. */
  readonly ports: ReadonlyMap<number, number>;
}

/** Programs other than node know nothing of mapped ports: `localhost:9002` in their arguments is rewritten. Pure. */
export const mapAddresses = (word: string, ports: ReadonlyMap<number, number>): string =>
  word.replace(/\b(?:localhost|127\.0\.0\.1):(\d+)\b/g, (address, port: string) => {
    const real = ports.get(Number(port));
    return real === undefined ? address : `127.0.0.1:${real}`;
  });

function commandLine(command: readonly string[], { program, ports }: CommandPlace): readonly string[] {
  const [executable = "", ...rest] = command;
  const inImage = (path: string) =>
    path.startsWith("/") && existsSync(join(program.root, path)) ? join(program.root, path) : path;
  if (isNode(executable)) return [process.execPath, "--import", LOOPBACK, ...rest.map(inImage)];
  return [inImage(executable), ...rest.map((word) => mapAddresses(word, ports))];
}

function environment({ program, bin, ports }: CommandPlace): Record<string, string> {
  const { KARMACADABRA_CONTAINER_PORTS: _, ...own } = program.environment;
  return {
    ...own,
    PATH: `${bin}:${own.PATH ?? HOST_PATH}:${HOST_PATH}`,
    KARMACADABRA_NODE: process.execPath,
    KARMACADABRA_LOOPBACK: LOOPBACK,
    KARMACADABRA_IMAGE_ROOT: program.root,
    KARMACADABRA_LOCAL_PORTS: [...ports].map(([port, real]) => `${port}=${real}`).join(","),
  };
}

/**
 * Runs a command beside a container's program: its environment, its folder, its ports. A shell is the host's, and so
 * are its tools (`curl`): an image for this driver has none of its own.
 * @param ended settles when the container has ended: the command ends with it.
 */
export function runCommand(
  command: readonly string[],
  place: CommandPlace,
  limits: { readonly timeoutSeconds: number; readonly ended: Promise<unknown> },
): Promise<CommandResult> {
  const [executable = "", ...args] = commandLine(command, place);
  const child = spawn(executable, args, {
    cwd: place.program.directory,
    env: environment(place),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that all it started is killed with it
  });
  let output = "";
  const take = (data: Buffer) => {
    output = (output + data.toString("utf8")).slice(0, KEPT_OUTPUT);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // already gone
    }
  };
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, limits.timeoutSeconds * 1000); // real time: a command runs no faster because the clock does
    void limits.ended.then(kill);
    child.once("exit", kill); // what it left behind
    child.once("error", (cause) => {
      clearTimeout(timer);
      resolve({ code: NOT_FOUND, output: cause.message });
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: isLate ? -1 : (code ?? 137), output });
    });
  });
}
