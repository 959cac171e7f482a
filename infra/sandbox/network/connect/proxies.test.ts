import { createServer, type RequestListener, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { AddressBook, type Endpoint } from "../addresses.ts";
import { type Answered, HttpProxy } from "./http-proxy.ts";
import { Routing } from "./routing.ts";
import { TcpProxy } from "./tcp-proxy.ts";

let network: AddressBook;
let routing: Routing;
let answers: Answered[];
let open: { close(): Promise<void> | void }[];
let requestSeconds: number;

beforeEach(() => {
  [network, routing, answers, open, requestSeconds] = [new AddressBook(), new Routing(), [], [], 15];
});
afterEach(async () => {
  for (const one of open) await one.close();
});

const listening = (server: Server | ReturnType<typeof createTcpServer>): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** A task at `10.0.0.<n>:9000` that answers so. */
async function task(n: number, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  network.map(`10.0.0.${n}`, 9000, { host: "127.0.0.1", port: await listening(server) });
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return server;
}

const upstream = (n: number) => ({ ip: `10.0.0.${n}`, port: 9000 });
const pools = (...tasks: number[]) => ({ pools: [{ id: "all", weight: 1, upstreams: tasks.map(upstream) }] });

async function proxy(): Promise<string> {
  const made = new HttpProxy({
    routing,
    network,
    requestSeconds: () => requestSeconds,
    onAnswer: (answer) => answers.push(answer),
  });
  open.unshift(made);
  const { host, port } = await made.open();
  return `http://${host}:${port}`;
}

test("method, path, headers, body and answer go through", async () => {
  await task(1, (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      response.writeHead(201, { "x-answer": "yes" });
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers["x-ask"]} ${Buffer.concat(chunks)}`);
    });
  });
  routing.table = pools(1);
  const response = await fetch(`${await proxy()}/a?b=c`, { method: "POST", body: "hello", headers: { "x-ask": "me" } });
  expect([response.status, response.headers.get("x-answer"), await response.text()]).toEqual([
    201,
    "yes",
    "POST /a?b=c me hello",
  ]);
  expect(answers).toEqual([{ kind: "answered", status: 201, seconds: expect.any(Number) }]);
});

test("an answer streams: its first part arrives before its end is written", async () => {
  let end: () => void = () => undefined;
  await task(1, (_, response) => {
    response.write("first");
    end = () => response.end("last");
  });
  routing.table = pools(1);
  const reader = (await fetch(await proxy())).body?.getReader();
  const read = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(await read()).toBe("first");
  end();
  expect(await read()).toBe("last");
});

test("a large body streams to the task", async () => {
  await task(1, (incoming, response) => {
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on("end", () => response.end(String(bytes)));
  });
  routing.table = pools(1);
  const response = await fetch(await proxy(), { method: "POST", body: Buffer.alloc(3_000_000) });
  expect(await response.text()).toBe("3000000");
});

test("a task that refuses connections is passed over; without any other the answer is 503", async () => {
  network.map("10.0.0.1", 9000, { host: "127.0.0.1", port: 1 });
  await task(2, (_, response) => response.end("two"));
  const url = await proxy();
  routing.table = pools(1, 2);
  for (let i = 0; i < 4; i++) expect(await (await fetch(url)).text()).toBe("two");
  routing.table = pools(1);
  const refused = await fetch(url, { method: "POST", body: "x" });
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringMatching(/connection failure/)]);
  routing.table = { pools: [] };
  const empty = await fetch(url);
  expect([empty.status, await empty.text()]).toEqual([503, "no healthy upstream"]);
});

test("a request that a task may have begun is not sent twice when it must not be", async () => {
  let asked = 0;
  await task(1, (incoming) => {
    asked++;
    incoming.socket.destroy();
  });
  await task(2, (incoming) => {
    asked++;
    incoming.socket.destroy();
  });
  routing.table = pools(1, 2);
  const url = await proxy();
  expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(503);
  expect(asked).toBe(1);
  expect((await fetch(url)).status).toBe(503);
  expect(asked).toBe(3);
});

test("a request that takes longer than perRequestTimeout is answered 504", async () => {
  requestSeconds = 0.1;
  await task(1, () => undefined);
  routing.table = pools(1);
  const response = await fetch(await proxy());
  expect([response.status, await response.text()]).toEqual([504, "upstream request timeout"]);
});

test("an upgrade passes through", async () => {
  const server = await task(1, () => undefined);
  server.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  routing.table = pools(1);
  const { port } = new URL(await proxy());
  const echoed = await new Promise<string>((resolve, reject) => {
    const asking = request({ port, host: "127.0.0.1", headers: { connection: "upgrade", upgrade: "echo" } });
    asking.on("error", reject);
    asking.on("upgrade", (_, socket) => {
      socket.on("data", (data: Buffer) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.write("ping");
    });
    asking.end();
  });
  expect(echoed).toBe("ping");
});

test("a TCP alias passes bytes to a task that accepts, and closes when there is none", async () => {
  const server = createTcpServer((socket) => socket.pipe(socket));
  network.map("10.0.0.2", 9000, { host: "127.0.0.1", port: await listening(server) });
  network.map("10.0.0.1", 9000, { host: "127.0.0.1", port: 1 });
  open.push({ close: () => void server.close() });
  const made = new TcpProxy({ routing, network });
  open.unshift(made);
  const { port }: Endpoint = await made.open();
  const said = () =>
    new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("ping"));
      socket.on("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.on("close", () => resolve("closed"));
      socket.on("error", () => resolve("closed"));
    });
  routing.table = pools(1, 2);
  expect([await said(), await said()]).toEqual(["ping", "ping"]);
  routing.table = { pools: [] };
  expect(await said()).toBe("closed");
});
