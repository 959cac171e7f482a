import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from "@aws-sdk/client-ecs";

/** Attributes that DescribeTaskDefinition adds and RegisterTaskDefinition does not take. */
const READ_ONLY = [
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "deregisteredAt",
  "deleteRequestedAt",
  "registeredBy",
] as const;

export interface NewVersion {
  readonly container: string;
  /** Digest URI. */
  readonly image: string;
  readonly commit: string;
}

/** The live task definition with one container's image replaced; `AGENT_COMMIT` follows where the template sets it. */
export function withImage(
  live: TaskDefinition,
  tags: readonly Tag[],
  version: NewVersion,
): RegisterTaskDefinitionCommandInput {
  const containerDefinitions = (live.containerDefinitions ?? []).map((container) =>
    container.name === version.container
      ? { ...container, image: version.image, environment: withCommit(container.environment, version.commit) }
      : container,
  );
  const copy: TaskDefinition = { ...live, containerDefinitions };
  for (const key of READ_ONLY) delete copy[key];
  return { ...copy, family: live.family, containerDefinitions, ...(tags.length ? { tags: [...tags] } : {}) };
}

type Environment = { name?: string; value?: string }[] | undefined;

const withCommit = (environment: Environment, commit: string): Environment =>
  environment?.map((entry) => (entry.name === "AGENT_COMMIT" ? { ...entry, value: commit } : entry));

/** Whether `registered` already is what `wanted` would register: then registering again only adds noise. */
export function isSameDefinition(wanted: RegisterTaskDefinitionCommandInput, registered: TaskDefinition): boolean {
  const { tags: _, ...definition } = wanted;
  return canonical(definition) === canonical(withImage(registered, [], { container: "", image: "", commit: "" }));
}

/** JSON with sorted keys, without what ECS fills in as empty: `[]`, `{}` and undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(simplify(value));
}

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(simplify) : undefined;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, simplify(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length ? Object.fromEntries(entries) : undefined;
}
