import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import type { AgentDefinition } from "./agent.ts";
import { BODY_LIMIT_BYTES } from "./body.ts";
import { number, route } from "./routes.ts";
import { startForTest, TEST_TIME, type TestAgent } from "./testing.ts";

const whole = v.pipe(v.number(), v.integer(), v.description("a whole number"));

const alpha: AgentDefinition = {
  manifest: {
    name: "alpha",
    purpose: "Adds.",
    agentId: 7,
    container: { port: 9000, stopTimeoutSeconds: 30 },
    route: { path: "/alpha" },
    calls: ["beta"],
  },
  wallet: "0x0000000000000000000000000000000000000001",
  checks: () => ({ data: { status: "ok", detail: "2 numbers" } }),
  routes: () => [
    route({
      method: "POST",
      path: "/add",
      summary: "Adds two numbers.",
      pricing: { flat_price: "0.001" },
      input: v.strictObject({ a: whole, b: v.optional(whole, 1) }),
      query: { a: number },
      handle: ({ a, b }) => ({ body: { sum: a + b }, headers: { "X-Price": "0.001" } }),
    }),
    route({
      method: "POST",
      path: "/fail",
      summary: "Fails.",
      input: v.object({}),
      handle: () => {
        throw new Error("boom, with the-private-key in it");
      },
    }),
  ],
};

let agent: TestAgent;
beforeAll(async () => {
  agent = await startForTest(alpha, {
    ROUTE_PATH: "/alpha",
    AGENT_VERSION: "1.2.3",
    AGENT_COMMIT: "0123456789abcdef0123456789abcdef01234567",
    PRIVATE_KEY: "the-private-key",
  });
});
afterAll(() => agent.stop());

const lineOf = (requestId: string | null) => agent.lines.find((line) => line.requestId === requestId);

describe("pages", () => {
  test("health has the one shape, and a peer that is not configured only degrades it", async () => {
    const { status, json } = await agent.ask("GET", "/health");
    expect(status).toBe(200);
    expect(json).toEqual({
      status: "degraded",
      agent: "alpha",
      version: "1.2.3",
      commit: "0123456789abcdef0123456789abcdef01234567",
      startedAt: TEST_TIME.toISOString(),
      checks: {
        data: { status: "ok", detail: "2 numbers" },
        "peer:beta": { status: "degraded", detail: "not configured" },
      },
    });
  });

  test("everything is served at the root and under the route path", async () => {
    for (const path of ["/alpha", "/alpha/", "/"])
      expect((await agent.ask("GET", path)).json).toMatchObject({ agent: "alpha", health: "GET /health" });
    expect((await agent.ask("GET", "/alpha/health")).status).toBe(200);
    expect((await agent.ask("POST", "/alpha/add", { a: 1 })).json).toEqual({ sum: 2 });
    expect((await agent.ask("GET", "/beta/health")).status).toBe(404);
  });

  test("the card states skills with their input, prices, and that payment is not enforced", async () => {
    const { json } = await agent.ask("GET", "/.well-known/agent-card");
    expect(json).toMatchObject({
      agentId: 7,
      name: "alpha",
      payment: { enforced: false, currency: "GLUE", decimals: 6 },
      skills: [
        {
          id: "add",
          endpoint: { method: "POST", path: "/add" },
          pricing: { flat_price: "0.001" },
          inputSchema: { properties: { a: { type: "integer" } }, required: ["a"] },
        },
        { id: "fail" },
      ],
    });
  });
});

test("health that fails is answered with 503", async () => {
  const checks = () => ({ data: { status: "failed" as const, detail: "no numbers" } });
  const sick = await startForTest({ ...alpha, checks });
  expect(await sick.ask("GET", "/health")).toMatchObject({ status: 503, json: { status: "unhealthy" } });
  await sick.stop();
});

