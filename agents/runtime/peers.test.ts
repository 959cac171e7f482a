import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import * as v from "valibot";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { createPeers } from "./peers.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function peerThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/beta`;
}

function ask(url: string | undefined, timeoutMs = 5000) {
  const identity = {
    ...{ name: "alpha", purpose: "Asks.", agentId: 1, route: { path: "/alpha" }, calls: ["beta"] },
    container: { port: 9000, stopTimeoutSeconds: 30 },
  };
  const config = readConfig(identity, url ? { BETA_URL: url } : {});
  const log = createLog({ level: "info", base: {}, secrets: [], now: () => new Date(), write: () => {} });
  const answer = v.object({ sum: v.number() });
  return createPeers(config, log, timeoutMs).post({
    peer: "beta",
    path: "/add",
    body: { a: 1 },
    answer,
    requestId: "id-1",
  });
}

describe("a call to a peer", () => {
  test("sends JSON and the request id to the configured address, and returns the checked answer", async () => {
    const seen: unknown[] = [];
    const url = await peerThat((request, response) => {
      seen.push(request.url, request.headers["x-request-id"], request.headers["content-type"]);
      request.resume().on("end", () => response.end('{"sum": 2, "more": 1}'));
    });
    expect(await ask(url)).toEqual({ sum: 2 });
    expect(seen).toEqual(["/beta/add", "id-1", "application/json"]);
  });

  test("that is not configured is 503 and names the variable", async () => {
    await expect(ask(undefined)).rejects.toMatchObject({ status: 503, message: expect.stringContaining("BETA_URL") });
  });

  const refusals: readonly [title: string, status: number, words: string, answers: RequestListener][] = [
    ["that fails is 502", 502, "status 500", (_, response) => response.writeHead(500).end("{}")],
    ["that has no such data is 404", 404, "no such data", (_, response) => response.writeHead(404).end("{}")],
    ["that answers no JSON is 502", 502, "not JSON", (_, response) => response.end("<html>")],
    ["that answers another shape is 502", 502, "another shape", (_, response) => response.end('{"sum": "2"}')],
    ["that hangs up is 502", 502, "not reachable", (request) => request.socket.destroy()],
    [
      "that redirects elsewhere is not followed",
      502,
      "not reachable",
      (_, response) => response.writeHead(307, { location: "http://169.254.169.254/" }).end(),
    ],
  ];
  test.each(refusals)("%s", async (_title, status, words, answers) => {
    const url = await peerThat(answers);
    await expect(ask(url)).rejects.toMatchObject({ status, message: expect.stringContaining(words) });
  });

  test("that does not answer in time is 502", async () => {
    const url = await peerThat(() => {});
    await expect(ask(url, 50)).rejects.toMatchObject({ status: 502, message: expect.stringContaining("in time") });
  });
});
