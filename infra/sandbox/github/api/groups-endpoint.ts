import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConcurrencyGroups } from "../concurrency.ts";
import type { Authenticate } from "./authenticate.ts";

/**
 * `GET /_runner/groups?group=&owner=&cancel=&queue=`: the open response is the membership. It gets a line
 * `acquired`, and `cancelled <why>` when the place is taken away; closing it leaves the group.
 */
export function createGroupsEndpoint(groups: ConcurrencyGroups, authenticate: Authenticate) {
  const open = new Set<ServerResponse>();
  return {
    handle: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const caller = await authenticate(request.headers.authorization);
      if (caller?.purpose !== "runner") {
        response.writeHead(401, { "content-type": "application/json" }).end('{"message":"Bad credentials"}');
        return;
      }
      const query = new URL(request.url ?? "/", "http://sandbox").searchParams;
      response.writeHead(200, { "content-type": "text/plain" });
      response.flushHeaders();
      open.add(response);
      const leave = groups.enter(
        {
          group: query.get("group") ?? "",
          owner: query.get("owner") ?? "",
          cancelInProgress: query.get("cancel") === "true",
          queue: query.get("queue") === "max" ? "max" : "single",
        },
        {
          acquired: () => response.write("acquired\n"),
          cancelled: (reason) => response.write(`cancelled ${reason.replaceAll("\n", " ")}\n`),
        },
      );
      response.once("close", () => {
        open.delete(response);
        leave();
      });
    },
    close: () => {
      for (const response of open) response.destroy();
    },
  };
}