describe("input", () => {
  test("an answer has its headers", async () => {
    const { status, json, headers } = await agent.ask("POST", "/add", { a: 1, b: 2 });
    expect([status, json, headers.get("x-price")]).toEqual([200, { sum: 3 }, "0.001"]);
  });

  test("parameters of the query count where a route takes them", async () => {
    expect((await agent.ask("POST", "/add?a=5")).json).toEqual({ sum: 6 });
    expect((await agent.ask("POST", "/add?a=five")).status).toBe(400);
  });

  test("all problems are reported at once", async () => {
    const { status, json } = await agent.ask("POST", "/add", { b: "2", c: 3, constructor: 4 });
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: {
        code: "invalid_input",
        message: "4 problems in the input",
        problems: [
          { path: "a", value: "missing", allowed: "a whole number" },
          { path: "b", value: '"2"', allowed: "a whole number" },
          { path: "c", value: "an unknown key", allowed: "only the keys a, b" },
          { path: "constructor", value: "an unknown key" },
        ],
      },
    });
  });

  test.each([
    ["text", "hello", "not JSON"],
    ["half of JSON", '{"a":', "not JSON"],
    ["a list", "[]", "a list"],
    ["null", "null", "null"],
    ["a number", "1", "a number"],
  ])("%s instead of an object is 400", async (_title, body, value) => {
    const { status, json } = await agent.ask("POST", "/add", body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { problems: [{ path: "", value: expect.stringContaining(value) }] } });
  });

  test("a body over the limit is 413, announced or not, and the connection stays usable", async () => {
    const large = `{"a": 1, "b": "${"x".repeat(BODY_LIMIT_BYTES)}"}`;
    expect(await agent.ask("POST", "/add", large)).toMatchObject({
      status: 413,
      json: { error: { code: "body_too_large" } },
    });
    const stream = new Blob([large]).stream();
    const request: RequestInit & { duplex: "half" } = { method: "POST", body: stream, duplex: "half" };
    expect((await fetch(`${agent.url}/add`, request)).status).toBe(413);
    expect((await agent.ask("POST", "/add", { a: 1 })).status).toBe(200);
  });

  test("no body, path or header makes it crash or answer anything but JSON", async () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.constant(`${"[".repeat(200_000)}`));
    const path = fc.oneof(
      fc.webPath(),
      fc.constantFrom("/add", "/alpha/add", "/health", "/__proto__", "/..%2f..%2fetc"),
    );
    await fc.assert(
      fc.asyncProperty(path, anything, async (where, body) => {
        const { status, json } = await agent.ask("POST", `/${where.replace(/^\/+/, "")}`, body);
        expect([200, 400, 404, 405]).toContain(status);
        expect(typeof json).toBe("object");
      }),
      { numRuns: 60 },
    );
    expect((await agent.ask("GET", "/health")).status).toBe(200);
  });
});

describe("refusals and errors", () => {
  test("an unknown route is 404, a wrong method 405 with the right ones, both JSON", async () => {
    expect(await agent.ask("GET", "/nothing")).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
    const wrong = await agent.ask("GET", "/add");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("an error is 500 without details; the log has them, but no secret", async () => {
    const { status, json, headers } = await agent.ask("POST", "/fail");
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain("boom");
    const line = agent.lines.find(
      ({ message, requestId }) => message === "unhandled error" && requestId === headers.get("x-request-id"),
    );
    expect(line).toMatchObject({ level: "error", error: "boom, with [hidden] in it" });
    expect(JSON.stringify(agent.lines)).not.toContain("the-private-key");
  });
});

describe("log and metrics", () => {
  test("a request is one line, with the id it came with", async () => {
    const { headers } = await agent.ask("POST", "/add?a=1", undefined, { "x-request-id": "given-1" });
    expect(headers.get("x-request-id")).toBe("given-1");
    expect(agent.lines.filter(({ requestId }) => requestId === "given-1")).toEqual([
      {
        ...{ time: TEST_TIME.toISOString(), level: "info", message: "POST /add", agent: "alpha", version: "1.2.3" },
        ...{ commit: "0123456789abcdef0123456789abcdef01234567", requestId: "given-1" },
        ...{ method: "POST", path: "/add", status: 200, ms: expect.any(Number) },
      },
    ]);
  });

  test("an id that is none is replaced", async () => {
    const { headers } = await agent.ask("GET", "/health", undefined, { "x-request-id": "a b" });
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(lineOf(headers.get("x-request-id"))).toMatchObject({ path: "/health", status: 200 });
  });

  test("good health checks of a load balancer are neither lines nor metrics; the rest is counted", async () => {
    const own = await startForTest(alpha);
    await own.ask("GET", "/health", undefined, { "user-agent": "ELB-HealthChecker/2.0" });
    await own.ask("POST", "/add", { a: 1 });
    await own.ask("POST", "/fail");
    await own.stop();
    expect(own.lines.filter(({ path }) => path === "/health")).toEqual([]);
    expect(own.lines.find((line) => "_aws" in line)).toMatchObject({
      _aws: {
        Timestamp: TEST_TIME.getTime(),
        CloudWatchMetrics: [{ Namespace: "Karmacadabra", Dimensions: [["Agent"]] }],
      },
      Agent: "alpha",
      RequestCount: 2,
      ErrorCount: 1,
      Latency: [expect.any(Number), expect.any(Number)],
    });
  });
});
