import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { ConcurrencyGroups } from "../concurrency.ts";
import type { Repository } from "../repository/repository.ts";
import { readToken } from "../tokens.ts";
import type { Authenticate } from "./authenticate.ts";
import { createGroupsEndpoint } from "./groups-endpoint.ts";
import { createOidc, type SubjectForm } from "./oidc.ts";
import { createRest } from "./rest.ts";
import { openStore } from "./store.ts";

export interface GithubOptions {
  /** Path under which the sandbox mounts the handler, e.g. `/_github`. */
  readonly prefix: string;
  /** Base URL including the prefix; known once the sandbox listens. */
  readonly url: () => string;
  readonly repository: Repository;
  readonly dataDir: string;
  /** Signs the tokens of jobs; random per sandbox. Runs get the same one in `RunRequest.api`. */
  readonly secret: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
  /** GitHub's `sub` with immutable ids (its default for repositories made since 15 July 2026), or by names alone. */
  readonly subject?: SubjectForm;
}

export interface GithubServer {
  /** Answers requests below the prefix. @returns false for any other path, untouched. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Ends the open connections of runners. */
  readonly close: () => void;
}

/** The sandbox's GitHub: REST for actions, the OIDC issuer, and the concurrency groups of its runners. */
export function githubHandler(options: GithubOptions): GithubServer {
  const authenticate: Authenticate = async (authorization) => {
    const token = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    return token === undefined ? undefined : readToken(options.secret, token);
  };
  const store = openStore(options.dataDir, options.log);
  const oidc = createOidc({
    ...{ issuer: () => `${options.url()}/_oidc`, authenticate, subject: options.subject },
    now: () => new Date(),
  });
  const rest = createRest({ ...options, store, authenticate });
  const groups = createGroupsEndpoint(new ConcurrencyGroups(), authenticate);
  const listeners = { oidc: getRequestListener(oidc.fetch), rest: getRequestListener(rest.fetch) };
  return {
    handle: async (request, response) => {
      const url = request.url ?? "/";
      const path = url.split("?")[0] ?? "/";
      if (path !== options.prefix && !path.startsWith(`${options.prefix}/`)) return false;
      request.url = url.slice(options.prefix.length) || "/";
      if (request.url.startsWith("/_runner/groups")) await groups.handle(request, response);
      else await (request.url.startsWith("/_oidc/") ? listeners.oidc : listeners.rest)(request, response);
      return true;
    },
    close: () => groups.close(),
  };
}
