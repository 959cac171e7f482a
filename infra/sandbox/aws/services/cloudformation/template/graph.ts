import { TemplateError } from "./errors.ts";
import { referencesIn } from "./references.ts";
import { explicitDependencies, type Json, type Template } from "./template.ts";

/** Logical id → ids it must wait for. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Dependencies of the resources in use: DependsOn and every reference in the properties. */
export function dependencyGraph(
  template: Template,
  active: readonly string[],
  condition: (name: string) => boolean,
): Graph {
  const known = new Set(active);
  return new Map(
    active.map((id) => {
      const resource = template.Resources[id];
      if (!resource) return [id, []];
      const references = referencesIn((resource.Properties ?? null) as Json, condition).map(({ name }) => name);
      const all = new Set([...explicitDependencies(resource), ...references]);
      return [id, [...all].filter((name) => known.has(name))];
    }),
  );
}

/** Ids with every dependency before its dependants. Throws TemplateError naming the ids of a cycle. */
export function topologicalOrder(graph: Graph): string[] {
  const waiting = new Map([...graph].map(([id, dependencies]) => [id, new Set(dependencies)]));
  const order: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, dependencies]) => dependencies.size === 0).map(([id]) => id);
    if (ready.length === 0) throw cycleError(waiting);
    for (const id of ready) waiting.delete(id);
    for (const dependencies of waiting.values()) for (const id of ready) dependencies.delete(id);
    order.push(...ready);
  }
  return order;
}

/** Id → ids that must be deleted before it. */
export function reversed(graph: Graph): Graph {
  const result = new Map<string, string[]>([...graph.keys()].map((id) => [id, []]));
  for (const [id, dependencies] of graph) for (const dependency of dependencies) result.get(dependency)?.push(id);
  return result;
}

function cycleError(waiting: Map<string, Set<string>>): TemplateError {
  // What only waits for a cycle without being part of one is dropped: nothing in the rest waits for it.
  const left = new Map(waiting);
  for (let changed = true; changed; ) {
    changed = false;
    const needed = new Set([...left.values()].flatMap((dependencies) => [...dependencies]));
    for (const id of left.keys()) if (!needed.has(id)) changed = left.delete(id) || changed;
  }
  return new TemplateError(`Circular dependency between resources: [${[...left.keys()].sort().join(", ")}]`);
}
