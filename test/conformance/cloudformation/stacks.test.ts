import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { services } from "../../../infra/sandbox/aws/services.ts";
import { startTarget, type Target } from "../target.ts";
import { Stacks, templateOf } from "./stacks.ts";

let target: Target;
let client: CloudFormation;
const stacks = new Stacks(
  () => client,
  () => target,
);
beforeAll(async () => {
  target = await startTarget(services);
  client = new CloudFormation(target.config);
});
afterAll(() => target.stop());

const one = async (StackName: string) => (await client.describeStacks({ StackName })).Stacks?.[0];
const message = (text: RegExp) => ({ message: expect.stringMatching(text) });

test("CreateStack: a name is taken once", () =>
  stacks.withStack(async (StackName) => {
    const again = client.createStack({ StackName, TemplateBody: templateOf() });
    await expect(again).rejects.toMatchObject({ name: "AlreadyExistsException" });
  }));

test("DescribeStacks: status, parameters and outputs", () =>
  stacks.withStack(
    async (StackName) => {
      expect(await one(StackName)).toMatchObject({
        StackStatus: "CREATE_COMPLETE",
        Parameters: [{ ParameterKey: "Suffix", ParameterValue: "x" }],
        Outputs: [{ OutputKey: "Value", OutputValue: "one-x" }],
      });
    },
    { outputs: { Value: { Value: { "Fn::GetAtt": ["Kept", "Value"] } } } },
  ));

test("UpdateStack: an update without a change is an error", () =>
  stacks.withStack(async (StackName) => {
    const same = client.updateStack({ StackName, TemplateBody: templateOf() });
    await expect(same).rejects.toMatchObject(message(/No updates are to be performed/));
    expect(await stacks.update(StackName, { value: "two" })).toBe("UPDATE_COMPLETE");
  }));

test("DeleteStack: not while it is protected", () =>
  stacks.withStack(async (StackName) => {
    await client.updateTerminationProtection({ StackName, EnableTerminationProtection: true });
    await expect(client.deleteStack({ StackName })).rejects.toMatchObject(message(/TerminationProtection is enabled/));
  }));

test("UpdateTerminationProtection: is shown", () =>
  stacks.withStack(async (StackName) => {
    await client.updateTerminationProtection({ StackName, EnableTerminationProtection: true });
    expect((await one(StackName))?.EnableTerminationProtection).toBe(true);
  }));

test("ListStacks: by status", () =>
  stacks.withStack(async (StackName) => {
    const { StackSummaries } = await client.listStacks({ StackStatusFilter: ["CREATE_COMPLETE"] });
    expect(StackSummaries?.map((stack) => stack.StackName)).toContain(StackName);
  }));

