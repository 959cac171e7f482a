import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fixture, forward, path, type RunningTarget } from "./balancer.fixture.ts";

const fixture = new Fixture();
let url = "";
let port = 0;
let loadBalancer = "";
let listenerArn = "";
let target: RunningTarget;

beforeAll(async () => {
  await fixture.start();
  loadBalancer = await fixture.loadBalancer("protocol");
  const listener = await fixture.listener(loadBalancer);
  ({ url, arn: listenerArn } = listener);
  port = Number(new URL(url).port);
  target = await fixture.target((incoming, response) => {
    if (incoming.url === "/t/silent") return;
    if (incoming.url === "/t/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      setTimeout(() => response.end("data: 2\n\n"), 150);
      return;
    }
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on("end", () => {
      response.setHeader("x-frame-options", "ALLOWALL");
      response.end(JSON.stringify({ bytes, headers: incoming.headers }));
    });
  });
  const group = await fixture.group("protocol");
  await fixture.register(group, target);
  await fixture.rule(listenerArn, 1, [path("/t", "/t/*")], [forward([group, 1])]);
  await fixture.rule(
    listenerArn,
    2,
    [path("/far/*")],
    [{ Type: "redirect", RedirectConfig: { Path: `/${"y".repeat(100)}/#{path}`, StatusCode: "HTTP_302" } }],
  );
  await fixture.becomes(group, target, "healthy");
});
afterAll(() => fixture.stop());

/** Sends bytes as they are; resolves with what came back by the time the connection ends or `until` is seen. */
function raw(send: (socket: Socket) => void, until = "\0"): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => send(socket));
    let text = "";
    socket.on("data", (data) => {
      text += data;
      if (text.includes(until)) socket.destroy();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", () => {});
  });
}
const statusLine = (text: string): string => text.split("\r\n")[0] ?? "";

const idle = (seconds: number) =>
  fixture.elb.modifyLoadBalancerAttributes({
    LoadBalancerArn: loadBalancer,
    Attributes: [{ Key: "idle_timeout.timeout_seconds", Value: String(seconds) }],
  });

