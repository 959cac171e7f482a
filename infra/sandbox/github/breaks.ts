import * as v from "valibot";
import { type BreakKind, breakKinds as kinds } from "./break-kinds.ts";
import { GithubError } from "./contract.ts";
import type { Repository } from "./repository/repository.ts";

/** The part of an agent's manifest that a break needs; the manifest itself belongs to the agents. */
const manifestPart = v.object({
  build: v.object({ kind: v.literal("node"), entry: v.string() }),
  health: v.object({ path: v.string() }),
});

const AUTHOR = { name: "Sandbox", email: "sandbox@localhost" };

/** What a made-up commit changes. Give at least one agent. */
export interface Change {
  /** Commit to stand on; the checkout's HEAD without one. */
  readonly sha?: string;
  /** An agent whose source changes without effect, so that it is built and deployed anew. */
  readonly touch?: string;
  readonly breaks?: readonly { readonly agent: string; readonly kind: string }[];
}

/** The ways to break a release, for `push --break list`. */
export const breakKinds: readonly Pick<BreakKind, "kind" | "does">[] = kinds;

/**
 * Adds a commit that touches or breaks agents; push it with `pushCommit`. Only the entry files of these agents change.
 * @returns the commit's id.
 * @throws {GithubError} for an unknown kind or agent.
 */
export async function changeCommit(repository: Repository, change: Change, at: Date = new Date()): Promise<string> {
  const broken = (change.breaks ?? []).map(({ agent, kind }) => ({ agent, kind: kindOf(kind) }));
  const parent = await repository.resolve(change.sha);
  const files: Record<string, string> = {};
  const edit = async (agent: string, apply: (source: string, healthPath: string) => string) => {
    const { entry, healthPath } = await entryOf(repository, parent, agent);
    const source = files[entry] ?? (await repository.read(parent, entry));
    if (source === undefined) throw new GithubError(`${entry} does not exist at commit ${parent.slice(0, 12)}`);
    files[entry] = apply(source, healthPath);
  };
  if (change.touch !== undefined)
    await edit(change.touch, (source) => `${source.trimEnd()}\n// touched by the sandbox at ${at.toISOString()}\n`);
  for (const { agent, kind } of broken)
    await edit(agent, (source, healthPath) => withSnippet(source, kind.snippet(healthPath), kind.kind));
  return repository.commit({ parent, message: messageOf(change, broken), files, author: AUTHOR, at });
}

function messageOf({ touch }: Change, broken: readonly { readonly agent: string; readonly kind: BreakKind }[]): string {
  const touched = touch === undefined ? [] : [`chore(${touch}): touch the source`];
  const [subject = "chore: change nothing", ...rest] = [
    ...broken.map(({ agent, kind }) => `fix(${agent}): break on purpose (${kind.kind})`),
    ...touched,
  ];
  return [subject, "", ...rest, ...broken.map(({ agent, kind }) => `${agent}: ${kind.does}.`)].join("\n").trim();
}

/** Types do not matter in the snippet, and a hashbang must stay first. */
function withSnippet(source: string, snippet: string, kind: string): string {
  const hashbang = /^#!.*\n/.exec(source)?.[0] ?? "";
  return `${hashbang}// @ts-nocheck\n// Broken on purpose by the sandbox: ${kind}.\n${snippet}\n${source.slice(hashbang.length)}`;
}

function kindOf(name: string): BreakKind {
  const kind = kinds.find((other) => other.kind === name);
  if (kind) return kind;
  throw new GithubError(`--break is "${name}"; allowed: list, ${kinds.map((other) => other.kind).join(", ")}`);
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
