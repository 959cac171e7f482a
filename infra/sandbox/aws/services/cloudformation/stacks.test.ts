import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter, type Rig, rig } from "./testing.ts";

let box: Rig;
beforeAll(async () => {
  box = await rig();
});
afterAll(() => box.stop());

const value = async (Name: string) => (await box.ssm.getParameter({ Name })).Parameter?.Value;

describe("a stack's life", () => {
  test("creates in dependency order, resolves functions, and shows outputs", async () => {
    const template = {
      Parameters: { Stage: { Type: "String", Default: "test" } },
      Conditions: { IsTest: { "Fn::Equals": [{ Ref: "Stage" }, "test"] } },
      Mappings: { Sizes: { test: { cpu: 256 }, prod: { cpu: 1024 } } },
      Resources: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
        Last: parameter("/order/last", { "Fn::Sub": ["${First.Value}-${Word}-${AWS::Region}", { Word: "x" }] }),
        First: parameter("/order/first", { "Fn::FindInMap": ["Sizes", { Ref: "Stage" }, "cpu"] }),
        Never: parameter("/order/never", "n", { Condition: "IsProd" }),
      },
      Outputs: {
        Joined: { Value: { "Fn::Join": ["/", [{ Ref: "Last" }, { "Fn::GetAtt": ["First", "Type"] }]] } },
        Test: { Value: "yes", Condition: "IsTest" },
      },
    };
    const whole = {
      ...template,
      Conditions: { ...template.Conditions, IsProd: { "Fn::Not": [{ Condition: "IsTest" }] } },
    };
    expect(await box.create("order", whole)).toBe("CREATE_COMPLETE");
    expect(await value("/order/last")).toBe("256-x-us-east-1");
    expect(await box.outputs("order")).toEqual({ Joined: "/order/last/String", Test: "yes" });
    const events = await box.events("order");
    expect(events.indexOf("First CREATE_COMPLETE")).toBeLessThan(events.indexOf("Last CREATE_IN_PROGRESS"));
    expect(events[0]).toBe("order CREATE_IN_PROGRESS");
    expect(events.at(-1)).toBe("order CREATE_COMPLETE");
    expect(events.some((event) => event.startsWith("Never"))).toBe(false);
    expect(await box.remove("order")).toBe("GONE");
    await expect(value("/order/last")).rejects.toThrow();
  });

  test("rolls a failed creation back and deletes what it made", async () => {
    const Resources = {
      Good: parameter("/back/good", "1"),
      Bad: {
        Type: "AWS::SSM::Parameter",
        Properties: { Name: "aws/reserved", Type: "String", Value: "x" },
        DependsOn: "Good",
      },
    };
    expect(await box.create("back", { Resources })).toBe("ROLLBACK_COMPLETE");
    await expect(value("/back/good")).rejects.toThrow();
    const events = await box.events("back");
    expect(events).toEqual(
      expect.arrayContaining(["Bad CREATE_FAILED", "back ROLLBACK_IN_PROGRESS", "Good DELETE_COMPLETE"]),
    );
    expect(await box.reasons("back")).toContain("The following resource(s) failed to create: [Bad].");
    await expect(box.update("back", { Resources })).rejects.toThrow(/ROLLBACK_COMPLETE state and can not be updated/);
  });

  test("rolls a failed update back to the properties that were", async () => {
    const before = { Resources: { A: parameter("/undo/a", "old"), Gone: parameter("/undo/gone", "still here") } };
    expect(await box.create("undo", before)).toBe("CREATE_COMPLETE");
    const Bad = parameter("aws/reserved", "x", { DependsOn: ["A", "New", "Moved"] });
    const Resources = {
      A: parameter("/undo/a", "new"),
      New: parameter("/undo/new", "1"),
      Moved: parameter("/undo/moved", "1"),
      Bad,
    };
    expect(await box.update("undo", { Resources })).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await value("/undo/a")).toBe("old");
    expect(await value("/undo/gone")).toBe("still here");
    await expect(value("/undo/new")).rejects.toThrow();
    const { StackResources = [] } = await box.cloudformation.describeStackResources({ StackName: "undo" });
    expect(StackResources.map((one) => one.LogicalResourceId).sort()).toEqual(["A", "Gone"]);
    const { TemplateBody } = await box.cloudformation.getTemplate({ StackName: "undo" });
    expect(JSON.parse(TemplateBody ?? "")).toEqual(before);
  });

  test("replaces when a property demands it: creates the new one first, deletes the old one in the clean-up", async () => {
    expect(await box.create("swap", { Resources: { P: parameter("/swap/one", "v") } })).toBe("CREATE_COMPLETE");
    expect(await box.update("swap", { Resources: { P: parameter("/swap/two", "v") } })).toBe("UPDATE_COMPLETE");
    expect(await value("/swap/two")).toBe("v");
    await expect(value("/swap/one")).rejects.toThrow();
    const events = await box.events("swap");
    expect(events.indexOf("swap UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")).toBeLessThan(
      events.indexOf("P DELETE_IN_PROGRESS"),
    );
  });

  test("a replacement that fails keeps the old resource", async () => {
    const old = { Resources: { P: parameter("/keep/one", "v") } };
    expect(await box.create("keep", old)).toBe("CREATE_COMPLETE");
    const Resources = { P: parameter("/keep/two", "v"), Bad: parameter("aws/reserved", "x", { DependsOn: "P" }) };
    expect(await box.update("keep", { Resources })).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await value("/keep/one")).toBe("v");
    await expect(value("/keep/two")).rejects.toThrow();
    const { StackResourceDetail } = await box.cloudformation.describeStackResource({
      StackName: "keep",
      LogicalResourceId: "P",
    });
    expect(StackResourceDetail?.PhysicalResourceId).toBe("/keep/one");
  });

  test("retains what its policy retains", async () => {
    const Resources = { P: parameter("/retain/p", "v", { DeletionPolicy: "Retain" }) };
    await box.create("retain", { Resources });
    expect(await box.remove("retain")).toBe("GONE");
    expect(await value("/retain/p")).toBe("v");
  });

  test("refuses an update without a change, a second stack of a name, and deleting a protected one", async () => {
    const template = { Resources: { P: parameter("/same/p", "v") } };
    await box.create("same", template);
    await expect(box.update("same", template)).rejects.toThrow("No updates are to be performed.");
    await expect(box.create("same", template)).rejects.toThrow("Stack [same] already exists");
    await box.cloudformation.updateTerminationProtection({ StackName: "same", EnableTerminationProtection: true });
    await expect(box.remove("same")).rejects.toThrow(/cannot be deleted while TerminationProtection is enabled/);
  });
});