describe("what the load balancer answers itself", () => {
  test.each([
    ["no HTTP at all", "nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    [
      "a header of more than 16 K",
      `GET /t HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(17_000)}\r\nconnection: close\r\n\r\n`,
      "HTTP/1.1 400 Bad Request",
    ],
    [
      "headers of more than 64 K",
      `GET /t HTTP/1.1\r\nhost: x\r\n${`x-many: ${"x".repeat(1000)}\r\n`.repeat(70)}\r\n`,
      "HTTP/1.1 400 Bad Request",
    ],
    ["TRACE", "TRACE /t HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"],
    [
      "a URL of more than 16 K",
      `GET /t/${"x".repeat(17_000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      "HTTP/1.1 414 URI Too Long",
    ],
    [
      "more than 30 forwarded addresses",
      `GET /t HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${Array(31).fill("10.0.0.1").join(", ")}\r\nconnection: close\r\n\r\n`,
      "HTTP/1.1 463 unknown",
    ],
    [
      "a transfer encoding nobody knows",
      "POST /t HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\nabc",
      "HTTP/1.1 501 Not Implemented",
    ],
    ["another version of HTTP", "GET /t HTTP/4.2\r\nhost: x\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported"],
    [
      "a redirect to more than 8 K",
      `GET /far/${"z".repeat(9000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      "HTTP/1.1 507 Insufficient Storage",
    ],
  ])("%s", async (_, bytes, expected) => {
    const text = await raw((socket) => socket.write(bytes));
    expect(statusLine(text)).toBe(expected);
    expect(text).toContain("awselb/2.0");
  });

  test("thirty forwarded addresses pass", async () => {
    const headers = { "x-forwarded-for": Array(30).fill("10.0.0.1").join(", ") };
    expect((await fetch(`${url}/t`, { headers })).status).toBe(200);
  });
});

describe("idle for longer than the idle time-out", () => {
  beforeAll(async () => {
    await idle(1);
  });
  afterAll(async () => {
    await idle(60);
  });

  test("a client with half a head: 408", async () => {
    expect(statusLine(await raw((socket) => socket.write("GET /t HTTP/1.1\r\nhost: x\r\n")))).toBe(
      "HTTP/1.1 408 Request Timeout",
    );
  });

  test.each([100, 100_000])("a client with a part of a body of %d bytes: 408", async (length) => {
    const head = `POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\npart`;
    expect(statusLine(await raw((socket) => socket.write(head)))).toBe("HTTP/1.1 408 Request Timeout");
  });

  test("a target: 504", async () => {
    expect((await fetch(`${url}/t/silent`)).status).toBe(504);
  });
});

describe("passes through", () => {
  test("Expect: 100-continue", async () => {
    const head =
      "POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
    let sent = false;
    const text = await raw((socket) => {
      socket.write(head);
      socket.on("data", (data) => {
        if (sent || !String(data).startsWith("HTTP/1.1 100")) return;
        sent = true;
        socket.write("body");
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(text).toContain('"bytes":4');
  });

  test("a chunked body with trailers, of which the target sees the body", async () => {
    const head =
      "POST /t HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\nconnection: close\r\n\r\n";
    const text = await raw((socket) => socket.write(`${head}3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n`));
    expect(text).toContain('"bytes":3');
  });

  test("server-sent events, each as it comes", async () => {
    const response = await fetch(`${url}/t/events`);
    const reader = response.body?.getReader();
    const started = performance.now();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: 1\n\n");
    expect(performance.now() - started).toBeLessThan(140);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: 2\n\n");
  });

  test("many requests on one connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${url}/t`, { agent }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode));
        });
        sent.on("error", reject).end();
      });
    for (let i = 0; i < 20; i++) expect(await ask()).toBe(200);
    agent.destroy();
  });
});

describe("attributes", () => {
  const seenBy = async (headers: Record<string, string>) => {
    const response = await fetch(`${url}/t`, { headers });
    return ((await response.json()) as { headers: Record<string, string> }).headers;
  };
  const set = (attributes: Record<string, string>) =>
    fixture.elb.modifyLoadBalancerAttributes({
      LoadBalancerArn: loadBalancer,
      Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
    });

  test("the client's port is named in X-Forwarded-For", async () => {
    await set({ "routing.http.xff_client_port.enabled": "true" });
    expect((await seenBy({}))["x-forwarded-for"]).toMatch(/^127\.0\.0\.1:\d+$/);
    await set({ "routing.http.xff_client_port.enabled": "false" });
    expect((await seenBy({}))["x-forwarded-for"]).toBe("127.0.0.1");
  });

  test("Host names the listener's port, unless it is preserved as the client sent it", async () => {
    const hostSeen = async (host: string) =>
      /"host":"([^"]*)"/.exec(
        await raw((socket) => socket.write(`GET /t HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)),
      )?.[1];
    expect(await hostSeen("web.test")).toBe(`web.test:${port}`);
    expect(await hostSeen("web.test:99")).toBe("web.test:99");
    await set({ "routing.http.preserve_host_header.enabled": "true" });
    expect(await hostSeen("web.test")).toBe("web.test");
    await set({ "routing.http.preserve_host_header.enabled": "false" });
  });

  test("headers with odd names are dropped, if asked for", async () => {
    expect(await seenBy({ x_odd: "1", "x-fine": "2" })).toMatchObject({ x_odd: "1", "x-fine": "2" });
    await set({ "routing.http.drop_invalid_header_fields.enabled": "true" });
    const headers = await seenBy({ x_odd: "1", "x-fine": "2" });
    expect(headers).toMatchObject({ "x-fine": "2" });
    expect(headers).not.toHaveProperty("x_odd");
    await set({ "routing.http.drop_invalid_header_fields.enabled": "false" });
  });

  test("a listener adds headers to every answer and hides who it is", async () => {
    const Attributes = [
      { Key: "routing.http.response.x_frame_options.header_value", Value: "DENY" },
      { Key: "routing.http.response.server.enabled", Value: "false" },
    ];
    await fixture.elb.modifyListenerAttributes({ ListenerArn: listenerArn, Attributes });
    const [forwarded, own] = [await fetch(`${url}/t`), await fetch(`${url}/none`)];
    expect([forwarded, own].map(({ headers }) => headers.get("x-frame-options"))).toEqual(["DENY", "DENY"]);
    expect(own.headers.get("server")).toBeNull();
    const Reset = [
      { Key: "routing.http.response.x_frame_options.header_value", Value: "" },
      { Key: "routing.http.response.server.enabled", Value: "true" },
    ];
    await fixture.elb.modifyListenerAttributes({ ListenerArn: listenerArn, Attributes: Reset });
    expect((await fetch(`${url}/t`)).headers.get("x-frame-options")).toBe("ALLOWALL");
    expect((await fetch(`${url}/none`)).headers.get("server")).toBe("awselb/2.0");
  });
});
