import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Pool } from "undici";
import { Fixture, forward, named, path, type RunningTarget } from "./balancer.fixture.ts";

const fixture = new Fixture();
let url = "";
let port = 0;
let listenerArn = "";
let echo: RunningTarget;

beforeAll(async () => {
  await fixture.start();
  const listener = await fixture.listener(await fixture.loadBalancer("routing"));
  ({ url } = listener);
  listenerArn = listener.arn;
  port = Number(new URL(url).port);
  echo = await fixture.target((request, response) => {
    if (request.url === "/slow-stream") return slowly(response);
    if (request.url === "/cut") return cut(response);
    const hash = createHash("sha256");
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    request.on("end", () => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(JSON.stringify({ url: request.url, headers: request.headers, bytes, sha256: hash.digest("hex") }));
    });
  });
  echo.server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    socket.on("data", (data: Buffer) => socket.write(`${request.url} ${data}`));
    socket.on("end", () => socket.end());
  });
  const group = await fixture.group("echo");
  await fixture.register(group, echo);
  await fixture.rule(listenerArn, 100, [path("/echo", "/echo/*")], [forward([group, 1])]);
  await fixture.rule(listenerArn, 101, [path("/slow-stream", "/cut")], [forward([group, 1])]);
  await fixture.becomes(group, echo, "healthy");
});
afterAll(() => fixture.stop());

function slowly(response: import("node:http").ServerResponse): void {
  response.write("first;");
  setTimeout(() => response.end("second"), 300);
}

function cut(response: import("node:http").ServerResponse): void {
  response.writeHead(200, { "content-length": 1000 });
  response.write("part");
  setTimeout(() => response.destroy(), 50);
}

