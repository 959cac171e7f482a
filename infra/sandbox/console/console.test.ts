import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { AwsClients } from "../aws/kernel.ts";
import { Fleet } from "../aws/services/ecs/fleet.fixture.ts";
import { until } from "../aws/services/ecs/until.fixture.ts";
import { consoleHandler } from "./console.ts";
import type { ConsoleState, ServiceState } from "./state.ts";

const NOW = new Date("2026-01-02T03:04:05.000Z");
const HOSTILE = "<script>alert(1)</script>";

/** The console as the sandbox serves it: other paths are somebody else's. */
async function serve(aws: AwsClients): Promise<{ url: string; server: Server }> {
  const handle = consoleHandler(aws, () => NOW);
  const server = createServer((request, response) => {
    handle(request, response).then((handled) => handled || response.end("not the console's"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const read = async (url: string): Promise<ConsoleState> =>
  (await (await fetch(`${url}/_console/state.json`)).json()) as ConsoleState;

describe("with a fleet", () => {
  const fleet = new Fleet();
  let url = "";
  let server: Server;

  beforeAll(async () => {
    await fleet.start();
    ({ url, server } = await serve(fleet.aws.aws));
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await fleet.stop();
  });

  test("empty: nothing, and no problem", async () => {
    expect(await read(url)).toEqual({ at: NOW.toISOString(), services: [], alarms: [], stacks: [], problems: [] });
  });

  test("full: image, traffic, targets, deployments, events, logs, alarms and who", async () => {
    const { aws } = fleet.aws;
    await fleet.build();
    await aws.logs.createLogGroup({ logGroupName: "/ecs/alpha" });
    await aws.cloudwatch.putMetricAlarm({
      AlarmName: HOSTILE,
      MetricName: "RequestCount",
      Namespace: "AWS/ApplicationELB",
      ComparisonOperator: "GreaterThanThreshold",
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: "Sum",
      Threshold: 1,
    });
    const image = await fleet.push("v1");
    const digest = image.split("@")[1] ?? "";
    const record = { digest: image, commit: "c0ffee", actor: "octocat", run: 7, verdict: "DEPLOYED" };
    await aws.ssm.putParameter({ Name: "/any/alpha/ledger", Type: "String", Value: JSON.stringify(record) });
    await aws.ssm.putParameter({ Name: "/other/ledger", Type: "String", Value: HOSTILE });
    const options = { "awslogs-group": "/ecs/alpha", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app" };
    const definition = await fleet.define(image, {
      containerDefinitions: [
        {
          name: "app",
          image,
          portMappings: [{ containerPort: 9000 }],
          environment: [{ name: "PORT", value: "9000" }],
          logConfiguration: { logDriver: "awslogs", options },
        },
      ],
    });
    await fleet.create(definition, { bakeTimeInMinutes: 0 });
    const state = await until(async () => {
      const seen = await read(url);
      const [alpha] = seen.services;
      const done = alpha?.deployments[0]?.status === "SUCCESSFUL" && alpha.running === 1 && alpha.logs.length > 0;
      return done ? seen : undefined;
    });
    expect(state.problems).toEqual([]);
    expect(state.alarms).toMatchObject([{ name: HOSTILE }]);
    const [alpha] = state.services as [ServiceState];
    expect(alpha).toMatchObject({
      name: "alpha",
      cluster: "fleet",
      desired: 1,
      image: { repository: "alpha", digest, tags: ["v1"] },
      ledger: { commit: "c0ffee", actor: "octocat", run: "7", verdict: "DEPLOYED" },
      logs: ["started v1"],
    });
    expect(alpha.routes.map(({ kind, url }) => [kind, url])).toEqual(
      [
        ["production", fleet.productionUrl],
        ["test", fleet.testUrl],
      ].map(([kind, at]) => [kind, `${at}`]),
    );
    const live = alpha.routes[0]?.shares.find(({ percent }) => percent === 100)?.group;
    expect(alpha.targets).toEqual([expect.objectContaining({ group: live, state: "healthy" })]);
    expect(alpha.events.length).toBeGreaterThan(0);
  });
});

describe("pages", () => {
  /** Every call is refused, as by a sandbox that was started without any service. */
  const broken = new Proxy({} as AwsClients, {
    get: () => new Proxy({}, { get: () => () => Promise.reject(new Error("not implemented")) }),
  });
  let url = "";
  let server: Server;
  beforeAll(async () => {
    ({ url, server } = await serve(broken));
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test("what cannot be read is said, and is no failure", async () => {
    const { services, problems } = await read(url);
    expect(services).toEqual([]);
    expect(problems).toContain("The fleet could not be read: not implemented");
  });

  test.each([
    ["/_console", 200, "text/html"],
    ["/_console/", 200, "text/html"],
    ["/_console/style.css", 200, "text/css"],
    ["/_console/page.js", 200, "text/javascript"],
    ["/_console/state.json?x=1", 200, "application/json"],
    ["/_console/console.ts", 404, "text/plain"],
    ["/_console/..%2fconsole.ts", 404, "text/plain"],
    ["/_consolez", 200, null],
  ])("%s is %i", async (path, status, type) => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(status);
    if (type) expect(response.headers.get("content-type")).toContain(type);
    else expect(await response.text()).toBe("not the console's");
  });

  test("only reading is allowed", async () => {
    expect((await fetch(`${url}/_console`, { method: "POST" })).status).toBe(405);
  });

  test("nothing comes from elsewhere, and text never becomes HTML", async () => {
    const [page, script, style] = await Promise.all(
      ["page.html", "page.js", "style.css"].map((file) => readFile(new URL(file, import.meta.url), "utf8")),
    );
    expect(`${page}${script}${style}`).not.toMatch(/https?:\/\/(?!")[a-z]/i);
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
    const { headers } = await fetch(`${url}/_console`);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});