describe("exports", () => {
  test("are found by other stacks and protected while they are used", async () => {
    const base = (text: string) => ({
      Resources: { P: parameter("/export/p", text) },
      Outputs: { Name: { Value: { "Fn::GetAtt": ["P", "Value"] }, Export: { Name: "shared-name" } } },
    });
    const user = { Resources: { P: parameter("/import/p", { "Fn::ImportValue": "shared-name" }) } };
    await expect(box.create("importer", user)).rejects.toThrow("No export named shared-name found.");
    await box.create("exporter", base("one"));
    expect(await box.create("importer", user)).toBe("CREATE_COMPLETE");
    expect(await value("/import/p")).toBe("one");
    expect((await box.cloudformation.listImports({ ExportName: "shared-name" })).Imports).toEqual(["importer"]);
    expect(await box.update("exporter", base("two"))).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await box.reasons("exporter")).toContain("Export shared-name cannot be updated as it is in use by importer");
    expect(await box.remove("exporter")).toBe("DELETE_FAILED");
    await box.remove("importer");
    expect(await box.remove("exporter")).toBe("GONE");
  });
});

describe("parameters", () => {
  test("come from SSM, are shown resolved, and follow SSM at the next update", async () => {
    await box.ssm.putParameter({ Name: "/source/image", Value: "one", Type: "String" });
    const template = {
      Parameters: {
        Image: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/source/image" },
        Secret: { Type: "String", NoEcho: true },
      },
      Resources: { P: parameter("/target/image", { Ref: "Image" }), S: parameter("/target/secret", { Ref: "Secret" }) },
    };
    await box.create("ssm", template, { Secret: "hush-hush" });
    const { Stacks = [] } = await box.cloudformation.describeStacks({ StackName: "ssm" });
    expect(Stacks[0]?.Parameters).toEqual([
      { ParameterKey: "Image", ParameterValue: "/source/image", ResolvedValue: "one" },
      { ParameterKey: "Secret", ParameterValue: "****" },
    ]);
    await box.ssm.putParameter({ Name: "/source/image", Value: "two", Overwrite: true });
    expect(await box.update("ssm", template, { Secret: "hush-hush" })).toBe("UPDATE_COMPLETE");
    expect(await value("/target/image")).toBe("two");
  });

  test("dynamic references are resolved for the resource and stay references in what is shown", async () => {
    await box.ssm.putParameter({ Name: "/dynamic/word", Value: "$& resolved", Type: "String" });
    const Resources = { P: parameter("/dynamic/p", "got {{resolve:ssm:/dynamic/word}}") };
    expect(await box.create("dynamic", { Resources })).toBe("CREATE_COMPLETE");
    expect(await value("/dynamic/p")).toBe("got $& resolved");
  });
});

describe("the account", () => {
  test("reads a template from S3, by path and by host", async () => {
    await box.s3.createBucket({ Bucket: "templates" });
    const Body =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
      "Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Name: /url/p, Value: !Sub 'in ${AWS::StackName}'}\n";
    await box.s3.putObject({ Bucket: "templates", Key: "folder/t.yaml", Body });
    const TemplateURL = `${box.endpoint}/templates/folder/t.yaml`;
    await box.cloudformation.createStack({ StackName: "from-url", TemplateURL });
    expect(await box.settled("from-url")).toBe("CREATE_COMPLETE");
    expect(await value("/url/p")).toBe("in from-url");
    const virtual = "https://templates.s3.us-east-1.amazonaws.com/folder/t.yaml";
    const summary = await box.cloudformation.getTemplateSummary({ TemplateURL: virtual });
    expect(summary.ResourceTypes).toEqual(["AWS::SSM::Parameter"]);
  });
});
