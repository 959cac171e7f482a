import type { Graph } from "../template/graph.ts";

export interface Failure {
  readonly id: string;
  readonly error: unknown;
}

/**
 * Runs `run` for every id of an acyclic graph, each as soon as its dependencies have succeeded, as many at a time as
 * the graph allows. After a failure nothing new starts; what runs is awaited. `failed` is told at once, so that it
 * can cancel the others.
 */
export async function runInOrder(
  graph: Graph,
  run: (id: string) => Promise<void>,
  failed: (failure: Failure) => void = () => undefined,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const started = new Map<string, Promise<boolean>>();
  const attempt = async (id: string): Promise<boolean> => {
    try {
      await run(id);
      return true;
    } catch (error) {
      failures.push({ id, error });
      failed({ id, error });
      return false;
    }
  };
  const start = (id: string): Promise<boolean> => {
    const running = started.get(id);
    if (running) return running;
    const dependencies = Promise.all((graph.get(id) ?? []).map(start));
    const result = dependencies.then((ready) => (ready.every(Boolean) && failures.length === 0 ? attempt(id) : false));
    started.set(id, result);
    return result;
  };
  await Promise.all([...graph.keys()].map(start));
  return failures;
}
