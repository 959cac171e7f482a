import { request as httpRequest } from "node:http";
import { ConcurrencyGroups, type GroupListener, type GroupRequest } from "../concurrency.ts";

/** Enters concurrency groups; the returned function leaves. */
export type EnterGroup = (request: GroupRequest, listener: GroupListener) => () => void;

/** Groups of this run alone, for a runner without an API. */
export function localGroups(): EnterGroup {
  const groups = new ConcurrencyGroups();
  return (request, listener) => groups.enter(request, listener);
}

/**
 * Groups of the whole sandbox. Membership is one open HTTP request: the server writes a line when the group is
 * acquired or cancelled, and a connection that ends, also because this runner was killed, leaves the group.
 */
export function sharedGroups(url: string, token: string): EnterGroup {
  return (request, listener) => {
    const query = new URLSearchParams({
      group: request.group,
      owner: request.owner,
      cancel: String(request.cancelInProgress),
      queue: request.queue,
    });
    let left = false;
    const connection = httpRequest(
      `${url}/_runner/groups?${query}`,
      { headers: { authorization: `Bearer ${token}` }, agent: false },
      (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) answer(line, listener);
        });
        response.on("error", () => {});
        if (response.statusCode !== 200)
          listener.cancelled(
            `the sandbox's GitHub answered ${response.statusCode} to concurrency group '${request.group}'`,
          );
        response.on("close", () => {
          if (!left) listener.cancelled(`the sandbox ended while concurrency group '${request.group}' was held`);
        });
      },
    );
    connection.on("error", (error) => {
      if (!left) listener.cancelled(`concurrency group '${request.group}' cannot be entered: ${error.message}`);
    });
    connection.end();
    return () => {
      left = true;
      connection.destroy();
    };
  };
}

function answer(line: string, listener: GroupListener): void {
  const [word, ...rest] = line.split(" ");
  if (word === "acquired") listener.acquired();
  else if (word === "cancelled") listener.cancelled(rest.join(" "));
}
