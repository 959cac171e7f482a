import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fixture, forward, named, path } from "./balancer.fixture.ts";

const fixture = new Fixture();
let loadBalancer = "";
let listener: { arn: string; url: string };

beforeAll(async () => {
  await fixture.start();
  loadBalancer = await fixture.loadBalancer("control");
  listener = await fixture.listener(loadBalancer);
});
afterAll(() => fixture.stop());

const answer = { Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "200" } };
const subnets = ["subnet-a", "subnet-b"];
const vpc = { VpcId: "vpc-1", Port: 80, Protocol: "HTTP" as const };

describe("load balancers", () => {
  test("are described as AWS does, at an address that any laptop resolves", async () => {
    const { LoadBalancers } = await fixture.elb.describeLoadBalancers({ Names: ["control"] });
    expect(LoadBalancers).toEqual([
      expect.objectContaining({
        LoadBalancerArn: expect.stringMatching(
          /^arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer\/app\/control\/[0-9a-f]{16}$/,
        ),
        DNSName: "127.0.0.1",
        Scheme: "internet-facing",
        Type: "application",
        VpcId: "vpc-1",
        State: { Code: "active" },
        CreatedTime: expect.any(Date),
        AvailabilityZones: [
          expect.objectContaining({ ZoneName: "us-east-1a", SubnetId: "subnet-a" }),
          expect.objectContaining({ ZoneName: "us-east-1b", SubnetId: "subnet-b" }),
        ],
      }),
    ]);
  });

  test("creating the same again changes nothing; with other settings it is a duplicate", async () => {
    expect(await fixture.loadBalancer("control")).toBe(loadBalancer);
    const other = fixture.elb.createLoadBalancer({ Name: "control", Subnets: subnets, Scheme: "internal" });
    await expect(other).rejects.toMatchObject({ name: "DuplicateLoadBalancerNameException" });
  });

  test("are deleted with their listeners and ports, unless protected", async () => {
    const arn = await fixture.loadBalancer("passing");
    const { url } = await fixture.listener(arn, 18_090);
    const protect = (Value: string) =>
      fixture.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn: arn,
        Attributes: [{ Key: "deletion_protection.enabled", Value }],
      });
    await protect("true");
    await expect(fixture.elb.deleteLoadBalancer({ LoadBalancerArn: arn })).rejects.toThrow("deletion protection");
    expect((await fetch(url)).status).toBe(404);
    await protect("false");
    await fixture.elb.deleteLoadBalancer({ LoadBalancerArn: arn });
    await expect(fetch(url)).rejects.toThrow();
    await expect(fixture.elb.describeListeners({ LoadBalancerArn: arn })).rejects.toMatchObject({
      name: "LoadBalancerNotFoundException",
    });
    await fixture.elb.deleteLoadBalancer({ LoadBalancerArn: arn });
  });
});

