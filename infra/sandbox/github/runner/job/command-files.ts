import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A step's summary may hold 1 MiB; a larger one is not uploaded (GitHub's documented limit). */
export const SUMMARY_LIMIT = 1024 * 1024;

/** The files through which a step hands values to its runner, by the variable that names them. */
export interface FileCommands {
  readonly env: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
  /** Faults in the files' format; they fail the step. */
  readonly faults: readonly string[];
}

const VARIABLES = {
  env: "GITHUB_ENV",
  output: "GITHUB_OUTPUT",
  state: "GITHUB_STATE",
  path: "GITHUB_PATH",
  summary: "GITHUB_STEP_SUMMARY",
} as const;

/** Creates a step's empty command files. Returns their variables and a function that reads and removes them. */
export function openCommandFiles(
  tempDir: string,
  id: string,
): { variables: Record<string, string>; read: () => FileCommands } {
  const dir = join(tempDir, "_runner_file_commands");
  mkdirSync(dir, { recursive: true });
  const file = (kind: string) => join(dir, `${kind}_${id}`);
  const kinds = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[];
  for (const kind of kinds) writeFileSync(file(kind), "");
  const take = (kind: string): string => {
    try {
      return readFileSync(file(kind), "utf8");
    } catch {
      return "";
    } finally {
      rmSync(file(kind), { force: true });
    }
  };
  return {
    variables: Object.fromEntries(kinds.map((kind) => [VARIABLES[kind], file(kind)])),
    read: () => {
      const faults: string[] = [];
      const pairs = (kind: keyof typeof VARIABLES) => parsePairs(take(kind), VARIABLES[kind], faults);
      return {
        env: pairs("env"),
        output: pairs("output"),
        state: pairs("state"),
        path: take("path").split(/\r?\n/).filter(Boolean),
        summary: take("summary"),
        faults,
      };
    },
  };
}

/** `NAME=value` lines and `NAME<<DELIMITER` blocks. */
export function parsePairs(text: string, file: string, faults: string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (!line) continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, i + 1);
      if (!delimiter || end < 0) {
        faults.push(`Invalid value in ${file}: matching delimiter not found '${delimiter}'`);
        return pairs;
      }
      pairs[line.slice(0, heredoc)] = lines.slice(i + 1, end).join("\n");
      i = end;
    } else if (equals > 0) pairs[line.slice(0, equals)] = line.slice(equals + 1);
    else faults.push(`Invalid format in ${file}: '${line}'; allowed: NAME=value or NAME<<DELIMITER`);
  }
  return pairs;
}
