import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fixture, forward, path } from "./balancer.fixture.ts";

const fixture = new Fixture();
let listener: { arn: string; url: string };
let priority = 1;

beforeAll(async () => {
  await fixture.start();
  listener = await fixture.listener(await fixture.loadBalancer("sticky"));
});
afterAll(() => fixture.stop());

/** A group of two targets that answer with their names; `/…/login` sets the application's cookie. */
async function pair(name: string, attributes: Record<string, string>): Promise<string> {
  const group = await fixture.group(name);
  await fixture.attributes(group, { "stickiness.enabled": "true", ...attributes });
  const targets = await Promise.all(
    ["one", "two"].map((own) =>
      fixture.target((request, response) => {
        if (request.url?.endsWith("/login")) response.setHeader("set-cookie", "session=abc; Path=/");
        response.end(own);
      }),
    ),
  );
  await fixture.register(group, ...targets);
  await fixture.rule(listener.arn, priority++, [path(`/${name}`, `/${name}/*`)], [forward([group, 1])]);
  await Promise.all(targets.map((target) => fixture.becomes(group, target, "healthy")));
  return group;
}

/** Who answered ten requests with these cookies. */
async function answers(where: string, cookie?: string): Promise<Set<string>> {
  const ask = async () =>
    (await fetch(`${listener.url}${where}`, { headers: cookie === undefined ? {} : { cookie } })).text();
  return new Set(await Promise.all(Array.from({ length: 10 }, ask)));
}

const cookiesOf = (response: Response): string[] =>
  response.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");

test("AWSALB keeps a client at its target; its CORS twin goes first; a changed one keeps nobody", async () => {
  await pair("lb", {});
  const first = await fetch(`${listener.url}/lb`);
  const [own = "", twin = ""] = cookiesOf(first);
  const name = await first.text();
  expect([own, twin].map((cookie) => cookie.split("=")[0])).toEqual(["AWSALB", "AWSALBCORS"]);
  expect(first.headers.getSetCookie()[1]).toMatch(/; Expires=.* GMT; Path=\/; SameSite=None$/);
  expect(await answers("/lb", own)).toEqual(new Set([name]));
  expect(await answers("/lb", `AWSALB=made-up; ${twin}`)).toEqual(new Set([name]));
  expect(
    await answers(
      "/lb",
      own.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ),
  ).toEqual(new Set(["one", "two"]));
});

test("stickiness is over when its duration is", async () => {
  await pair("short", { "stickiness.lb_cookie.duration_seconds": "60" });
  const [own = ""] = cookiesOf(await fetch(`${listener.url}/short`));
  fixture.aws.faults.add({ kind: "clock-jump", seconds: 61 });
  expect(await answers("/short", own)).toEqual(new Set(["one", "two"]));
});

test("a target that leaves is followed by another, and the client is told", async () => {
  const group = await pair("leaves", {});
  const first = await fetch(`${listener.url}/leaves`);
  const [own = ""] = cookiesOf(first);
  const name = await first.text();
  const { TargetHealthDescriptions } = await fixture.elb.describeTargetHealth({ TargetGroupArn: group });
  for (const { Target } of TargetHealthDescriptions ?? []) {
    const single = { TargetGroupArn: group, Targets: [{ Id: Target?.Id }] };
    await fixture.elb.deregisterTargets(single);
    const answer = await fetch(`${listener.url}/leaves`, { headers: { cookie: own } });
    if ((await answer.text()) !== name) {
      expect(cookiesOf(answer)[0]).not.toBe(own);
      return;
    }
    await fixture.elb.registerTargets(single);
    await fixture.becomes(group, { ip: Target?.Id ?? "" }, "healthy");
  }
  throw new Error("The client stayed with a target that was gone.");
});

test("app_cookie: both cookies keep a client; without the application's there is no stickiness", async () => {
  await pair("app", { "stickiness.type": "app_cookie", "stickiness.app_cookie.cookie_name": "session" });
  expect(cookiesOf(await fetch(`${listener.url}/app`))).toEqual([]);
  const login = await fetch(`${listener.url}/app/login`);
  const name = await login.text();
  const cookies = cookiesOf(login);
  expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual(["session", "AWSALBAPP-0"]);
  expect(await answers("/app", cookies.join("; "))).toEqual(new Set([name]));
  expect(await answers("/app", cookies[1])).toEqual(new Set(["one", "two"]));
  const renewed = await fetch(`${listener.url}/app`, { headers: { cookie: cookies.join("; ") } });
  expect(cookiesOf(renewed).map((cookie) => cookie.split("=")[0])).toEqual(["AWSALBAPP-0"]);
});

test("what AWS does not allow together is refused, all at once", async () => {
  const group = await fixture.group("together");
  const set = fixture.attributes(group, {
    "stickiness.enabled": "true",
    "stickiness.type": "app_cookie",
    "load_balancing.algorithm.type": "weighted_random",
    "slow_start.duration_seconds": "60",
  });
  await expect(set).rejects.toThrow(/Slow start mode.*weighted_random.*Stickiness.*weighted_random.*cookie_name/);
  await expect(fixture.attributes(group, { "stickiness.app_cookie.cookie_name": "AWSALBAPP" })).rejects.toThrow(
    "'AWSALBAPP'",
  );
});
