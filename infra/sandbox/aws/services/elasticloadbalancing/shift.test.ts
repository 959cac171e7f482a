import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fixture, forward, path, type RunningTarget } from "./balancer.fixture.ts";

const fixture = new Fixture();
let listener: { arn: string; url: string };

beforeAll(async () => {
  await fixture.start();
  listener = await fixture.listener(await fixture.loadBalancer("shift"));
});
afterAll(() => fixture.stop());

/** Steady load from keep-alive clients; what they saw besides 200 is a lost request. */
class Load {
  readonly lost: string[] = [];
  readonly served = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #timer: NodeJS.Timeout;
  readonly #waiting = new Set<Promise<void>>();

  constructor(url: string, perSecond: number) {
    let n = 0;
    this.#timer = setInterval(() => {
      const sent = this.#send(url, n++ % 2 === 0 ? "GET" : "POST");
      this.#waiting.add(sent);
      sent.finally(() => this.#waiting.delete(sent));
    }, 1000 / perSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#waiting);
    this.#agent.destroy();
  }

  #send(url: string, method: string): Promise<void> {
    return new Promise((resolve) => {
      const sent = request(url, { method, agent: this.#agent }, (response) => {
        let name = "";
        response.on("data", (chunk) => {
          name += chunk;
        });
        response.on("end", () => {
          if (response.statusCode === 200) this.served.set(name, (this.served.get(name) ?? 0) + 1);
          else this.lost.push(`${method} ${response.statusCode}`);
          resolve();
        });
      });
      sent.on("error", (error) => {
        this.lost.push(`${method} ${error.message}`);
        resolve();
      });
      sent.end(method === "POST" ? "body" : undefined);
    });
  }
}

/** Answers after a while, as real services do, so that there are always requests under way. */
const slowly = (name: string): Promise<RunningTarget> =>
  fixture.target((incoming, response) => {
    incoming.resume();
    if (incoming.url === "/health") response.end();
    else setTimeout(() => response.end(name), 40);
  });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Stops a server as a well-behaved task does at SIGTERM: no new connections, what is under way is finished. */
const stopGracefully = ({ server }: RunningTarget): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

describe("no request is lost", () => {
  test("while traffic shifts back and forth and each old target drains and stops", async () => {
    const [blue, green] = [await fixture.group("shift-blue"), await fixture.group("shift-green")];
    for (const group of [blue, green]) {
      await fixture.elb.modifyTargetGroupAttributes({
        TargetGroupArn: group,
        Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "5" }],
      });
    }
    let live = await slowly("v0");
    await fixture.register(blue, live);
    const RuleArn = await fixture.rule(listener.arn, 1, [path("/app")], [forward([blue, 100], [green, 0])]);
    await fixture.becomes(blue, live, "healthy");

    const load = new Load(`${listener.url}/app`, 100);
    let [from, to] = [blue, green];
    for (let release = 1; release <= 6; release++) {
      const next = await slowly(`v${release}`);
      await fixture.register(to, next);
      await fixture.becomes(to, next, "healthy");
      await fixture.elb.modifyRule({ RuleArn, Actions: [forward([from, 90], [to, 10])] });
      await pause(100);
      await fixture.elb.modifyRule({ RuleArn, Actions: [forward([from, 0], [to, 100])] });
      await fixture.elb.deregisterTargets({ TargetGroupArn: from, Targets: [{ Id: live.ip }] });
      await fixture.becomes(from, live, "unused", "Target.NotRegistered");
      await stopGracefully(live);
      live = next;
      [from, to] = [to, from];
    }
    await load.stop();
    expect(load.lost).toEqual([]);
    expect([...load.served.keys()].sort()).toEqual(["v0", "v1", "v2", "v3", "v4", "v5", "v6"]);
  });

  test("when a target closes its idle connections between requests", async () => {
    const target = await fixture.target((incoming, response) => {
      incoming.resume();
      response.end("kept");
    });
    // Shorter than the pauses between requests, and not announced: the connection is often gone when it is reused.
    target.server.keepAliveTimeout = 15;
    const group = await fixture.group("idle");
    await fixture.register(group, target);
    await fixture.rule(listener.arn, 2, [path("/idle")], [forward([group, 1])]);
    await fixture.becomes(group, target, "healthy");
    const load = new Load(`${listener.url}/idle`, 60);
    await pause(2000);
    await load.stop();
    expect(load.lost.filter((what) => what.startsWith("GET"))).toEqual([]);
  });

  test("when one of two targets is stopped in the middle of its work after draining", async () => {
    const [one, two] = [await slowly("one"), await slowly("two")];
    const group = await fixture.group("pair");
    await fixture.elb.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "5" }],
    });
    await fixture.register(group, one, two);
    await fixture.rule(listener.arn, 3, [path("/pair")], [forward([group, 1])]);
    await Promise.all([one, two].map((target) => fixture.becomes(group, target, "healthy")));
    const load = new Load(`${listener.url}/pair`, 100);
    await pause(200);
    await fixture.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: one.ip }] });
    await fixture.becomes(group, one, "unused", "Target.NotRegistered");
    await one.stop();
    await pause(300);
    await load.stop();
    expect(load.lost).toEqual([]);
  });
});
