import { Agent, type RequestListener, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fixture, forward, named, path, until } from "./balancer.fixture.ts";

const fixture = new Fixture();
let loadBalancer = "";
let listener: { arn: string; url: string };
let priority = 1;

beforeAll(async () => {
  await fixture.start();
  loadBalancer = await fixture.loadBalancer("health");
  listener = await fixture.listener(loadBalancer);
});
afterAll(() => fixture.stop());

/** A group that a rule forwards `/name` to. */
async function used(name: string, more: Parameters<typeof fixture.group>[1] = {}): Promise<string> {
  const group = await fixture.group(name, more);
  await fixture.rule(listener.arn, priority++, [path(`/${name}`)], [forward([group, 1])]);
  return group;
}

/** Large uploads that nobody takes: each gets its answer, and none blocks the connection for the requests after it. */
async function refusesUploads(where: string, expected: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 3; i++) {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request(`${listener.url}${where}`, { method: "POST", agent }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      upload.on("error", reject);
      upload.end(Buffer.alloc(3_000_000));
    });
    expect(code).toBe(expected);
  }
  agent.destroy();
}

/** A target whose health answer can be changed while it runs. */
async function switchable() {
  let serve: RequestListener = (_, response) => response.end("ok");
  const target = await fixture.target((request, response) => serve(request, response));
  const become = (next: RequestListener) => {
    serve = next;
  };
  return { ...target, become };
}

const status =
  (code: number): RequestListener =>
  (_, response) => {
    response.statusCode = code;
    response.end(`status ${code}`);
  };

describe("health checks", () => {
  test("a new target is healthy after one pass, however high the threshold", async () => {
    let checks = 0;
    const target = await fixture.target((request, response) => {
      checks++;
      expect(request.headers["user-agent"]).toBe("ELB-HealthChecker/2.0");
      expect(request.url).toBe("/health");
      response.end();
    });
    const group = await used("first", { HealthyThresholdCount: 10, HealthCheckIntervalSeconds: 300 });
    await fixture.register(group, target);
    expect(await fixture.becomes(group, target, "healthy")).toEqual({ State: "healthy" });
    expect(checks).toBe(1);
  });

  test("a failing target says with which code, and needs the whole threshold to come back", async () => {
    const target = await switchable();
    const group = await used("codes", {
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 2,
      HealthCheckIntervalSeconds: 30,
    });
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
    target.become(status(503));
    expect(await fixture.becomes(group, target, "unhealthy")).toEqual({
      State: "unhealthy",
      Reason: "Target.ResponseCodeMismatch",
      Description: "Health checks failed with these codes: [503]",
    });
    target.become(status(200));
    const started = Date.now();
    await fixture.becomes(group, target, "healthy");
    expect(Date.now() - started).toBeGreaterThan(900);
  });

  test("a matcher says which codes pass", async () => {
    const target = await fixture.target(status(404));
    const group = await used("matcher", { Matcher: { HttpCode: "200,400-404" } });
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
  });

  test("no answer in time is a time-out, in real seconds", async () => {
    const target = await fixture.target(() => {});
    const group = await used("silent", { HealthCheckTimeoutSeconds: 2, UnhealthyThresholdCount: 2 });
    const started = Date.now();
    await fixture.register(group, target);
    await fixture.becomes(group, target, "unhealthy", "Target.Timeout");
    expect(Date.now() - started).toBeGreaterThan(3900);
  });

  test("nothing that listens is a failed check", async () => {
    const group = await used("absent");
    const target = { ip: "10.0.9.9" };
    await fixture.register(group, target);
    expect(await fixture.becomes(group, target, "unhealthy")).toMatchObject({ Reason: "Target.FailedHealthChecks" });
    const stopped = await fixture.target(named("x"));
    await fixture.register(group, stopped);
    await fixture.becomes(group, stopped, "healthy");
    await stopped.stop();
    await fixture.becomes(group, stopped, "unhealthy", "Target.FailedHealthChecks");
  });

  test("a group that no rule names is not checked, and is once one does", async () => {
    const target = await fixture.target(named("late"));
    const group = await fixture.group("late");
    await fixture.register(group, target);
    expect(await fixture.health(group, target)).toEqual({
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    });
    const rule = await fixture.rule(listener.arn, priority++, [path("/late")], [forward([group, 0])]);
    await fixture.becomes(group, target, "healthy");
    await fixture.elb.deleteRule({ RuleArn: rule });
    expect(await fixture.health(group, target)).toMatchObject({ State: "unused" });
    expect(await fixture.health(group, { ip: "10.0.0.250" })).toMatchObject({ Reason: "Target.NotRegistered" });
  });
});

