import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Rig, rig } from "../testing.ts";

let box: Rig;
beforeAll(async () => {
  box = await rig();
});
afterAll(() => box.stop());

const ref = (Ref: string) => ({ Ref });
const get = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const resource = (Type: string, Properties: object) => ({ Type: `AWS::${Type}`, Properties });

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** `version` 1 is created, 2 is the update in place. */
const template = (version: number) => ({
  Resources: {
    Role: resource("IAM::Role", { AssumeRolePolicyDocument: trust }),
    Function: resource("Lambda::Function", {
      Role: get("Role", "Arn"),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: `exports.handler = async (event) => ({ version: ${version}, who: process.env.WHO, event });` },
      Environment: { Variables: { WHO: `v${version}` } },
      Timeout: 5 + version,
      Tags: [{ Key: "v", Value: String(version) }],
    }),
    [`Version${version}`]: resource("Lambda::Version", { FunctionName: ref("Function") }),
    Alias: resource("Lambda::Alias", {
      FunctionName: ref("Function"),
      FunctionVersion: get(`Version${version}`, "Version"),
      Name: "live",
    }),
    Permission: resource("Lambda::Permission", {
      FunctionName: ref("Function"),
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: get("Rule", "Arn"),
    }),
    Retries: resource("Lambda::EventInvokeConfig", {
      FunctionName: ref("Function"),
      Qualifier: "$LATEST",
      MaximumRetryAttempts: version - 1,
    }),
    Topic: resource("SNS::Topic", {
      DisplayName: `v${version}`,
      Subscription: [{ Protocol: "email", Endpoint: `v${version}@example.com` }],
    }),
    Subscription: resource("SNS::Subscription", {
      TopicArn: ref("Topic"),
      Protocol: "lambda",
      Endpoint: get("Function", "Arn"),
      FilterPolicy: { version: [String(version)] },
    }),
    Policy: resource("SNS::TopicPolicy", {
      Topics: [ref("Topic")],
      PolicyDocument: { Version: "2012-10-17", Statement: [{ Sid: `v${version}`, Effect: "Allow", Principal: "*" }] },
    }),
    Bus: resource("Events::EventBus", { Name: "orders", Description: `v${version}` }),
    Rule: resource("Events::Rule", {
      EventPattern: { source: [`v${version}`] },
      Targets: [{ Id: `t${version}`, Arn: get("Function", "Arn") }],
    }),
    OwnRule: resource("Events::Rule", {
      EventBusName: ref("Bus"),
      EventPattern: { source: ["x"] },
      State: version === 2 ? "DISABLED" : "ENABLED",
    }),
  },
  Outputs: Object.fromEntries(
    Object.entries({
      Function: ref("Function"),
      Topic: ref("Topic"),
      Alias: ref("Alias"),
      Rule: ref("Rule"),
      Own: ref("OwnRule"),
    }).map(([name, Value]) => [name, { Value }]),
  ),
});

const answer = async (FunctionName: string | undefined) => {
  const { Payload } = await box.aws.lambda.invoke({ FunctionName, Payload: "{}" });
  return JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown;
};

async function done(run: Promise<string>, wanted: string): Promise<void> {
  const status = await run;
  expect({ status, why: status === wanted || wanted === "GONE" ? "" : await box.reasons("works") }).toEqual({
    status: wanted,
    why: "",
  });
}

test("functions, topics and rules are created, updated in place and deleted", async () => {
  await done(box.create("works", template(1)), "CREATE_COMPLETE");
  const { Function: name, Topic: TopicArn, Alias, Rule, Own } = await box.outputs("works");
  expect(await answer(name)).toMatchObject({ version: 1, who: "v1" });
  expect(await answer(Alias)).toMatchObject({ version: 1 });
  expect(Own).toMatch(/^orders\|works-OwnRule-/);
  expect((await box.aws.events.listTargetsByRule({ Rule })).Targets).toMatchObject([{ Id: "t1" }]);

  await done(box.update("works", template(2)), "UPDATE_COMPLETE");
  expect(await answer(name)).toMatchObject({ version: 2, who: "v2" });
  expect(await answer(Alias)).toMatchObject({ version: 2 });
  expect((await box.aws.events.listTargetsByRule({ Rule })).Targets).toMatchObject([{ Id: "t2" }]);
  expect((await box.aws.sns.getTopicAttributes({ TopicArn })).Attributes).toMatchObject({
    DisplayName: "v2",
    Policy: expect.stringContaining("v2"),
    SubscriptionsConfirmed: "1",
  });

  await done(box.remove("works"), "GONE");
  expect((await box.aws.lambda.listFunctions({})).Functions).toEqual([]);
  expect((await box.aws.events.listRules({})).Rules).toEqual([]);
  expect((await box.aws.sns.listTopics({})).Topics).toEqual([]);
});