test("DescribeStackEvents: newest first", () =>
  stacks.withStack(async (StackName) => {
    const { StackEvents } = await client.describeStackEvents({ StackName });
    const words = StackEvents?.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`);
    expect(words?.[0]).toBe(`${StackName} CREATE_COMPLETE`);
    expect(words).toContain("Kept CREATE_COMPLETE");
  }));

test("DescribeStackResource: one, by its name in the template", () =>
  stacks.withStack(async (StackName) => {
    const found = await client.describeStackResource({ StackName, LogicalResourceId: "Kept" });
    expect(found.StackResourceDetail).toMatchObject({ ResourceType: "AWS::SSM::Parameter" });
    const none = client.describeStackResource({ StackName, LogicalResourceId: "None" });
    await expect(none).rejects.toMatchObject({ name: "ValidationError" });
  }));

test("DescribeStackResources: all of a stack", () =>
  stacks.withStack(async (StackName) => {
    const { StackResources } = await client.describeStackResources({ StackName });
    expect(StackResources?.map((resource) => resource.LogicalResourceId)).toEqual(["Kept"]);
  }));

test("ListStackResources: with their status", () =>
  stacks.withStack(async (StackName) => {
    const { StackResourceSummaries } = await client.listStackResources({ StackName });
    expect(StackResourceSummaries).toMatchObject([{ LogicalResourceId: "Kept", ResourceStatus: "CREATE_COMPLETE" }]);
  }));

test("GetTemplate: as it was given", () =>
  stacks.withStack(async (StackName) => {
    const { TemplateBody = "" } = await client.getTemplate({ StackName });
    expect(JSON.parse(TemplateBody)).toEqual(JSON.parse(templateOf()));
  }));

test("GetTemplateSummary: parameters and types of resources", async () => {
  const summary = await client.getTemplateSummary({ TemplateBody: templateOf() });
  expect(summary).toMatchObject({
    ResourceTypes: ["AWS::SSM::Parameter"],
    Parameters: [{ ParameterKey: "Suffix", DefaultValue: "x", ParameterType: "String" }],
  });
});

test("ValidateTemplate: one that is none is refused", async () => {
  const valid = await client.validateTemplate({ TemplateBody: templateOf() });
  expect(valid.Description).toBe("of a conformance test");
  await expect(client.validateTemplate({ TemplateBody: "{}" })).rejects.toMatchObject({ name: "ValidationError" });
});

test("DescribeAccountLimits: how many stacks there may be", async () => {
  const { AccountLimits } = await client.describeAccountLimits({});
  expect(AccountLimits?.find(({ Name }) => Name === "StackLimit")?.Value).toBeGreaterThan(0);
});

const allow = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "Update:*", Principal: "*", Resource: "*" }],
});

test("SetStackPolicy: is what comes back", () =>
  stacks.withStack(async (StackName) => {
    await client.setStackPolicy({ StackName, StackPolicyBody: allow });
    expect(JSON.parse((await client.getStackPolicy({ StackName })).StackPolicyBody ?? "")).toEqual(JSON.parse(allow));
  }));

test("GetStackPolicy: none at first", () =>
  stacks.withStack(async (StackName) => {
    expect((await client.getStackPolicy({ StackName })).StackPolicyBody).toBeUndefined();
  }));

const exporting = (Name: string) => ({ Shared: { Value: "shared", Export: { Name } } });

test("ListExports: name, value and stack", () => {
  const Name = target.unique("export");
  return stacks.withStack(
    async (StackName) => {
      const { Exports } = await client.listExports({});
      const found = Exports?.find((shared) => shared.Name === Name);
      expect(found).toMatchObject({ Value: "shared", ExportingStackId: (await one(StackName))?.StackId });
    },
    { outputs: exporting(Name) },
  );
});

test("ListImports: the stacks that use an export; without any it is an error", () => {
  const ExportName = target.unique("export");
  return stacks.withStack(
    async () => {
      await expect(client.listImports({ ExportName })).rejects.toMatchObject(message(/is not imported by any stack/));
      const outputs = { Used: { Value: { "Fn::ImportValue": ExportName } } };
      await stacks.withStack(
        async (StackName) => expect((await client.listImports({ ExportName })).Imports).toEqual([StackName]),
        { outputs },
      );
    },
    { outputs: exporting(ExportName) },
  );
});

test("CancelUpdateStack: only while an update runs", () =>
  stacks.withStack(async (StackName) => {
    await expect(client.cancelUpdateStack({ StackName })).rejects.toMatchObject({ name: "ValidationError" });
  }));

test("ContinueUpdateRollback: only after a rollback failed", () =>
  stacks.withStack(async (StackName) => {
    await expect(client.continueUpdateRollback({ StackName })).rejects.toMatchObject({ name: "ValidationError" });
  }));

test("RollbackStack: only of what failed and was left so", () =>
  stacks.withStack(async (StackName) => {
    await expect(client.rollbackStack({ StackName })).rejects.toMatchObject({ name: "ValidationError" });
  }));

const changeSet = (StackName: string, value: string) =>
  client.createChangeSet({ StackName, ChangeSetName: "change", TemplateBody: templateOf({ value }) });

async function changeSetSettled(StackName: string) {
  for (;;) {
    const found = await client.describeChangeSet({ StackName, ChangeSetName: "change" });
    if (!found.Status?.endsWith("_IN_PROGRESS") && !found.Status?.endsWith("_PENDING")) return found;
    await new Promise((resolve) => setTimeout(resolve, target.isAws ? 2000 : 10));
  }
}

test("CreateChangeSet: a change set without a change fails and says so", () =>
  stacks.withStack(async (StackName) => {
    await changeSet(StackName, "one");
    const { Status, StatusReason } = await changeSetSettled(StackName);
    expect([Status, StatusReason]).toEqual(["FAILED", expect.stringMatching(/didn't contain changes/)]);
  }));

test("DescribeChangeSet: what would change", () =>
  stacks.withStack(async (StackName) => {
    await changeSet(StackName, "two");
    const { Changes, ExecutionStatus } = await changeSetSettled(StackName);
    expect(ExecutionStatus).toBe("AVAILABLE");
    const change = { Action: "Modify", LogicalResourceId: "Kept", Replacement: "False" };
    expect(Changes).toMatchObject([{ ResourceChange: change }]);
  }));

test("ListChangeSets: of a stack", () =>
  stacks.withStack(async (StackName) => {
    await changeSet(StackName, "two");
    await changeSetSettled(StackName);
    const { Summaries } = await client.listChangeSets({ StackName });
    expect(Summaries).toMatchObject([{ ChangeSetName: "change", Status: "CREATE_COMPLETE" }]);
  }));

test("ExecuteChangeSet: changes the stack", () =>
  stacks.withStack(async (StackName) => {
    await changeSet(StackName, "two");
    await changeSetSettled(StackName);
    await client.executeChangeSet({ StackName, ChangeSetName: "change" });
    expect(await stacks.settled(StackName)).toBe("UPDATE_COMPLETE");
  }));

test("DeleteChangeSet: the stack stays as it was", () =>
  stacks.withStack(async (StackName) => {
    await changeSet(StackName, "two");
    await changeSetSettled(StackName);
    await client.deleteChangeSet({ StackName, ChangeSetName: "change" });
    expect((await client.listChangeSets({ StackName })).Summaries).toEqual([]);
    expect((await one(StackName))?.StackStatus).toBe("CREATE_COMPLETE");
  }));
