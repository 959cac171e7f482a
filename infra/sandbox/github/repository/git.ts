import { execFile } from "node:child_process";
import { GithubError } from "../contract.ts";

/** Output of one git command may be this long; a log of a large repository is. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** The configuration of whoever runs the sandbox must not change what its repository does. */
const ISOLATED = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_TERMINAL_PROMPT: "0" };

/**
 * Runs git without a shell and returns what it printed.
 * @throws {GithubError} with git's own words.
 */
export function git(args: readonly string[], options: GitOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      [...args],
      { cwd: options.cwd, env: gitEnvironment(options.env), maxBuffer: MAX_OUTPUT, encoding: "utf8" },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT" && !options.cwd;
        const said = missing ? "git is not installed" : stderr.trim() || error.message;
        reject(new GithubError(`git ${args.slice(0, 3).join(" ")} …: ${said}`));
      },
    );
    // A git that ends early must not take the sandbox along.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

export interface GitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A git hook sets GIT_DIR and more, which would point every command at the wrong repository. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return { ...Object.fromEntries(own), ...ISOLATED, ...extra };
}
