import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What one git command answered. `code` 128 is git's own "I cannot tell", e.g. an unknown commit. */
export interface GitAnswer {
  readonly code: number;
  readonly text: string;
}

export type Git = (...args: string[]) => Promise<GitAnswer>;

/** Runs git in `directory`. Arguments are never parsed by a shell. Output up to 32 MiB. */
export const gitIn =
  (directory: string): Git =>
  async (...args) => {
    try {
      const { stdout } = await execute("git", args, { cwd: directory, maxBuffer: 32 * 1024 * 1024 });
      return { code: 0, text: stdout };
    } catch (error) {
      return { code: exitCode(error) ?? 128, text: "" };
    }
  };

const exitCode = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "number"
    ? error.code
    : undefined;
