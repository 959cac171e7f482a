import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const deploymentStatus = v.object({
  id: v.number(),
  state: v.string(),
  description: v.string(),
  environment_url: v.string(),
  log_url: v.string(),
  created_at: v.string(),
  creator: v.string(),
});
const deployment = v.object({
  id: v.number(),
  ref: v.string(),
  sha: v.string(),
  task: v.string(),
  environment: v.string(),
  description: v.string(),
  payload: v.unknown(),
  creator: v.string(),
  transient_environment: v.boolean(),
  production_environment: v.boolean(),
  created_at: v.string(),
  updated_at: v.string(),
  statuses: v.array(deploymentStatus),
});
const commitStatus = v.object({
  id: v.number(),
  sha: v.string(),
  state: v.string(),
  context: v.string(),
  description: v.string(),
  target_url: v.string(),
  created_at: v.string(),
  creator: v.string(),
});
const stored = v.object({
  nextId: v.number(),
  deployments: v.array(deployment),
  statuses: v.array(commitStatus),
});

export type StoredDeployment = v.InferOutput<typeof deployment>;
export type StoredDeploymentStatus = v.InferOutput<typeof deploymentStatus>;
export type StoredStatus = v.InferOutput<typeof commitStatus>;

export interface Store {
  readonly deployments: StoredDeployment[];
  readonly statuses: StoredStatus[];
  readonly nextId: () => number;
  /** Writes everything, whole or not at all. */
  readonly save: () => void;
}

/** What the sandbox's GitHub remembers over a restart. A file that cannot be read is set aside, never half read. */
export function openStore(dataDir: string, log: (line: string) => void): Store {
  const dir = join(dataDir, "github");
  const file = join(dir, "api.json");
  mkdirSync(dir, { recursive: true });
  const state = read(file, log) ?? { nextId: 1, deployments: [], statuses: [] };
  return {
    deployments: state.deployments,
    statuses: state.statuses,
    nextId: () => state.nextId++,
    save: () => {
      const next = `${file}.next`;
      writeFileSync(next, JSON.stringify(state));
      renameSync(next, file);
    },
  };
}

function read(file: string, log: (line: string) => void): v.InferOutput<typeof stored> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return v.parse(stored, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const aside = `${file}.unreadable-${Date.now()}`;
    renameSync(file, aside);
    log(`GitHub state ${file} cannot be read (${(error as Error).message}); it was set aside as ${aside}`);
    return undefined;
  }
}