describe("target groups", () => {
  test("have AWS's defaults", async () => {
    const arn = (await fixture.elb.createTargetGroup({ Name: "plain", TargetType: "ip", ...vpc })).TargetGroups?.[0];
    expect(arn).toMatchObject({
      HealthCheckPath: "/",
      HealthCheckPort: "traffic-port",
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: "200" },
      LoadBalancerArns: [],
      TargetType: "ip",
      ProtocolVersion: "HTTP1",
    });
    const { Attributes } = await fixture.elb.describeTargetGroupAttributes({ TargetGroupArn: arn?.TargetGroupArn });
    expect(Attributes).toContainEqual({ Key: "deregistration_delay.timeout_seconds", Value: "300" });
  });

  test("name every wrong health-check field at once", async () => {
    const wrong = fixture.group("wrong", {
      HealthCheckIntervalSeconds: 3,
      HealthCheckTimeoutSeconds: 400,
      HealthyThresholdCount: 1,
      HealthCheckPath: "health",
      Matcher: { HttpCode: "600" },
    });
    await expect(wrong).rejects.toThrow(/interval '3'.*timeout '400'.*threshold count '1'.*path 'health'.*code '600'/s);
  });

  test.each([
    ["a name of 33 characters", { Name: "a".repeat(33) }, "ValidationError"],
    ["a name that ends with a hyphen", { Name: "a-" }, "ValidationError"],
    ["targets by instance id", { TargetType: "instance" as const }, "NotImplemented"],
    ["a Lambda function", { TargetType: "lambda" as const }, "NotImplemented"],
    ["HTTP/2 to targets", { ProtocolVersion: "HTTP2" }, "NotImplemented"],
    ["no VPC", { VpcId: "" }, "ValidationError"],
  ])("refuse %s", async (_, more, name) => {
    await expect(fixture.group("refused", more)).rejects.toMatchObject({ name });
  });

  test("in use cannot be deleted, and say who uses them", async () => {
    const arn = await fixture.group("used");
    const RuleArn = await fixture.rule(listener.arn, 10, [path("/used")], [forward([arn, 0])]);
    const { TargetGroups } = await fixture.elb.describeTargetGroups({ LoadBalancerArn: loadBalancer });
    expect(TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)).toEqual(["used"]);
    await expect(fixture.elb.deleteTargetGroup({ TargetGroupArn: arn })).rejects.toThrow(
      `Target group '${arn}' is currently in use by a listener or a rule`,
    );
    await fixture.elb.deleteRule({ RuleArn });
    await fixture.elb.deleteTargetGroup({ TargetGroupArn: arn });
  });

  test("belong to one load balancer", async () => {
    const arn = await fixture.group("one-owner");
    await fixture.rule(listener.arn, 11, [path("/one-owner")], [forward([arn, 1])]);
    const other = await fixture.listener(await fixture.loadBalancer("other"), 18_091);
    await expect(fixture.rule(other.arn, 1, [path("/x")], [forward([arn, 1])])).rejects.toMatchObject({
      name: "TargetGroupAssociationLimitException",
    });
  });

  test("refuse an unknown attribute, a wrong value, and one that is not implemented", async () => {
    const TargetGroupArn = await fixture.group("attributes");
    const modify = (Key: string, Value: string) =>
      fixture.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes: [{ Key, Value }] });
    await expect(modify("speed", "1")).rejects.toThrow("The attribute key 'speed' is not recognized");
    await expect(modify("deregistration_delay.timeout_seconds", "3601")).rejects.toThrow("'3601'");
    await expect(modify("load_balancing.algorithm.anomaly_mitigation", "on")).rejects.toMatchObject({
      name: "NotImplemented",
    });
  });

  test("refuse addresses outside private networks, all at once", async () => {
    const TargetGroupArn = await fixture.group("public");
    const Targets = [{ Id: "8.8.8.8" }, { Id: "10.0.0.9", Port: 70_000 }, { Id: "i-0123" }];
    await expect(fixture.elb.registerTargets({ TargetGroupArn, Targets })).rejects.toThrow(
      /8\.8\.8\.8.*70000.*i-0123/s,
    );
  });
});