describe("requests follow health", () => {
  test("a sick target gets none while another is well; when all are sick, all get some", async () => {
    const sick = await switchable();
    const well = await switchable();
    const group = await used("open");
    await fixture.register(group, sick, well);
    await Promise.all([sick, well].map((target) => fixture.becomes(group, target, "healthy")));
    sick.become(status(500));
    await fixture.becomes(group, sick, "unhealthy");
    const codes = async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${listener.url}/open`)));
      return new Set(answers.map((answer) => answer.status));
    };
    expect(await codes()).toEqual(new Set([200]));
    well.become(status(501));
    await fixture.becomes(group, well, "unhealthy");
    expect(await codes()).toEqual(new Set([500, 501]));
  });

  test("a group without a target answers 503, a target that refuses 502", async () => {
    const group = await used("down", { UnhealthyThresholdCount: 2 });
    await refusesUploads("/down", 503);
    const empty = await fetch(`${listener.url}/down`);
    expect(empty.status).toBe(503);
    expect(empty.headers.get("server")).toBe("awselb/2.0");
    expect(await empty.text()).toContain("503 Service Temporarily Unavailable");
    const target = await fixture.target(named("x"));
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
    await target.stop();
    expect((await fetch(`${listener.url}/down`)).status).toBe(502);
    await refusesUploads("/down", 502);
  });

  test("a target that does not answer within the idle time-out is a 504", async () => {
    const slow = await fixture.target((request, response) => {
      if (request.url === "/health") response.end();
    });
    const group = await used("slow");
    await fixture.register(group, slow);
    await fixture.becomes(group, slow, "healthy");
    const attribute = (Value: string) =>
      fixture.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn: loadBalancer,
        Attributes: [{ Key: "idle_timeout.timeout_seconds", Value }],
      });
    await attribute("1");
    expect((await fetch(`${listener.url}/slow`)).status).toBe(504);
    await attribute("60");
  });
});

describe("deregistration", () => {
  test("drains for the whole delay, idle or not, and gives the target nothing new", async () => {
    const [stays, goes] = [await fixture.target(named("stays")), await fixture.target(named("goes"))];
    const group = await used("drain");
    await fixture.elb.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "60" }],
    });
    await fixture.register(group, stays, goes);
    await Promise.all([stays, goes].map((target) => fixture.becomes(group, target, "healthy")));
    const started = Date.now();
    await fixture.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: goes.ip }] });
    expect(await fixture.health(group, goes)).toMatchObject({
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
    });
    const names = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(`${listener.url}/drain`)).text()),
    );
    expect(new Set(names)).toEqual(new Set(["stays"]));
    await fixture.becomes(group, goes, "unused", "Target.NotRegistered");
    expect(Date.now() - started).toBeGreaterThan(950);
  });

  test("waits for a request under way, which the clock's scale does not speed up", async () => {
    const target = await fixture.target((request, response) => {
      if (request.url === "/health") response.end();
      else setTimeout(() => response.end("late but whole"), 800);
    });
    const group = await used("wait");
    await fixture.elb.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "10" }],
    });
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
    const answer = fetch(`${listener.url}/wait`).then((response) => response.text());
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fixture.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: target.ip }] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await fixture.health(group, target)).toMatchObject({ State: "draining" });
    expect(await answer).toBe("late but whole");
    await fixture.becomes(group, target, "unused");
  });

  test("a draining target that registers again starts anew", async () => {
    const target = await fixture.target(named("back"));
    const group = await used("back");
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
    await fixture.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: target.ip }] });
    expect(await fixture.health(group, target)).toMatchObject({ State: "draining" });
    await fixture.register(group, target);
    await fixture.becomes(group, target, "healthy");
    expect((await fetch(`${listener.url}/back`)).status).toBe(200);
  });

  test("all drained: 503 at once", async () => {
    const target = await fixture.target(named("only"));
    const group = await used("last");
    await fixture.register(group, target);
    await until(async () => ((await fetch(`${listener.url}/last`)).status === 200 ? true : undefined));
    await fixture.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: target.ip }] });
    expect((await fetch(`${listener.url}/last`)).status).toBe(503);
  });
});
