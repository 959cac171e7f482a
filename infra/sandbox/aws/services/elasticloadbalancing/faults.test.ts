import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Fixture, forward, named, path, type RunningTarget, until } from "./balancer.fixture.ts";

const fixture = new Fixture();
let url = "";
let port = 0;
let alpha: RunningTarget;
let beta: RunningTarget;
let group = "";
const revision = "arn:aws:ecs:us-east-1:000000000000:service-revision/c/stage-alpha/1";

beforeAll(async () => {
  await fixture.start();
  const listener = await fixture.listener(await fixture.loadBalancer("faults"));
  ({ url } = listener);
  port = Number(new URL(url).port);
  alpha = await fixture.target(named("alpha"), { agent: "stage-alpha", revision });
  beta = await fixture.target(named("beta"), { agent: "stage-beta" });
  alpha.server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  group = await fixture.group("alpha");
  const other = await fixture.group("beta");
  await fixture.register(group, alpha);
  await fixture.register(other, beta);
  await fixture.rule(listener.arn, 1, [path("/alpha")], [forward([group, 1])]);
  await fixture.rule(listener.arn, 2, [path("/beta")], [forward([other, 1])]);
  await Promise.all([fixture.becomes(group, alpha, "healthy"), fixture.becomes(other, beta, "healthy")]);
});
afterEach(() => void fixture.aws.faults.clear());
afterAll(() => fixture.stop());

const status = async (where: string): Promise<number> => (await fetch(`${url}${where}`)).status;

test("failing-answers: a share of one agent's requests, counted as the target's own answers", async () => {
  fixture.aws.faults.add({ kind: "failing-answers", scope: { agent: "alpha" }, status: 503, count: 2 });
  const seen = [await status("/beta"), await status("/alpha"), await status("/alpha"), await status("/alpha")];
  expect(seen).toEqual([200, 503, 503, 200]);
  expect(fixture.aws.faults.hits().slice(-1)).toMatchObject([
    { kind: "failing-answers", where: { agent: "stage-alpha", revision } },
  ]);
  const response = await fetch(`${url}/alpha`, { method: "POST", body: Buffer.alloc(300_000) });
  expect(await response.text()).toBe("alpha");
});

test("failing-answers takes large uploads without blocking the connection", async () => {
  fixture.aws.faults.add({ kind: "failing-answers", scope: { revision } });
  const code = await new Promise((resolve, reject) => {
    const upload = request(`${url}/alpha`, { method: "POST" }, (response) => resolve(response.resume().statusCode));
    upload.on("error", reject);
    upload.end(Buffer.alloc(3_000_000));
  });
  expect(code).toBe(500);
});

test("slow-answers: one revision's requests wait, others do not; the delay is in the response", async () => {
  fixture.aws.faults.add({ kind: "slow-answers", scope: { revision }, seconds: 0.25 });
  const started = performance.now();
  expect(await status("/beta")).toBe(200);
  const fast = performance.now() - started;
  const body = "x".repeat(100);
  expect(await (await fetch(`${url}/alpha`, { method: "POST", body })).text()).toBe("alpha");
  expect(performance.now() - started - fast).toBeGreaterThan(240);
});

test("a client that leaves while it waits is counted and disturbs nobody", async () => {
  fixture.aws.faults.add({ kind: "slow-answers", seconds: 0.2, count: 1 });
  await expect(fetch(`${url}/alpha`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  expect(await status("/alpha")).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 200));
});

test("upgrades are slowed down and failed as requests are", async () => {
  fixture.aws.faults.add({ kind: "slow-answers", seconds: 0.1 });
  const ask = () =>
    new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(port, "127.0.0.1");
      socket.on("data", (data) => {
        text += data;
      });
      socket.on("close", () => resolve(text.split("\r\n")[0] ?? ""));
      socket.write("GET /alpha HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    });
  expect(await ask()).toBe("HTTP/1.1 101 Switching Protocols");
  fixture.aws.faults.add({ kind: "failing-answers", status: 500 });
  expect(await ask()).toBe("HTTP/1.1 500 Internal Server Error");
});

test("health-flap: the checks of one agent fail with the fault's reason, and pass again when it is over", async () => {
  const { id } = fixture.aws.faults.add({ kind: "health-flap", scope: { agent: "alpha" } });
  await fixture.becomes(group, alpha, "unhealthy", "Target.FailedHealthChecks");
  expect(fixture.aws.faults.clear(id)).toBe(1);
  fixture.aws.faults.add({ kind: "health-flap", scope: { agent: "alpha" }, status: 502 });
  const health = await fixture.becomes(group, alpha, "unhealthy", "Target.ResponseCodeMismatch");
  expect(health.Description).toBe("Health checks failed with these codes: [502]");
  fixture.aws.faults.clear();
  await fixture.becomes(group, alpha, "healthy");
  expect(fixture.aws.faults.hits().some(({ where }) => where.agent === "stage-beta")).toBe(false);
});

test("with a probability, targets flap", async () => {
  fixture.aws.faults.add({ kind: "health-flap", scope: { agent: "alpha" }, probability: 0.7 });
  const seen = new Set<string | undefined>();
  await until(async () => {
    seen.add((await fixture.health(group, alpha))?.State);
    return seen.size > 1 ? true : undefined;
  });
  expect(seen).toEqual(new Set(["healthy", "unhealthy"]));
});
