import { spawnSync } from "node:child_process";
import { describe } from "@jest/globals";

/**
 * A group of tests that need a program of somebody else's. Where it is missing the group is skipped, and its title
 * says why, so that the list of skipped tests is a list of reasons.
 * @param probe command that succeeds when the peer can be used, e.g. `["docker", "info"]`.
 */
export function withPeer(name: string, probe: readonly [string, ...string[]], tests: () => void): void {
  const reason = missing(probe);
  if (reason) describe.skip(`${name} (skipped: ${reason})`, tests);
  else describe(name, tests);
}

function missing([program, ...args]: readonly [string, ...string[]]): string | undefined {
  const result = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
  if (result.error) return `${program} is not installed`;
  if (result.status === 0) return undefined;
  return `\`${[program, ...args].join(" ")}\` answers ${result.status}: ${result.stderr.trim().split("\n")[0]}`;
}
