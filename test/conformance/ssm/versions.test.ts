import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ssm } from "../../../infra/sandbox/aws/services/ssm/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let client: SSMClient;
beforeAll(async () => {
  sandbox = await startHarness([ssm]);
  client = new SSMClient(sandbox.config);
});
afterAll(() => sandbox.stop());

const put = (Name: string, Value: string, more = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
const get = async (Name: string, more = {}) =>
  (await client.send(new GetParameterCommand({ Name, ...more }))).Parameter;

describe("one parameter", () => {
  test("keeps versions, labels and who changed it", async () => {
    expect((await put("/fleet/image", "one")).Version).toBe(1);
    await expect(put("/fleet/image", "two")).rejects.toBeInstanceOf(ParameterAlreadyExists);
    expect((await put("/fleet/image", "two", { Overwrite: true, Description: "second" })).Version).toBe(2);
    const label = { Name: "/fleet/image", ParameterVersion: 1, Labels: ["proven", "aws-bad"] };
    expect((await client.send(new LabelParameterVersionCommand(label))).InvalidLabels).toEqual(["aws-bad"]);
    expect((await get("/fleet/image"))?.Value).toBe("two");
    expect((await get("/fleet/image:1"))?.Value).toBe("one");
    expect(await get("/fleet/image:proven")).toMatchObject({ Value: "one", Selector: ":proven" });
    const { Parameters } = await client.send(new GetParameterHistoryCommand({ Name: "/fleet/image" }));
    expect(Parameters?.map(({ Value, Version, Labels }) => [Value, Version, Labels])).toEqual([
      ["one", 1, ["proven"]],
      ["two", 2, []],
    ]);
    expect(Parameters?.[1]?.LastModifiedUser).toBe("arn:aws:iam::000000000000:root");
    const arn = (await get("/fleet/image"))?.ARN ?? "";
    expect((await get(arn))?.Value).toBe("two");
  });

  test("keeps a hundred versions, but never drops a labelled one", async () => {
    for (let n = 0; n < 101; n++) await put("/many", String(n), { Overwrite: true });
    await expect(get("/many:1")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
    await client.send(new LabelParameterVersionCommand({ Name: "/many", ParameterVersion: 2, Labels: ["keep"] }));
    await expect(put("/many", "x", { Overwrite: true })).rejects.toMatchObject({
      name: "ParameterMaxVersionLimitExceeded",
    });
  });

  test("hides a secret unless asked", async () => {
    await put("/secret", "hush", { Type: "SecureString" });
    expect((await get("/secret"))?.Value).not.toContain("hush");
    expect((await get("/secret", { WithDecryption: true }))?.Value).toBe("hush");
  });
});

describe("refusals", () => {
  test.each([
    ["a value too long for its tier", { Value: "x".repeat(4097) }, "ValidationException"],
    ["a name that is not fully qualified", { Name: "a/b" }, "ValidationException"],
    ["a reserved name", { Name: "/aws/x" }, "AccessDeniedException"],
    ["too deep a hierarchy", { Name: "/a".repeat(16) }, "HierarchyLevelLimitExceededException"],
    ["a value outside its pattern", { AllowedPattern: "^[0-9]+$" }, "ParameterPatternMismatchException"],
    ["a new parameter without type", { Type: undefined }, "ValidationException"],
  ])("%s", async (_, wrong, name) => {
    await expect(put("/refused", "value", wrong)).rejects.toMatchObject({ name });
  });

  test("an unknown name", async () => {
    await expect(get("/unknown")).rejects.toBeInstanceOf(ParameterNotFound);
    const { Parameters, InvalidParameters } = await client.send(
      new GetParametersCommand({ Names: ["/unknown", "/secret"] }),
    );
    expect([Parameters?.length, InvalidParameters]).toEqual([1, ["/unknown"]]);
  });
});

test("paths, filters, pages", async () => {
  for (const name of ["/tree/a", "/tree/b", "/tree/deep/c"]) await put(name, name);
  const under = async (Recursive: boolean) => {
    const { Parameters } = await client.send(new GetParametersByPathCommand({ Path: "/tree", Recursive }));
    return Parameters?.map(({ Name }) => Name);
  };
  expect(await under(false)).toEqual(["/tree/a", "/tree/b"]);
  expect(await under(true)).toEqual(["/tree/a", "/tree/b", "/tree/deep/c"]);
  const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: ["/tree"] }];
  const first = await client.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 2 }));
  const rest = await client.send(new DescribeParametersCommand({ ParameterFilters, NextToken: first.NextToken }));
  expect([...(first.Parameters ?? []), ...(rest.Parameters ?? [])].map(({ Name }) => Name)).toHaveLength(3);
});