describe("listeners and rules", () => {
  test("a port that another program has is replaced by a free one, which describe calls show", async () => {
    const taken = Number(new URL(listener.url).port);
    const second = await fixture.listener(await fixture.loadBalancer("second"), taken);
    expect(second.url).not.toBe(listener.url);
    expect((await fetch(second.url)).status).toBe(404);
  });

  test("HTTPS is refused: there is no certificate to serve", async () => {
    const create = (more: object) =>
      fixture.elb.createListener({
        LoadBalancerArn: loadBalancer,
        Port: 443,
        Protocol: "HTTPS",
        DefaultActions: [answer],
        ...more,
      });
    await expect(create({})).rejects.toThrow("A certificate must be specified");
    await expect(create({ Certificates: [{ CertificateArn: "arn:aws:acm:c" }] })).rejects.toMatchObject({
      name: "CertificateNotFoundException",
    });
  });

  test("the default rule is last, cannot be deleted, and changes with the listener", async () => {
    const { Rules } = await fixture.elb.describeRules({ ListenerArn: listener.arn });
    const last = Rules?.at(-1);
    expect(last).toMatchObject({ IsDefault: true, Priority: "default", Conditions: [] });
    await expect(fixture.elb.deleteRule({ RuleArn: last?.RuleArn })).rejects.toMatchObject({
      name: "OperationNotPermittedException",
    });
    const DefaultActions = [{ ...answer, FixedResponseConfig: { StatusCode: "410" } }];
    await fixture.elb.modifyListener({ ListenerArn: listener.arn, DefaultActions });
    expect((await fetch(listener.url)).status).toBe(410);
  });

  test("a plain forward is shown in both forms", async () => {
    const TargetGroupArn = await fixture.group("forms");
    const action = { Type: "forward" as const, TargetGroupArn };
    await fixture.rule(listener.arn, 20, [{ Field: "path-pattern", Values: ["/forms"] }], [action]);
    const { Rules } = await fixture.elb.describeRules({ ListenerArn: listener.arn });
    expect(Rules?.find(({ Priority }) => Priority === "20")).toMatchObject({
      Conditions: [{ Field: "path-pattern", Values: ["/forms"], PathPatternConfig: { Values: ["/forms"] } }],
      Actions: [
        {
          TargetGroupArn,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    });
  });

  test.each([
    ["a priority in use", 20, [path("/x")], [answer], "Priority '20' is currently in use"],
    ["a priority out of range", 50_001, [path("/x")], [answer], "Priority '50001'"],
    ["no condition", 21, [], [answer], "A condition must be specified"],
    ["an unknown field", 21, [{ Field: "path", Values: ["/x"] }], [answer], "Condition field 'path' must be one of"],
    ["two path conditions", 21, [path("/x"), path("/y")], [answer], "only have one 'path-pattern'"],
    ["six values", 21, [path("/1", "/2", "/3", "/4", "/5", "/6")], [answer], "only have '5' condition values"],
    [
      "a CIDR block that is none",
      21,
      [{ Field: "source-ip", SourceIpConfig: { Values: ["here/8"] } }],
      [answer],
      "here",
    ],
    ["a lookahead", 22, [{ Field: "path-pattern", RegexValues: ["^/(?=a)"] }], [answer], "uses lookaheads"],
    ["a backreference", 23, [{ Field: "host-header", RegexValues: ["(a)\\1"] }], [answer], "uses backreferences"],
    ["four values", 24, [path("/1", "/2", "/3", "/4")], [answer], "can only have '3' values"],
    ["six wildcards", 25, [path("/*/*", "/*/*", "/*/?")], [answer], "can only have '5' condition wildcards"],
    ["an expression that is none", 21, [{ Field: "path-pattern", RegexValues: ["("] }], [answer], "regular expression"],
    ["a group that does not exist", 21, [path("/x")], [forward(["arn:none", 1])], "Target group 'arn:none' not found"],
    ["a weight of 1000", 21, [path("/x")], [forward(["arn:none", 1000])], "not found"],
    [
      "a redirect to itself",
      21,
      [path("/x")],
      [{ Type: "redirect" as const, RedirectConfig: { StatusCode: "HTTP_301" as const } }],
      "creates a loop",
    ],
    ["two answers", 21, [path("/x")], [answer, answer], "exactly one"],
  ])("refuse %s and change nothing", async (_, priority, conditions, actions, message) => {
    const before = await fixture.elb.describeRules({ ListenerArn: listener.arn });
    await expect(fixture.rule(listener.arn, priority, conditions, actions)).rejects.toThrow(message);
    const after = await fixture.elb.describeRules({ ListenerArn: listener.arn });
    expect(after.Rules).toEqual(before.Rules);
  });

  test("pages follow one another", async () => {
    const all = (await fixture.elb.describeRules({ ListenerArn: listener.arn })).Rules ?? [];
    const first = await fixture.elb.describeRules({ ListenerArn: listener.arn, PageSize: 1 });
    const rest = await fixture.elb.describeRules({ ListenerArn: listener.arn, Marker: first.NextMarker });
    expect([...(first.Rules ?? []), ...(rest.Rules ?? [])]).toEqual(all);
    expect(all.length).toBeGreaterThan(1);
  });

  test("tags are added, replaced and removed", async () => {
    const ResourceArns = [listener.arn];
    await fixture.elb.addTags({
      ResourceArns,
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2" },
      ],
    });
    await fixture.elb.addTags({ ResourceArns, Tags: [{ Key: "a", Value: "3" }] });
    await fixture.elb.removeTags({ ResourceArns, TagKeys: ["b"] });
    const { TagDescriptions } = await fixture.elb.describeTags({ ResourceArns });
    expect(TagDescriptions).toEqual([{ ResourceArn: listener.arn, Tags: [{ Key: "a", Value: "3" }] }]);
  });

  test("the hundred-and-first rule is one too many", async () => {
    const busy = await fixture.listener(await fixture.loadBalancer("busy"), 18_092);
    await Promise.all(Array.from({ length: 100 }, (_, i) => fixture.rule(busy.arn, i + 1, [path(`/${i}`)], [answer])));
    await expect(fixture.rule(busy.arn, 101, [path("/x")], [answer])).rejects.toMatchObject({
      name: "TooManyRulesException",
    });
  });
});

test("a restart brings listeners back on their ports, with rules, targets and health", async () => {
  const target = await fixture.target(named("back"));
  const group = await fixture.group("restart");
  await fixture.register(group, target);
  await fixture.rule(listener.arn, 40, [path("/restart")], [forward([group, 1])]);
  await fixture.becomes(group, target, "healthy");
  await fixture.pause();
  await expect(fetch(listener.url)).rejects.toThrow();
  await fixture.start();
  await fixture.becomes(group, target, "healthy");
  expect(await (await fetch(`${listener.url}/restart`)).text()).toBe("back");
});
