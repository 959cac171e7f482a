import * as v from "valibot";
import { GithubError } from "../contract.ts";
import { type BreakKind, breakKinds } from "./break-kinds.ts";
import type { Repository } from "./repository.ts";

/** The part of an agent's manifest that a break needs; the manifest itself belongs to the agents. */
const manifestPart = v.object({
  build: v.object({ kind: v.literal("node"), entry: v.string() }),
  health: v.object({ path: v.string() }),
});

const AUTHOR = { name: "Sandbox", email: "sandbox@localhost" };

export interface Breakage {
  readonly kind: string;
  readonly agent: string;
  /** Commit to break; the checkout's HEAD without one. */
  readonly commit?: string;
  readonly at: Date;
}

/** `push --break list`: one line a kind. */
export const describeBreaks = (): string[] =>
  breakKinds.map(({ name, does, caughtBy }) => `${name.padEnd(10)} ${does}; caught by ${caughtBy}`);

/**
 * Adds a commit that breaks one agent's release; push it with `pushCommit`. Only the agent's entry file changes.
 * @returns the commit's id.
 * @throws {GithubError} for an unknown kind or agent.
 */
export async function commitBreak(repository: Repository, breakage: Breakage): Promise<string> {
  const kind = kindOf(breakage.kind);
  const parent = await repository.resolve(breakage.commit);
  const { entry, healthPath } = await entryOf(repository, parent, breakage.agent);
  const source = await repository.read(parent, entry);
  if (source === undefined) throw new GithubError(`${entry} does not exist at commit ${parent.slice(0, 12)}`);
  return repository.commit({
    parent,
    message: `fix(${breakage.agent}): break on purpose (${kind.name})\n\nWhat it does: ${kind.does}.\nWhat should catch it: ${kind.caughtBy}.`,
    files: { [entry]: withSnippet(source, kind.snippet(healthPath), kind.name) },
    author: AUTHOR,
    at: breakage.at,
  });
}

/** Types do not matter in the snippet, and a hashbang must stay first. */
function withSnippet(source: string, snippet: string, kind: string): string {
  const hashbang = /^#!.*\n/.exec(source)?.[0] ?? "";
  return `${hashbang}// @ts-nocheck\n// Broken on purpose by the sandbox: ${kind}.\n${snippet}\n${source.slice(hashbang.length)}`;
}

function kindOf(name: string): BreakKind {
  const kind = breakKinds.find((other) => other.name === name);
  if (kind) return kind;
  throw new GithubError(`--break is "${name}"; allowed: list, ${breakKinds.map((other) => other.name).join(", ")}`);
}

async function entryOf(
  repository: Repository,
  commit: string,
  agent: string,
): Promise<{ entry: string; healthPath: string }> {
  const file = `agents/${agent}/agent.json`;
  const content = /^[\w-]+$/.test(agent) ? await repository.read(commit, file) : undefined;
  if (content === undefined) {
    const files = await repository.list(commit, "agents");
    const agents = files.flatMap((path) => /^agents\/([^/]+)\/agent\.json$/.exec(path)?.[1] ?? []);
    throw new GithubError(
      `there is no agent "${agent}" at commit ${commit.slice(0, 12)}; there are: ${agents.join(", ")}`,
    );
  }
  const manifest = v.safeParse(manifestPart, parseJson(content));
  if (!manifest.success)
    throw new GithubError(`${file} cannot be broken: ${manifest.issues[0].message}; allowed: a build of kind node`);
  return { entry: `agents/${agent}/${manifest.output.build.entry}`, healthPath: manifest.output.health.path };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
