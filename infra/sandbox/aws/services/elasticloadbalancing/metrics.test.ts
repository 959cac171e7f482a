import type { CloudWatch, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Operations, ServiceModule } from "../../kernel.ts";
import { Fixture, forward, path, until } from "./balancer.fixture.ts";

const received: MetricDatum[] = [];

/** Keeps what the load balancer reports. */
const cloudwatch: ServiceModule = {
  id: "cloudwatch",
  sdk: () => import("@aws-sdk/client-cloudwatch"),
  create: () => {
    const operations: Operations<CloudWatch> = {
      PutMetricData: ({ Namespace, MetricData = [] }) => {
        expect(Namespace).toBe("AWS/ApplicationELB");
        received.push(...MetricData);
        return {};
      },
    };
    return { operations };
  },
};

const fixture = new Fixture({ services: [cloudwatch] });
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

function sum(name: string, dimensions: number): number {
  const data = received.filter(
    ({ MetricName, Dimensions }) => MetricName === name && Dimensions?.length === dimensions,
  );
  return data.reduce((total, { Value, Counts }) => total + (Value ?? (Counts ?? []).reduce((a, b) => a + b, 0)), 0);
}

test("requests are counted by group and by load balancer, with hosts and times", async () => {
  const loadBalancer = await fixture.loadBalancer("counted");
  const listener = await fixture.listener(loadBalancer);
  const group = await fixture.group("counted");
  const target = await fixture.target((request, response) => {
    response.statusCode = Number(request.url?.slice(3)) || 200;
    response.end();
  });
  await fixture.register(group, target);
  await fixture.rule(listener.arn, 1, [path("/c/*")], [forward([group, 1])]);
  await fixture.rule(listener.arn, 2, [path("/none")], [forward([await fixture.group("none"), 1])]);
  await fixture.becomes(group, target, "healthy");
  for (const code of [200, 201, 404, 500, 503]) await fetch(`${listener.url}/c/${code}`);
  await fetch(`${listener.url}/none`);
  await until(() =>
    sum("RequestCount", 2) >= 5 && sum("HTTPCode_ELB_5XX_Count", 1) > 0 && sum("HealthyHostCount", 2) > 0
      ? true
      : undefined,
  );
  const counted = Object.fromEntries(
    [
      "RequestCount",
      "HTTPCode_Target_2XX_Count",
      "HTTPCode_Target_4XX_Count",
      "HTTPCode_Target_5XX_Count",
      "TargetResponseTime",
    ].map((name) => [name, [sum(name, 2), sum(name, 1)]]),
  );
  expect(counted).toEqual({
    RequestCount: [5, 5],
    HTTPCode_Target_2XX_Count: [2, 2],
    HTTPCode_Target_4XX_Count: [1, 1],
    HTTPCode_Target_5XX_Count: [2, 2],
    TargetResponseTime: [5, 5],
  });
  expect(sum("HTTPCode_ELB_5XX_Count", 1)).toBe(1);
  const dimensions = received.find(
    ({ MetricName, Dimensions }) => MetricName === "RequestCount" && Dimensions?.length === 2,
  );
  expect(dimensions?.Dimensions).toEqual([
    { Name: "TargetGroup", Value: expect.stringMatching(/^targetgroup\/counted\/[0-9a-f]{16}$/) },
    { Name: "LoadBalancer", Value: loadBalancer.split("loadbalancer/")[1] },
  ]);
});

test("its own answers, connections and requests per target are counted as AWS does", async () => {
  received.length = 0;
  const loadBalancer = await fixture.loadBalancer("own");
  const listener = await fixture.listener(loadBalancer, 18_081);
  const group = await fixture.group("own");
  const target = await fixture.target((_, response) => response.end());
  await fixture.register(group, target);
  await fixture.rule(listener.arn, 1, [path("/own")], [forward([group, 1])]);
  const RedirectConfig = { Path: "/elsewhere", StatusCode: "HTTP_301" } as const;
  await fixture.rule(listener.arn, 2, [path("/moved")], [{ Type: "redirect", RedirectConfig }]);
  await fixture.becomes(group, target, "healthy");
  for (let i = 0; i < 4; i++) await fetch(`${listener.url}/own`);
  await fetch(`${listener.url}/moved`, { redirect: "manual" });
  await fetch(`${listener.url}/fixed`);
  await fetch(`${listener.url}/own`, { headers: { "x-forwarded-for": Array(31).fill("10.0.0.1").join() } });
  await target.stop();
  await fetch(`${listener.url}/own`);
  await until(() => (sum("HTTPCode_ELB_502_Count", 1) > 0 && sum("ActiveConnectionCount", 1) > 0 ? true : undefined));
  const counted = [
    "HTTPCode_ELB_3XX_Count",
    "HTTP_Redirect_Count",
    "HTTP_Fixed_Response_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_ELB_502_Count",
    "TargetConnectionErrorCount",
  ].map((name) => [name, sum(name, 1)]);
  expect(Object.fromEntries(counted)).toEqual({
    HTTPCode_ELB_3XX_Count: 1,
    HTTP_Redirect_Count: 1,
    HTTP_Fixed_Response_Count: 1,
    HTTPCode_ELB_4XX_Count: 1,
    HTTPCode_ELB_5XX_Count: 1,
    HTTPCode_ELB_502_Count: 1,
    TargetConnectionErrorCount: 1,
  });
  expect(sum("RequestCountPerTarget", 1)).toBe(5);
  expect(sum("RequestCountPerTarget", 2)).toBe(5);
  expect(sum("NewConnectionCount", 1)).toBeGreaterThanOrEqual(2);
});

test("a client that leaves before the answer is a 460, and its request counts", async () => {
  received.length = 0;
  const loadBalancer = await fixture.loadBalancer("left");
  const listener = await fixture.listener(loadBalancer, 18_082);
  const group = await fixture.group("left");
  const target = await fixture.target((request, response) => {
    if (request.url === "/health") response.end();
  });
  await fixture.register(group, target);
  await fixture.rule(listener.arn, 1, [path("/left")], [forward([group, 1])]);
  await fixture.becomes(group, target, "healthy");
  await expect(fetch(`${listener.url}/left`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  await until(() => (sum("HTTPCode_ELB_4XX_Count", 1) === 1 && sum("RequestCount", 2) === 1 ? true : undefined));
  expect(sum("HTTPCode_Target_2XX_Count", 2)).toBe(0);
});
