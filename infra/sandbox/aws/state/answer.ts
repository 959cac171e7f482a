import type { ServerResponse } from "node:http";
import type { Finish, Store } from "./store.ts";

/**
 * Ties a request to the state: whatever is answered, by AWS or by a page, is on disk before the first byte of the
 * answer leaves. An answer whose changes cannot be written is none: the connection is closed.
 * @returns does so now, once, and throws when it fails: for who can still answer an error.
 */
export function commitBeforeAnswer(store: Store, response: ServerResponse, log: (line: string) => void): Finish {
  const finish = store.begin();
  let isOver = false;
  const commit: Finish = (isRead) => {
    if (isOver) return;
    isOver = true;
    finish(isRead);
  };
  const tried = (): boolean => {
    try {
      commit();
      return true;
    } catch (error) {
      log(
        `an answer was withheld, its changes could not be written: ${error instanceof Error ? error.message : error}`,
      );
      return false;
    }
  };
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  Object.assign(response, {
    writeHead: (...given: unknown[]) => (tried() ? writeHead(...given) : response.destroy()),
  });
  response.once("close", tried);
  return commit;
}
