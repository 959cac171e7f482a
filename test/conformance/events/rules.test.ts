import { EventBridge } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { events } from "../../../infra/sandbox/aws/services/events/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: EventBridge;
beforeAll(async () => {
  target = await startTarget([events]);
  client = new EventBridge(target.config);
});
afterAll(async () => {
  client.destroy();
  await target.stop();
});

const EventPattern = JSON.stringify({ source: ["conformance"] });

/** A rule that is gone after the test. */
async function withRule(run: (Name: string, RuleArn: string) => Promise<void>): Promise<void> {
  const Name = target.unique("rule");
  const { RuleArn = "" } = await client.putRule({ Name, EventPattern, Description: "first" });
  try {
    await run(Name, RuleArn);
  } finally {
    const { Targets = [] } = await client.listTargetsByRule({ Rule: Name });
    if (Targets.length > 0) await client.removeTargets({ Rule: Name, Ids: Targets.map(({ Id = "" }) => Id) });
    await client.deleteRule({ Name });
  }
}

/** A topic that need not exist to be a target. */
const topicArn = (ruleArn: string) => {
  const [, , , region, account] = ruleArn.split(":");
  return `arn:aws:sns:${region}:${account}:conformance-none`;
};

const state = async (Name: string) => (await client.describeRule({ Name })).State;

test("PutRule: a pattern or a schedule, both checked", () =>
  withRule(async (Name, arn) => {
    expect(arn).toMatch(new RegExp(`:rule/${Name}$`));
    await client.putRule({ Name, ScheduleExpression: "rate(5 minutes)", State: "DISABLED" });
    expect(await client.describeRule({ Name })).toMatchObject({
      ScheduleExpression: "rate(5 minutes)",
      State: "DISABLED",
    });
    const put = (more: object) => expect(client.putRule({ Name, ...more })).rejects;
    await put({}).toMatchObject({ name: "ValidationException" });
    await put({ EventPattern: '{"source":"x"}' }).toMatchObject({ name: "InvalidEventPatternException" });
    await put({ ScheduleExpression: "rate(5 minute)" }).toMatchObject({ name: "ValidationException" });
    await put({ EventPattern, EventBusName: `${Name}-none` }).toMatchObject({ name: "ResourceNotFoundException" });
  }));

test("DescribeRule: what was put", () =>
  withRule(async (Name, Arn) => {
    expect(await client.describeRule({ Name })).toMatchObject({
      Name,
      Arn,
      EventPattern,
      State: "ENABLED",
      Description: "first",
      EventBusName: "default",
    });
    await expect(client.describeRule({ Name: `${Name}-none` })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));

test("ListRules: by prefix", () =>
  withRule(async (Name) => {
    const { Rules = [] } = await client.listRules({ NamePrefix: Name });
    expect(Rules.map((rule) => rule.Name)).toEqual([Name]);
  }));

test("DisableRule: it matches nothing any more", () =>
  withRule(async (Name) => {
    await client.disableRule({ Name });
    expect(await state(Name)).toBe("DISABLED");
  }));

test("EnableRule: and again", () =>
  withRule(async (Name) => {
    await client.disableRule({ Name });
    await client.enableRule({ Name });
    expect(await state(Name)).toBe("ENABLED");
  }));

test("DeleteRule: not while it has targets", () =>
  withRule(async (Name, arn) => {
    await client.putTargets({ Rule: Name, Targets: [{ Id: "one", Arn: topicArn(arn) }] });
    await expect(client.deleteRule({ Name })).rejects.toMatchObject({ name: "ValidationException" });
  }));

test("PutTargets: adds and replaces by id", () =>
  withRule(async (Rule, arn) => {
    const Arn = topicArn(arn);
    const one = { Id: "one", Arn, InputPath: "$.detail" };
    expect(await client.putTargets({ Rule, Targets: [one, { Id: "two", Arn }] })).toMatchObject({
      FailedEntryCount: 0,
    });
    await client.putTargets({ Rule, Targets: [{ Id: "two", Arn, Input: '{"a":1}' }] });
    const { Targets } = await client.listTargetsByRule({ Rule });
    expect(Targets).toEqual(expect.arrayContaining([one, { Id: "two", Arn, Input: '{"a":1}' }]));
    const none = client.putTargets({ Rule: `${Rule}-none`, Targets: [one] });
    await expect(none).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  }));

test("RemoveTargets: by id", () =>
  withRule(async (Rule, arn) => {
    await client.putTargets({ Rule, Targets: [{ Id: "one", Arn: topicArn(arn) }] });
    expect(await client.removeTargets({ Rule, Ids: ["one"] })).toMatchObject({ FailedEntryCount: 0 });
    expect((await client.listTargetsByRule({ Rule })).Targets).toEqual([]);
  }));

test("ListTargetsByRule: of a rule that is there", () =>
  withRule(async (Rule, arn) => {
    await client.putTargets({ Rule, Targets: [{ Id: "one", Arn: topicArn(arn) }] });
    expect((await client.listTargetsByRule({ Rule })).Targets).toEqual([{ Id: "one", Arn: topicArn(arn) }]);
    await expect(client.listTargetsByRule({ Rule: `${Rule}-none` })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));

test("ListRuleNamesByTarget: which rules lead there", () =>
  withRule(async (Rule, arn) => {
    const TargetArn = `${topicArn(arn)}-${Rule}`;
    await client.putTargets({ Rule, Targets: [{ Id: "one", Arn: TargetArn }] });
    expect((await client.listRuleNamesByTarget({ TargetArn })).RuleNames).toEqual([Rule]);
  }));

const event = {
  id: "1",
  account: "123456789012",
  source: "conformance",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  "detail-type": "Test",
  detail: { state: "on", count: 7 },
};

test("TestEventPattern: each kind of comparison", async () => {
  const result = async (detail: object) =>
    (await client.testEventPattern({ EventPattern: JSON.stringify({ detail }), Event: JSON.stringify(event) })).Result;
  expect(await result({ state: ["on", "off"] })).toBe(true);
  expect(await result({ state: [{ "anything-but": "on" }] })).toBe(false);
  expect(await result({ state: [{ prefix: "o" }], count: [{ numeric: [">", 5, "<=", 7] }] })).toBe(true);
  expect(await result({ none: [{ exists: false }] })).toBe(true);
  expect(await result({ state: [{ wildcard: "*f" }] })).toBe(false);
  expect(await result({ $or: [{ state: ["off"] }, { count: [7] }] })).toBe(true);
  await expect(result({ state: [{ sounds: "like" }] })).rejects.toMatchObject({ name: "InvalidEventPatternException" });
});

test("PutEvents: each entry has its own result", async () => {
  const good = { Source: "conformance", DetailType: "Test", Detail: "{}" };
  const Entries = [good, { ...good, Detail: "[" }, { ...good, Source: "aws.ecs" }, { Source: "conformance" }];
  const answer = await client.putEvents({ Entries });
  expect(answer.FailedEntryCount).toBe(3);
  expect(answer.Entries).toMatchObject([
    { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    { ErrorCode: "MalformedDetail" },
    { ErrorCode: "NotAuthorizedForSourceException" },
    { ErrorCode: "InvalidArgument" },
  ]);
  await expect(client.putEvents({ Entries: Array.from({ length: 11 }, () => good) })).rejects.toMatchObject({
    name: "ValidationException",
  });
});
