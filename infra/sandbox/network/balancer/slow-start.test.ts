import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { manualClock } from "../../clock.ts";
import { FaultBook } from "../../faults/fault-book.ts";
import { AddressBook } from "../addresses.ts";
import { type GroupSettings, TargetGroup } from "./groups.ts";

const settings: GroupSettings = {
  check: {
    path: "/",
    port: "traffic-port",
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: "200",
  },
  deregistrationDelaySeconds: 300,
  algorithm: "round_robin",
  slowStartSeconds: 100,
  leastHealthy: { count: 1, percent: 0 },
};

let server: Server;
const sick = new Set<string>();

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = sick.has(request.headers.host?.split(":")[0] ?? "") ? 500 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

/** A group on a clock driven by hand, whose targets all answer. */
function started(changes: Partial<GroupSettings> = {}, random = () => 0) {
  const clock = manualClock();
  const network = new AddressBook();
  const faults = new FaultBook({ now: () => clock.now(), newId: () => "f", random: () => 0 });
  const group = new TargetGroup("group", { ...settings, ...changes }, { clock, network, faults, random });
  group.inUse = true;
  const add = async () => {
    const ip = network.allocate(1);
    network.map(ip, 80, { host: "127.0.0.1", port: (server.address() as AddressInfo).port });
    group.register(ip, 80);
    await clock.settle();
    return ip;
  };
  const shares = (count: number) => {
    const picked: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const ip = group.pick()?.ip ?? "nobody";
      picked[ip] = (picked[ip] ?? 0) + 1;
    }
    return picked;
  };
  return { clock, group, add, shares };
}

test("a new target's share grows linearly beside one that has its own", async () => {
  const { clock, group, add, shares } = started();
  const first = await add();
  expect(shares(10)).toEqual({ [first]: 10 });
  const second = await add();
  expect(shares(102)).toEqual({ [first]: 100, [second]: 2 });
  await clock.advance(50);
  expect(shares(150)).toEqual({ [first]: 100, [second]: 50 });
  await clock.advance(49);
  expect(shares(199)).toEqual({ [first]: 100, [second]: 99 });
  await clock.advance(1);
  shares(2);
  expect(shares(100)).toEqual({ [first]: 50, [second]: 50 });
  group.close();
  expect(clock.waiting).toBe(0);
});

test("one that becomes unhealthy starts over when it is healthy again", async () => {
  const { clock, group, add, shares } = started();
  const first = await add();
  const second = await add();
  await clock.advance(100);
  sick.add(second);
  await clock.advance(30);
  expect(shares(10)).toEqual({ [first]: 10 });
  sick.delete(second);
  await clock.advance(20);
  const { [second]: few = 0 } = shares(100);
  expect(few).toBeLessThan(20);
  group.close();
});

test("with too few healthy targets requests go to all", async () => {
  const { clock, group, add, shares } = started({ slowStartSeconds: 0, leastHealthy: { count: 1, percent: 60 } });
  const [first, second] = [await add(), await add()];
  sick.add(second);
  await clock.advance(30);
  expect(group.counts()).toEqual({ healthy: 1, unhealthy: 1 });
  expect(shares(10)).toEqual({ [first]: 5, [second]: 5 });
  group.settings = { ...group.settings, leastHealthy: { count: 1, percent: 50 } };
  expect(shares(10)).toEqual({ [first]: 10 });
  sick.delete(second);
  group.close();
});

test("weighted_random draws each target by chance, without a turn", async () => {
  const draws = [0.1, 0.9, 0.9, 0.4, 0.9];
  const changes = { slowStartSeconds: 0, algorithm: "weighted_random" } as const;
  const { group, add, shares } = started(changes, () => draws.shift() ?? 0);
  const [first, second] = [await add(), await add()];
  expect(shares(5)).toEqual({ [first]: 2, [second]: 3 });
  group.close();
});
