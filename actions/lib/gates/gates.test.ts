import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Clock } from "../clock.ts";
import { alphaManifest, commitA, commitB } from "../rollout/alpha.fixture.ts";
import type { GateContext } from "./context.ts";
import { fetchHttp } from "./http.ts";
import { identityGate, judgeIdentities } from "./identity.ts";
import { decide, type GateOutcome, type GateResult } from "./result.ts";
import { runGates } from "./run.ts";
import { smokeGate } from "./smoke.ts";
import { judgeTargets, targetHealthGate } from "./target-health.ts";

const patient: Clock = { now: () => new Date(0), sleep: async () => {} };
const healthy = [{ target: "10.0.0.4:9001", state: "healthy" }];
type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let close = async () => {};
afterEach(() => close());

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    close = async () => {};
  };
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const context = (baseUrl: string, change: Partial<GateContext> = {}): GateContext => ({
  manifest: alphaManifest(),
  commit: commitB,
  baseUrl: `${baseUrl}/alpha`,
  desired: 1,
  targets: async () => healthy,
  http: fetchHttp,
  clock: patient,
  ...change,
});
const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const health = (commit: string) => ({ status: "ok", agent: "alpha", commit, version: "1", startedAt: "t" });

describe("over real HTTP", () => {
  test("a version that says who it is and answers as promised passes all gates", async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      json(response, request.url === "/alpha/health" ? health(commitB) : { answer: "text" });
    });
    const results = await runGates(context(url));
    expect(results.map(({ gate, outcome }) => [gate, outcome])).toEqual([
      ["target-health", "pass"],
      ["identity", "pass"],
      ["smoke", "pass"],
    ]);
    expect(asked.filter((line) => line === "POST /alpha/ask")).toHaveLength(3);
    expect(results[1]?.numbers).toMatchObject({ wrong: 0, unmeasured: 0, instances: 1 });
  });

  test("one stale task behind the listener is found", async () => {
    let turn = 0;
    const url = await serve((_, response) => json(response, health(turn++ % 2 ? commitA : commitB)));
    const result = await identityGate(context(url, { desired: 2 }));
    expect(result.outcome).toBe("fail");
    expect(result.evidence).toEqual([expect.stringMatching(/^\d+ × alpha at commit aaaa/)]);
  });

  test("answers of the old version right after the shift are waited out", async () => {
    let turn = 0;
    const url = await serve((_, response) => json(response, health(turn++ < 3 ? commitA : commitB)));
    expect((await identityGate(context(url))).outcome).toBe("pass");
  });

  test.each([
    ["a wrong status", 500, { error: "x" }, "fail"],
    ["a key of another type", 200, { answer: 7 }, "fail"],
    ["a missing key", 200, {}, "fail"],
    ["an array instead of an object", 200, ["answer"], "fail"],
    ["a load balancer without targets", 503, {}, "error"],
  ] as const)("smoke: %s", async (_, status, body, outcome) => {
    const url = await serve((_request, response) => json(response, body, status));
    expect((await smokeGate(context(url))).outcome).toBe(outcome);
  });

  test("a refused connection is an error, never a pass", async () => {
    const url = await serve(() => {});
    await close();
    const results = await runGates(context(url));
    expect(results.map(({ outcome }) => outcome)).toEqual(["pass", "error", "error"]);
  });

  test("a measurement that throws is an error of its gate", async () => {
    const url = await serve((_, response) => json(response, health(commitB)));
    const broken = async () => {
      throw new Error("no permission");
    };
    const [first] = await runGates(context(url, { targets: broken }));
    expect(first).toMatchObject({ gate: "target-health", outcome: "error", summary: "Not measured: no permission" });
  });
});

describe("target health", () => {
  test("waits for a target that is still registering", async () => {
    let look = 0;
    const targets = async () => (look++ < 3 ? [{ target: "t", state: "initial" }] : healthy);
    expect((await targetHealthGate(context("http://x", { targets }))).outcome).toBe("pass");
  });
  test("too few healthy targets fail, and the others are named", () => {
    const result = judgeTargets([...healthy, { target: "b", state: "unhealthy", reason: "Target.Timeout" }], 2);
    expect(result).toMatchObject({ outcome: "fail", evidence: ["b unhealthy, Target.Timeout"] });
  });
  test("draining targets of an earlier version do not count", () => {
    expect(judgeTargets([...healthy, { target: "b", state: "draining" }], 1).outcome).toBe("pass");
  });
  test("no target at all is never a pass", () => expect(judgeTargets([], 0).outcome).toBe("fail"));
});

describe("decisions", () => {
  const outcome = fc.constantFrom<GateOutcome>("pass", "fail", "inconclusive", "error");
  const result = outcome.map(
    (value): GateResult => ({
      ...{ gate: "g", outcome: value, summary: "", numbers: {}, evidence: [] },
    }),
  );
  test("traffic moves only when there is at least one gate and every gate passed", () => {
    fc.assert(
      fc.property(fc.array(result), (results) => {
        const go = results.length > 0 && results.every((one) => one.outcome === "pass");
        expect(decide(results).action).toBe(go ? "CONTINUE" : "ROLLBACK");
      }),
    );
  });
  test("an identity without any right answer never passes", () => {
    expect(judgeIdentities({ commit: commitB, manifest: { name: "alpha" } }, []).outcome).toBe("error");
  });
});
