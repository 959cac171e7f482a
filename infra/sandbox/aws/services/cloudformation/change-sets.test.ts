import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter, type Rig, rig } from "./testing.ts";

let box: Rig;
beforeAll(async () => {
  box = await rig();
});
afterAll(() => box.stop());

async function changeSet(
  StackName: string,
  template: object,
  ChangeSetType: "CREATE" | "UPDATE" = "UPDATE",
  Tags?: { Key: string; Value: string }[],
) {
  const TemplateBody = JSON.stringify(template);
  const { Id } = await box.cloudformation.createChangeSet({
    StackName,
    ChangeSetName: `set-${Math.random().toString(36).slice(2)}`,
    ChangeSetType,
    TemplateBody,
    Tags,
    Capabilities: ["CAPABILITY_NAMED_IAM"],
  });
  return box.cloudformation.describeChangeSet({ ChangeSetName: Id, IncludePropertyValues: true });
}

const role = (name: string, max: number) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: name,
    MaxSessionDuration: max,
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
  },
});

describe("a change set", () => {
  test("that creates: the stack waits in review, then is executed", async () => {
    const made = await changeSet("fresh", { Resources: { P: parameter("/fresh/p", "v") } }, "CREATE");
    expect(made).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE" });
    expect(made.Changes?.[0]?.ResourceChange).toMatchObject({ Action: "Add", LogicalResourceId: "P" });
    expect(await box.settled("fresh")).toBe("REVIEW_IN_PROGRESS");
    await box.cloudformation.executeChangeSet({ ChangeSetName: made.ChangeSetId });
    expect(await box.settled("fresh")).toBe("CREATE_COMPLETE");
    await expect(box.cloudformation.executeChangeSet({ ChangeSetName: made.ChangeSetId })).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
    });
  });

  test("shows each property that changes, whether it replaces, and what causes it; changes nothing itself", async () => {
    const template = (name: string, max: number, text: string) => ({
      Resources: {
        Role: role(name, max),
        Role2: role("second", max),
        User: parameter("/change/user", { "Fn::GetAtt": ["Role", "Arn"] }),
        Text: parameter("/change/text", text),
        ...(text === "old"
          ? { Removed: parameter("/change/removed", "x") }
          : { Added: parameter("/change/added", "x") }),
      },
    });
    expect(await box.create("change", template("first", 3600, "old"))).toBe("CREATE_COMPLETE");
    const { Changes = [] } = await changeSet("change", template("renamed", 7200, "new"));
    const by = Object.fromEntries(
      Changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange]),
    );
    expect(by.Role).toMatchObject({ Action: "Modify", Replacement: "True" });
    expect(by.Role2).toMatchObject({ Action: "Modify", Replacement: "False", Scope: ["Properties"] });
    expect(by.Role2?.Details?.[0]).toMatchObject({
      Evaluation: "Static",
      ChangeSource: "DirectModification",
      Target: { Name: "MaxSessionDuration", RequiresRecreation: "Never", BeforeValue: "3600", AfterValue: "7200" },
    });
    expect(by.User?.Details?.[0]).toMatchObject({
      Evaluation: "Dynamic",
      ChangeSource: "ResourceAttribute",
      CausingEntity: "Role.Arn",
      Target: { Name: "Value", AfterValue: "{{changeSet:KNOWN_AFTER_APPLY}}" },
    });
    expect(by.Text?.Details?.[0]?.Target).toMatchObject({
      Path: "/Properties/Value",
      BeforeValue: "old",
      AfterValue: "new",
    });
    expect(by.Added?.Action).toBe("Add");
    expect(by.Removed).toMatchObject({ Action: "Remove", PhysicalResourceId: "/change/removed" });
    expect((await box.ssm.getParameter({ Name: "/change/text" })).Parameter?.Value).toBe("old");
  });

  test("without a change fails with AWS's words; a tag of the stack is a change", async () => {
    const template = { Resources: { P: parameter("/none/p", "v") } };
    await box.create("none", template);
    expect(await changeSet("none", template)).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    const tagged = await changeSet("none", template, "UPDATE", [{ Key: "team", Value: "blue" }]);
    expect(tagged.Changes?.[0]?.ResourceChange).toMatchObject({ Action: "Modify", Scope: ["Tags"] });
    await box.cloudformation.executeChangeSet({ ChangeSetName: tagged.ChangeSetId });
    await box.settled("none");
    const { TagList } = await box.ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: "/none/p" });
    expect(TagList).toEqual(expect.arrayContaining([{ Key: "team", Value: "blue" }]));
  });

  test("is deleted without complaint, and not found afterwards", async () => {
    await box.create("gone", { Resources: { P: parameter("/gone/p", "v") } });
    const made = await changeSet("gone", { Resources: { P: parameter("/gone/p", "w") } });
    await box.cloudformation.deleteChangeSet({ ChangeSetName: made.ChangeSetId });
    await box.cloudformation.deleteChangeSet({ StackName: "gone", ChangeSetName: made.ChangeSetName });
    await expect(box.cloudformation.describeChangeSet({ ChangeSetName: made.ChangeSetId })).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
    });
  });

  test("shows a parameter as the cause, and never the value of a NoEcho parameter", async () => {
    const template = {
      Parameters: { Word: { Type: "String", NoEcho: true } },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
      Resources: { P: parameter("/secret/p", { "Fn::Sub": "<${Word}>" }) },
    };
    await box.create("secret", template, { Word: "tiger-one" });
    const { Id } = await box.cloudformation.createChangeSet({
      StackName: "secret",
      ChangeSetName: "next",
      TemplateBody: JSON.stringify(template),
      Parameters: [{ ParameterKey: "Word", ParameterValue: "tiger-two" }],
    });
    const described = await box.cloudformation.describeChangeSet({ ChangeSetName: Id, IncludePropertyValues: true });
    const detail = described.Changes?.[0]?.ResourceChange?.Details?.[0];
    expect(detail).toMatchObject({ ChangeSource: "ParameterReference", CausingEntity: "Word" });
    expect(JSON.stringify({ ...described, $metadata: undefined })).not.toMatch(/tiger/);
  });
});

