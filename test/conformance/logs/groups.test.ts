import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Logs, startLogs } from "./group.ts";

let box: Logs;
beforeAll(async () => {
  box = await startLogs();
});
afterAll(() => box.stop());

const described = async (logGroupNamePrefix: string) =>
  (await box.client.describeLogGroups({ logGroupNamePrefix })).logGroups ?? [];
const arnOf = async (name: string) => (await described(name))[0]?.logGroupArn ?? "";
const missing = { name: "ResourceNotFoundException" };

test("CreateLogGroup: once, with a name of allowed characters", () =>
  box.withGroup(async (logGroupName) => {
    const again = box.client.createLogGroup({ logGroupName });
    await expect(again).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    const wrong = box.client.createLogGroup({ logGroupName: "a b" });
    await expect(wrong).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("DescribeLogGroups: by prefix and pattern, with what belongs to the group", () =>
  box.withGroup(async (logGroupName) => {
    expect(await described(logGroupName)).toMatchObject([
      {
        logGroupName,
        metricFilterCount: 0,
        logGroupClass: "STANDARD",
        arn: expect.stringMatching(new RegExp(`:log-group:${logGroupName}:\\*$`)),
      },
    ]);
    const byPattern = await box.client.describeLogGroups({ logGroupNamePattern: logGroupName.slice(12) });
    expect(byPattern.logGroups).toHaveLength(1);
  }));

test("DeleteLogGroup: takes streams and lines along", () =>
  box.withGroup(async (logGroupName, stream) => {
    await box.put(logGroupName, stream, ["one"]);
    await box.client.deleteLogGroup({ logGroupName });
    expect(await described(logGroupName)).toEqual([]);
    await expect(box.client.deleteLogGroup({ logGroupName })).rejects.toMatchObject(missing);
  }));

test("PutRetentionPolicy: for the numbers of days that exist", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.putRetentionPolicy({ logGroupName, retentionInDays: 7 });
    expect(await described(logGroupName)).toMatchObject([{ retentionInDays: 7 }]);
    const odd = box.client.putRetentionPolicy({ logGroupName, retentionInDays: 8 });
    await expect(odd).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("DeleteRetentionPolicy: lines stay for ever again", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.putRetentionPolicy({ logGroupName, retentionInDays: 7 });
    await box.client.deleteRetentionPolicy({ logGroupName });
    expect((await described(logGroupName))[0]?.retentionInDays).toBeUndefined();
  }));

test("TagResource: adds and replaces tags of a group", () =>
  box.withGroup(async (name) => {
    const resourceArn = await arnOf(name);
    await box.client.tagResource({ resourceArn, tags: { a: "2", b: "3" } });
    expect((await box.client.listTagsForResource({ resourceArn })).tags).toEqual({ a: "2", b: "3" });
  }));

test("UntagResource: removes tags of a group", () =>
  box.withGroup(async (name) => {
    const resourceArn = await arnOf(name);
    await box.client.untagResource({ resourceArn, tagKeys: ["a", "none"] });
    expect((await box.client.listTagsForResource({ resourceArn })).tags ?? {}).toEqual({});
  }));

test("ListTagsForResource: of a group that exists", () =>
  box.withGroup(async (name) => {
    const resourceArn = await arnOf(name);
    expect((await box.client.listTagsForResource({ resourceArn })).tags).toEqual({ a: "1" });
    const gone = box.client.listTagsForResource({ resourceArn: `${resourceArn}-none` });
    await expect(gone).rejects.toMatchObject(missing);
  }));

test("TagLogGroup: the older way to tag a group", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.tagLogGroup({ logGroupName, tags: { b: "2" } });
    expect((await box.client.listTagsLogGroup({ logGroupName })).tags).toEqual({ a: "1", b: "2" });
  }));

test("UntagLogGroup: the older way to remove tags", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.untagLogGroup({ logGroupName, tags: ["a"] });
    expect((await box.client.listTagsLogGroup({ logGroupName })).tags ?? {}).toEqual({});
  }));

test("ListTagsLogGroup: the older way to read tags", () =>
  box.withGroup(async (logGroupName) => {
    expect((await box.client.listTagsLogGroup({ logGroupName })).tags).toEqual({ a: "1" });
    const gone = box.client.listTagsLogGroup({ logGroupName: `${logGroupName}-none` });
    await expect(gone).rejects.toMatchObject(missing);
  }));
