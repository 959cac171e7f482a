import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { zipSync } from "fflate";
import { type Rig, rig } from "./testing.ts";

let box: Rig;
beforeAll(async () => {
  box = await rig();
});
afterAll(() => box.stop());

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** A provider that logs what it is asked and answers through AWS's own module. */
const PROVIDER = `
  const response = require("cfn-response");
  exports.handler = (event, context) => {
    console.log("asked " + event.RequestType + " " + (event.PhysicalResourceId ?? "-") + " " + JSON.stringify(event.ResourceProperties.Size));
    const { Size, Fails } = event.ResourceProperties;
    if (Fails === event.RequestType) return response.send(event, context, response.FAILED, {}, "thing-" + Size);
    response.send(event, context, response.SUCCESS, { Doubled: String(2 * Size) }, "thing-" + (Size > 5 ? "big" : "small"));
  };`;

/** As the CDK's providers answer: by https with nothing but host and path. */
const BY_HOST = `
  import https from "node:https";
  export const handler = async (event) => {
    const { hostname, pathname, search } = new URL(event.ResponseURL);
    const { StackId, RequestId, LogicalResourceId } = event;
    const body = JSON.stringify({ Status: "SUCCESS", PhysicalResourceId: "x", StackId, RequestId, LogicalResourceId, Data: { Done: "yes" } });
    await new Promise((resolve, reject) => {
      const options = { hostname, path: pathname + search, method: "PUT", headers: { "content-length": body.length } };
      https.request(options, (answer) => resolve(answer.resume())).on("error", reject).end(body);
    });
  };`;

const provider = (ZipFile: string) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    Role: { "Fn::GetAtt": ["Role", "Arn"] },
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile },
    Timeout: 20,
  },
});

const template = (properties: object, code = PROVIDER, attribute = "Doubled") => ({
  Resources: {
    Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust } },
    Provider: provider(code),
    Thing: {
      Type: "Custom::Thing",
      Properties: { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] }, ...properties },
    },
  },
  Outputs: {
    Id: { Value: { Ref: "Thing" } },
    Attribute: { Value: { "Fn::GetAtt": ["Thing", attribute] } },
    Provider: { Value: { Ref: "Provider" } },
  },
});

/** What the provider of a stack was asked, in order. */
async function asked(name: string | undefined): Promise<string[]> {
  const { events = [] } = await box.aws.logs.filterLogEvents({ logGroupName: `/aws/lambda/${name}` });
  return events.flatMap(({ message = "" }) => /\tasked (.*)$/.exec(message)?.[1] ?? []);
}

test("a custom resource is created, updated, replaced and deleted by its function", async () => {
  const status = await box.create("things", template({ Size: 3 }));
  expect({ status, why: status === "CREATE_COMPLETE" ? "" : await box.reasons("things") }).toEqual({
    status: "CREATE_COMPLETE",
    why: "",
  });
  const { Provider, ...first } = await box.outputs("things");
  expect(first).toEqual({ Id: "thing-small", Attribute: "6" });
  expect(await box.update("things", template({ Size: 4 }))).toBe("UPDATE_COMPLETE");
  expect(await box.update("things", template({ Size: 9 }))).toBe("UPDATE_COMPLETE");
  expect(await box.outputs("things")).toMatchObject({ Id: "thing-big", Attribute: "18" });
  expect(await box.remove("things")).toBe("GONE");
  expect(await asked(Provider)).toEqual([
    'Create - "3"',
    'Update thing-small "4"',
    'Update thing-small "9"',
    'Delete thing-small "4"',
    'Delete thing-big "9"',
  ]);
});

test("one that fails says why, and its creation is undone", async () => {
  expect(await box.create("broken", template({ Size: 1, Fails: "Create" }))).toBe("ROLLBACK_COMPLETE");
  expect(await box.reasons("broken")).toContain(
    "Received response status [FAILED] from custom resource. Message returned: See the details in CloudWatch Log Stream: ",
  );
  expect(await box.remove("broken")).toBe("GONE");
});

test("a provider that answers by https to host and path is heard; one that is silent is given up in time", async () => {
  expect(await box.create("by-host", template({ Size: 1 }, BY_HOST, "Done"))).toBe("CREATE_COMPLETE");
  expect(await box.outputs("by-host")).toMatchObject({ Id: "x", Attribute: "yes" });
  const silent = template({ Size: 1, ServiceTimeout: 60 }, "exports.handler = async () => {};");
  expect(await box.create("silent", { Resources: silent.Resources })).toMatch(/^ROLLBACK_(COMPLETE|FAILED)$/);
  expect(await box.reasons("silent")).toContain("CloudFormation did not receive a response from your Custom Resource");
});

test("the CDK's own provider empties a bucket before it is deleted", async () => {
  const library = createRequire(import.meta.url).resolve("aws-cdk-lib/package.json");
  const folder = join(dirname(library), "custom-resource-handlers/dist/aws-s3/auto-delete-objects-handler");
  await box.s3.createBucket({ Bucket: "assets" });
  const Body = zipSync({ "index.js": readFileSync(join(folder, "index.js")) });
  await box.s3.putObject({ Bucket: "assets", Key: "handler.zip", Body });
  const { Role, Provider } = template({}).Resources;
  const Code = { S3Bucket: "assets", S3Key: "handler.zip" };
  const status = await box.create("emptied", {
    Resources: {
      Role,
      Provider: { ...Provider, Properties: { ...Provider.Properties, Code } },
      Bucket: {
        Type: "AWS::S3::Bucket",
        Properties: { BucketName: "full", Tags: [{ Key: "aws-cdk:auto-delete-objects", Value: "true" }] },
      },
      Emptying: {
        Type: "Custom::S3AutoDeleteObjects",
        Properties: { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] }, BucketName: { Ref: "Bucket" } },
      },
    },
  });
  expect({ status, why: status === "CREATE_COMPLETE" ? "" : await box.reasons("emptied") }).toMatchObject({ why: "" });
  await box.s3.putObject({ Bucket: "full", Key: "some/object", Body: "x" });
  expect(await box.remove("emptied")).toBe("GONE");
  await expect(box.s3.headBucket({ Bucket: "full" })).rejects.toBeInstanceOf(Error);
});