describe("what is refused", () => {
  const refused = async (template: object, Capabilities: "CAPABILITY_NAMED_IAM"[] = ["CAPABILITY_NAMED_IAM"]) => {
    const TemplateBody = JSON.stringify(template);
    const call = box.cloudformation.createStack({ StackName: "refused", TemplateBody, Capabilities });
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await box.settled("refused")).toBe("GONE");
    return error instanceof Error ? `${error.name}: ${error.message}` : "";
  };

  test("all problems of a template at once, with places and suggestions", async () => {
    const message = await refused({
      Resources: {
        A: { Type: "AWS::EC2::Subnet", Properties: { CidrBlok: "10.0.0.0/24" } },
        B: {
          Type: "AWS::ECS::TaskDefinition",
          Properties: { ContainerDefinitions: [{ Name: "web", Image: 7, Essential: "maybe" }] },
        },
      },
    });
    expect(message).toContain("3 problems");
    expect(message).toContain(
      "Resources/A/Properties: extraneous key [CidrBlok] is not permitted; did you mean 'CidrBlock'?",
    );
    expect(message).toContain("Resources/A/Properties: required key [VpcId] not found");
    expect(message).toContain(
      'Resources/B/Properties/ContainerDefinitions/0/Essential: expected true or false, got "maybe"',
    );
  });

  test.each([
    [
      { Resources: { A: { Type: "AWS::EC2::Vcp" } } },
      /Unrecognized resource types: \[AWS::EC2::Vcp\]; did you mean 'AWS::EC2::VPC'\?/,
    ],
    [{ Resources: { A: { Type: "Custom::no thing" } } }, /Unrecognized resource types: \[Custom::no thing\]/],
    [{ Resources: { A: { Type: "AWS::RDS::DBInstance" } } }, /AWS::RDS::DBInstance is not implemented by this sandbox/],
    [{ Resources: { A: parameter("/r/a", { Ref: "Nobody" }) } }, /Unresolved resource dependencies \[Nobody\]/],
    [{ Resources: { A: parameter("/r/a", { "Fn::Foo": 1 }) } }, /unknown function Fn::Foo/],
    [
      { Resources: { A: parameter("/r/a", { Ref: "B" }), B: parameter("/r/b", { Ref: "A" }) } },
      /Circular dependency between resources: \[A, B\]/,
    ],
    [
      { Transform: "AWS::Serverless-2016-10-31", Resources: { A: parameter("/r/a", "1") } },
      /Transform is not implemented/,
    ],
    [
      { Resources: { A: parameter("/r/a", { "Fn::GetAtt": ["B", "Nope"] }), B: parameter("/r/b", "1") } },
      /has no attribute Nope/,
    ],
  ])("%j", async (template, pattern) => {
    expect(await refused(template)).toMatch(pattern);
  });

  test("roles without the capability, and CDK's rule about the bootstrap version", async () => {
    const template = { Resources: { R: role("r", 3600) } };
    expect(await refused(template, [])).toMatch(
      /InsufficientCapabilitiesException: Requires capabilities : \[CAPABILITY_NAMED_IAM\]/,
    );
    const Rules = {
      CheckBootstrapVersion: {
        Assertions: [{ Assert: { "Fn::Not": [{ "Fn::Contains": [["1", "2"], "2"] }] }, AssertDescription: "too old" }],
      },
    };
    expect(await refused({ ...template, Rules })).toMatch(/Rule CheckBootstrapVersion: too old/);
  });

  test("drift detection is refused as not implemented", async () => {
    await expect(box.cloudformation.detectStackDrift({ StackName: "fresh" })).rejects.toThrow(
      /not implemented by the sandbox/,
    );
  });
});
