import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FAULT_KINDS } from "./fault.ts";
import { FaultBook } from "./fault-book.ts";
import { FAULTS_PATH, faultPage } from "./fault-page.ts";
import { checkedFault, FaultError } from "./fault-request.ts";

let ids = 0;
const book = new FaultBook({ now: () => new Date(0), newId: () => `f${++ids}`, random: () => 0 });
let server: Server;
let url = "";

beforeAll(async () => {
  const page = faultPage(book);
  server = createServer((request, response) => {
    page(request, response).then((mine) => mine || response.writeHead(418).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${FAULTS_PATH}`;
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

async function ask(method: string, path = "", body?: unknown): Promise<[number, unknown]> {
  const text = typeof body === "string" ? body : body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method, body: text });
  return [response.status, await response.json()];
}

test("a fault is added, listed with its hits, cleared", async () => {
  const [status, fault] = await ask("POST", "", { kind: "api-error", scope: { service: "ecs" }, count: 2 });
  expect([status, fault]).toEqual([201, expect.objectContaining({ id: "f1", probability: 1, hits: 0, isOver: false })]);
  book.draw("api-error", { service: "ecs", operation: "ListServices" });
  expect(await ask("GET")).toMatchObject([
    200,
    { faults: [{ id: "f1", hits: 1 }], hits: [{ faultId: "f1", where: { operation: "ListServices" } }] },
  ]);
  expect(await ask("DELETE", "/f1")).toEqual([200, { cleared: 1 }]);
  await ask("POST", "", { kind: "half-response" });
  expect(await ask("DELETE")).toEqual([200, { cleared: 1 }]);
  expect(book.isQuiet).toBe(true);
});

test("every problem is named at once, with the value and what is allowed", async () => {
  const wrong = { kind: "slow-answers", scope: { service: "ecs", place: 1 }, probability: 2, count: 0, status: 500 };
  expect(await ask("POST", "", wrong)).toEqual([
    400,
    {
      problems: [
        "scope.place: is no member; allowed: service, operation, agent, revision.",
        "probability: is 2; allowed: a number above 0, up to 1.",
        "count: is 0; allowed: a whole number from 1.",
        "scope.service: does not narrow down slow-answers; allowed: agent, revision.",
        "status: means nothing to slow-answers; allowed: seconds.",
      ],
    },
  ]);
});

test.each([
  [{}, "kind: is missing; allowed: one of task-crash, start-failure"],
  [{ kind: "task-crush" }, 'kind: is "task-crush"; allowed: one of task-crash'],
  [{ kind: "api-error", status: 404 }, "status: is 404; allowed for api-error: 500 to 599."],
  [{ kind: "failing-answers", status: 200 }, "status: is 200; allowed for failing-answers: 400 to 599."],
  [{ kind: "clock-jump" }, "seconds: is missing; clock-jump needs it."],
  [{ kind: "api-latency", seconds: -1 }, "seconds: is -1; allowed for api-latency: a number from 0."],
  [{ kind: "api-throttle", rate: -1 }, "rate: is -1; allowed: a number of calls per second, from 0."],
  [
    { kind: "clock-jump", seconds: 1, scope: { agent: "a" } },
    "scope.agent: does not narrow down clock-jump; allowed: none.",
  ],
  [{ kind: "task-crash", scope: { agent: "" } }, 'scope.agent: is ""; allowed: the name of an ECS service.'],
])("%j is refused", async (body, problem) => {
  const [status, answer] = await ask("POST", "", body);
  expect(status).toBe(400);
  expect((answer as { problems: string[] }).problems.join("\n")).toContain(problem);
});

test("what is no request has an answer too", async () => {
  expect(await ask("POST", "", "{")).toEqual([400, { problems: ["The body is not JSON."] }]);
  expect((await ask("POST", "", "7"))[0]).toBe(400);
  expect((await ask("POST", "", "x".repeat(70_000)))[0]).toBe(413);
  expect(await ask("DELETE", "/f99")).toEqual([404, { problems: ["There is no fault f99."] }]);
  expect((await ask("PATCH"))[0]).toBe(405);
  expect(await ask("GET", "/kinds")).toEqual([200, FAULT_KINDS]);
  expect((await fetch(url.replace("faults", "faultsandmore"))).status).toBe(418);
});

test("anything at all is either a fault or a FaultError with a reason", () => {
  const member = fc.oneof(
    fc.anything(),
    fc.constantFrom(...Object.keys(FAULT_KINDS)),
    fc.integer({ min: 0, max: 700 }),
  );
  const wanted = fc.record(
    {
      kind: member,
      scope: fc.oneof(fc.anything(), fc.dictionary(fc.string(), member)),
      probability: member,
      count: member,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(wanted, fc.anything()), (value) => {
      try {
        expect(checkedFault(value)).toHaveProperty("kind");
      } catch (error) {
        expect(error).toBeInstanceOf(FaultError);
        expect((error as FaultError).problems.length).toBeGreaterThan(0);
      }
    }),
  );
});
