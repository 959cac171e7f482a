import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const port = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));
const remembered = v.object({
  port,
  production: port,
  test: port,
  lastRun: v.optional(v.pipe(v.number(), v.integer())),
});
type Remembered = v.InferOutput<typeof remembered>;

/** What a sandbox with `--state` must find again: templates, images and change sets name its ports and runs. */
export interface Memory extends Readonly<Remembered> {
  keep(change: Partial<Remembered>): void;
}

/** @param dataDir the state folder; without one nothing is remembered. A damaged file is set aside, never half read. */
export function openMemory(dataDir: string | undefined): Memory {
  if (dataDir === undefined) return { keep: () => undefined };
  const file = join(dataDir, "host.json");
  let current = read(file);
  return {
    ...current,
    keep: (change) => {
      current = { ...current, ...change };
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(current));
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): Remembered {
  if (!existsSync(file)) return {};
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), remembered), readFileSync(file, "utf8"));
  if (parsed.success) return parsed.output;
  renameSync(file, `${file}.corrupt`);
  return {};
}