describe("a forwarded request", () => {
  test("reaches the target with the load balancer's headers and without hop-by-hop ones", async () => {
    const response = await fetch(`${url}/echo/a%20b?x=1&y=%2F`, {
      headers: { "x-forwarded-for": "203.0.113.9", "x-own": "kept", te: "trailers" },
    });
    const seen = (await response.json()) as { url: string; headers: Record<string, string> };
    expect(seen.url).toBe("/echo/a%20b?x=1&y=%2F");
    expect(seen.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(port),
      "x-own": "kept",
    });
    expect(seen.headers["x-amzn-trace-id"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(seen.headers).not.toHaveProperty("te");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("keeps the trace that a client began", async () => {
    const headers = { "x-amzn-trace-id": "Self=1-0-old;Root=1-67891233-abcdef012345678912345678;CalledFrom=app" };
    const seen = (await (await fetch(`${url}/echo`, { headers })).json()) as { headers: Record<string, string> };
    expect(seen.headers["x-amzn-trace-id"]).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$/,
    );
  });

  test.each([10, 65_536, 65_537, 5_000_000])("carries a body of %d bytes unchanged", async (size) => {
    const body = randomBytes(size);
    const seen = (await (await fetch(`${url}/echo`, { method: "POST", body })).json()) as Record<string, unknown>;
    expect(seen).toMatchObject({ bytes: size, sha256: createHash("sha256").update(body).digest("hex") });
  });

  test("carries a body of unknown length", async () => {
    const body = (async function* () {
      yield Buffer.from("one ");
      yield Buffer.from("two");
    })();
    const init = { method: "POST", body, duplex: "half" } as unknown as RequestInit;
    expect(await (await fetch(`${url}/echo`, init)).json()).toMatchObject({ bytes: 7 });
  });

  test("is answered as the answer comes", async () => {
    const response = await fetch(`${url}/slow-stream`);
    const started = Date.now();
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first;");
    expect(Date.now() - started).toBeLessThan(250);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("second");
  });

  test("is cut when its answer is cut, so that a part is not taken for the whole", async () => {
    await expect(fetch(`${url}/cut`).then((response) => response.text())).rejects.toThrow();
  });

  test("HEAD has the headers and no body", async () => {
    const response = await fetch(`${url}/echo`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("a WebSocket passes through in both directions", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /echo/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    let text = "";
    await new Promise<void>((resolve) => {
      socket.on("data", (data: Buffer) => {
        text += data;
        if (text.endsWith("\r\n\r\n")) socket.write("ping");
        if (text.endsWith("ping")) resolve();
      });
    });
    socket.destroy();
    expect(text).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n/echo/ws ping",
    );
  });
});

describe("rules", () => {
  const answer = (body: string) => [
    { Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "200", MessageBody: body } },
  ];

  beforeAll(async () => {
    const conditions: [number, Parameters<typeof fixture.rule>[2], string][] = [
      [1, [path("/who"), { Field: "host-header", HostHeaderConfig: { Values: ["*.Example.com"] } }], "host"],
      [
        2,
        [path("/who"), { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["BLUE*"] } }],
        "header",
      ],
      [3, [path("/who"), { Field: "http-request-method", HttpRequestMethodConfig: { Values: ["DELETE"] } }], "method"],
      [
        4,
        [
          path("/who"),
          { Field: "query-string", QueryStringConfig: { Values: [{ Key: "v", Value: "2*" }, { Value: "any" }] } },
        ],
        "query",
      ],
      [
        7,
        [
          { Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/who/\\d+$", "^/whom$"] } },
          { Field: "host-header", HostHeaderConfig: { RegexValues: ["^(api|www)\\.example\\.com$"] } },
          { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Team", RegexValues: ["^red$"] } },
        ],
        "regex",
      ],
      [5, [path("/who"), { Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } }], "far"],
      [6, [path("/who"), { Field: "source-ip", SourceIpConfig: { Values: ["127.0.0.0/8"] } }], "near"],
    ];
    for (const [priority, when, body] of conditions) await fixture.rule(listenerArn, priority, when, answer(body));
  });

  async function ask(options: { path?: string; method?: string; headers?: Record<string, string> }): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: "127.0.0.1", port, path: "/who", ...options }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      });
      request.on("error", reject);
      request.end();
    });
  }

  test.each([
    ["host, without case or port", { headers: { host: "API.example.COM:80" } }, "host"],
    ["header, without case", { headers: { "x-team": "bluebird" } }, "header"],
    ["method", { method: "DELETE" }, "method"],
    ["query by key and value", { path: "/who?a=1&V=27" }, "query"],
    ["query by value alone", { path: "/who?x=ANY" }, "query"],
    ["the first that matches wins", { path: "/who?v=2", headers: { "x-team": "blue" } }, "header"],
    ["source address; X-Forwarded-For does not count", { headers: { "x-forwarded-for": "10.1.1.1" } }, "near"],
    ["regular expressions", { path: "/who/42", headers: { host: "WWW.example.com", "x-team": "RED" } }, "regex"],
    [
      "a path's regular expression with case",
      { path: "/WHO/42", headers: { host: "www.example.com", "x-team": "red" } },
      "no rule",
    ],
    ["path with case", { path: "/Who" }, "no rule"],
    ["the default rule last", { path: "/nothing" }, "no rule"],
  ])("%s", async (_, options, expected) => {
    expect(await ask(options)).toBe(expected);
  });

  test("take effect in the order that SetRulePriorities gives them", async () => {
    const first = await fixture.rule(listenerArn, 200, [path("/order")], answer("first"));
    const second = await fixture.rule(listenerArn, 201, [path("/order")], answer("second"));
    expect(await ask({ path: "/order" })).toBe("first");
    await fixture.elb.setRulePriorities({
      RulePriorities: [
        { RuleArn: first, Priority: 201 },
        { RuleArn: second, Priority: 200 },
      ],
    });
    expect(await ask({ path: "/order" })).toBe("second");
    await fixture.elb.deleteRule({ RuleArn: second });
    expect(await ask({ path: "/order" })).toBe("first");
  });

  test("redirect with placeholders", async () => {
    const RedirectConfig = {
      Protocol: "HTTPS",
      Port: "443",
      Host: "www.#{host}",
      Path: "/new/#{path}",
      StatusCode: "HTTP_301" as const,
    };
    await fixture.rule(listenerArn, 300, [path("/old/*")], [{ Type: "redirect", RedirectConfig }]);
    const response = await fetch(`${url}/old/a?b=c`, { redirect: "manual" });
    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toBe("https://www.127.0.0.1:443/new/old/a?b=c");
  });

  test("URL and host rewrites change what the target sees, not the routing", async () => {
    const group = await fixture.group("rewritten");
    await fixture.register(group, echo);
    await fixture.elb.createRule({
      ListenerArn: listenerArn,
      Priority: 301,
      Conditions: [path("/alpha/*")],
      Actions: [forward([group, 1])],
      Transforms: [
        { Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex: "^/alpha/(.*)$", Replace: "/$1" }] } },
        {
          Type: "host-header-rewrite",
          HostHeaderRewriteConfig: { Rewrites: [{ Regex: "^.*$", Replace: "inner.test" }] },
        },
      ],
    });
    await fixture.becomes(group, echo, "healthy");
    const seen = (await (await fetch(`${url}/alpha/who?x=1`)).json()) as {
      url: string;
      headers: Record<string, string>;
    };
    expect(seen.url).toBe("/who?x=1");
    expect(seen.headers.host).toBe("inner.test");
  });
});

