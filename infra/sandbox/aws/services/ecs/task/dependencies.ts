import type { ContainerDefinition } from "@aws-sdk/client-ecs";

/** Order of the containers of a task, from `dependsOn`. Pure. */

const dependencies = (container: ContainerDefinition): string[] =>
  (container.dependsOn ?? []).flatMap(({ containerName }) => containerName ?? []);

/** Containers each after those it depends on; those of a cycle, or behind one, are left out. */
export function startOrder(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
  const names = new Set(containers.map(({ name }) => name));
  const ordered: ContainerDefinition[] = [];
  const placed = new Set<string | undefined>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const container of containers) {
      const isReady = dependencies(container).every((name) => placed.has(name) || !names.has(name));
      if (placed.has(container.name) || !isReady) continue;
      ordered.push(container);
      placed.add(container.name);
      grew = true;
    }
  }
  return ordered;
}

/** Names of containers that wait for each other, directly or not; empty when all can start. */
export function waitingForever(containers: readonly ContainerDefinition[]): string[] {
  const ordered = new Set(startOrder(containers));
  return containers.filter((container) => !ordered.has(container)).map(({ name }) => name ?? "");
}

/** Names of the containers that depend on this one: at the end they stop before it. */
export const dependents = (name: string, containers: readonly ContainerDefinition[]): string[] =>
  containers.filter((container) => dependencies(container).includes(name)).map((container) => container.name ?? "");
