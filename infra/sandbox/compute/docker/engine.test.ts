import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { computeNamed } from "../choose.ts";
import { DockerEngine, EngineError } from "./engine.ts";
import { hostHeader, openRelay } from "./relay.ts";

const folder = mkdtempSync(join(tmpdir(), "engine-"));
const socket = join(folder, "engine.sock");
let server: Server;

beforeAll(async () => {
  server = createServer((asked, response) => {
    if (asked.url?.startsWith("/v1.41/images/")) response.writeHead(404).end('{"message":"No such image: x"}');
    else response.end(JSON.stringify({ asked: `${asked.method} ${asked.url}` }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test("calls go to the socket with their query; a refusal carries the engine's words", async () => {
  const engine = new DockerEngine(`unix://${socket}`);
  const call = { method: "GET", path: "/containers/json", query: { all: "1" } } as const;
  expect(await engine.call(call)).toEqual({ asked: "GET /v1.41/containers/json?all=1" });
  const refused = engine.call({ method: "GET", path: "/images/x/json" });
  await expect(refused).rejects.toMatchObject({ status: 404, message: "No such image: x" });
  await expect(refused).rejects.toBeInstanceOf(EngineError);
});

test("an engine that is not there, and an address that cannot be spoken, say so", async () => {
  const nobody = new DockerEngine(`unix://${join(folder, "nobody.sock")}`);
  await expect(nobody.call({ method: "GET", path: "/info" })).rejects.toThrow(/cannot be reached: connect ENOENT/);
  expect(() => new DockerEngine("ssh://host")).toThrow('DOCKER_HOST is "ssh://host"; the sandbox speaks unix:// and');
});

test("without an engine, an image on a real base is a task that cannot be pulled", async () => {
  const driver = computeNamed("docker", { dockerHost: `unix://${join(folder, "nobody.sock")}` })(folder);
  const pull = driver.pull({ reference: "127.0.0.1:1/app@sha256:00" });
  await expect(pull).rejects.toMatchObject({
    kind: "CannotPullContainerError",
    message: expect.stringContaining("The container engine cannot be reached"),
  });
  await driver.stop();
});

test("a relay leads to whom the request names", async () => {
  const targets = await Promise.all(
    ["alpha", "beta"].map(async (name) => {
      const target = createServer((_, response) => response.setHeader("connection", "close").end(name));
      await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
      return { name, target, port: (target.address() as { port: number }).port };
    }),
  );
  const relay = await openRelay("127.0.0.1", 0, (first) => {
    const found = targets.find(({ name }) => name === hostHeader(first));
    return found && { host: "127.0.0.1", port: found.port };
  });
  const answers = ["beta:8080", "ALPHA", "gamma"].map((host) => ask(relay.port, host));
  expect(await Promise.all(answers)).toEqual(["beta", "alpha", "cut"]);
  relay.close();
  for (const { target } of targets) target.close();
});

/** As fetch, which does not let a caller choose the Host header. */
function ask(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    const asking = request({ host: "127.0.0.1", port, headers: { host }, agent: false }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    });
    asking.on("error", () => resolve("cut"));
    asking.end();
  });
}