describe("weights", () => {
  /** How often each name answered, out of so many requests. */
  async function count(requests: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    const pool = new Pool(url, { connections: 10 });
    const ask = async () => {
      const { body } = await pool.request({ path: "/weighted", method: "GET" });
      const name = await body.text();
      counts[name] = (counts[name] ?? 0) + 1;
    };
    await Promise.all(Array.from({ length: requests }, ask));
    await pool.close();
    return counts;
  }

  test("split 1000 requests 90 to 10, all to one, and 503 where the chosen group has no target", async () => {
    const [blue, green, empty] = [
      await fixture.group("blue"),
      await fixture.group("green"),
      await fixture.group("empty"),
    ];
    const targets = [await fixture.target(named("blue")), await fixture.target(named("green"))] as const;
    await fixture.register(blue, targets[0]);
    await fixture.register(green, targets[1]);
    const RuleArn = await fixture.rule(listenerArn, 400, [path("/weighted")], [forward([blue, 90], [green, 10])]);
    await Promise.all([fixture.becomes(blue, targets[0], "healthy"), fixture.becomes(green, targets[1], "healthy")]);
    expect(await count(1000)).toEqual({ blue: 900, green: 100 });
    await fixture.elb.modifyRule({ RuleArn, Actions: [forward([blue, 0], [green, 100])] });
    expect(await count(100)).toEqual({ green: 100 });
    await fixture.elb.modifyRule({ RuleArn, Actions: [forward([blue, 50], [empty, 50])] });
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(`${url}/weighted`)).status));
    expect(statuses.filter((status) => status === 503)).toHaveLength(5);
  });

  test("stickiness keeps a client at its group", async () => {
    const [one, two] = [await fixture.group("sticky-1"), await fixture.group("sticky-2")];
    const targets = [await fixture.target(named("one")), await fixture.target(named("two"))] as const;
    await fixture.register(one, targets[0]);
    await fixture.register(two, targets[1]);
    const action = forward([one, 1], [two, 1]);
    const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 };
    const sticky = { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroupStickinessConfig } };
    await fixture.rule(listenerArn, 401, [path("/sticky")], [sticky]);
    await Promise.all([fixture.becomes(one, targets[0], "healthy"), fixture.becomes(two, targets[1], "healthy")]);
    const first = await fetch(`${url}/sticky`);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const name = await first.text();
    expect(cookie).toMatch(/^AWSALBTG=/);
    const again = await Promise.all(
      Array.from({ length: 6 }, async () => (await fetch(`${url}/sticky`, { headers: { cookie } })).text()),
    );
    expect(new Set(again)).toEqual(new Set([name]));
  });
});
