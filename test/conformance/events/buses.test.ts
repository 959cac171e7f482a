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

/** A bus of one's own that is gone after the test. */
async function withBus(run: (Name: string, EventBusArn: string) => Promise<void>): Promise<void> {
  const Name = target.unique("bus");
  const { EventBusArn = "" } = await client.createEventBus({
    Name,
    Description: "first",
    Tags: [{ Key: "a", Value: "1" }],
  });
  try {
    await run(Name, EventBusArn);
  } finally {
    await client.deleteEventBus({ Name });
  }
}

const tags = async (ResourceARN: string) =>
  Object.fromEntries(
    ((await client.listTagsForResource({ ResourceARN })).Tags ?? []).map((tag) => [tag.Key, tag.Value]),
  );

test("CreateEventBus: one per name", () =>
  withBus(async (Name, arn) => {
    expect(arn).toMatch(new RegExp(`:event-bus/${Name}$`));
    await expect(client.createEventBus({ Name })).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
  }));

test("DescribeEventBus: the default one is always there", () =>
  withBus(async (Name) => {
    expect(await client.describeEventBus({})).toMatchObject({ Name: "default" });
    expect(await client.describeEventBus({ Name })).toMatchObject({ Name, Description: "first" });
    await expect(client.describeEventBus({ Name: `${Name}-none` })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));

test("UpdateEventBus: its description", () =>
  withBus(async (Name) => {
    await client.updateEventBus({ Name, Description: "second" });
    expect(await client.describeEventBus({ Name })).toMatchObject({ Description: "second" });
  }));

test("ListEventBuses: by prefix", () =>
  withBus(async (Name) => {
    const { EventBuses = [] } = await client.listEventBuses({ NamePrefix: Name });
    expect(EventBuses.map((bus) => bus.Name)).toEqual([Name]);
  }));

test("DeleteEventBus: gone, and no error when it already is; the default one stays", async () => {
  const Name = target.unique("bus");
  await client.createEventBus({ Name });
  await client.deleteEventBus({ Name });
  await client.deleteEventBus({ Name });
  await expect(client.describeEventBus({ Name })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(client.deleteEventBus({ Name: "default" })).rejects.toBeInstanceOf(Error);
});

const statement = { StatementId: "friend", Action: "events:PutEvents", Principal: "123456789012" };

test("PutPermission: becomes a statement of the bus's policy", () =>
  withBus(async (EventBusName) => {
    await client.putPermission({ EventBusName, ...statement });
    const { Policy = "" } = await client.describeEventBus({ Name: EventBusName });
    expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Sid: "friend", Effect: "Allow" }] });
  }));

test("RemovePermission: the statement goes", () =>
  withBus(async (EventBusName) => {
    await client.putPermission({ EventBusName, ...statement });
    await client.removePermission({ EventBusName, StatementId: "friend" });
    await expect(client.removePermission({ EventBusName, StatementId: "friend" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));

test("TagResource: adds and replaces", () =>
  withBus(async (_, ResourceARN) => {
    await client.tagResource({
      ResourceARN,
      Tags: [
        { Key: "a", Value: "2" },
        { Key: "b", Value: "3" },
      ],
    });
    expect(await tags(ResourceARN)).toEqual({ a: "2", b: "3" });
  }));

test("UntagResource: removes by key", () =>
  withBus(async (_, ResourceARN) => {
    await client.untagResource({ ResourceARN, TagKeys: ["a"] });
    expect(await tags(ResourceARN)).toEqual({});
  }));

test("ListTagsForResource: those of the bus", () =>
  withBus(async (_, ResourceARN) => {
    expect(await tags(ResourceARN)).toEqual({ a: "1" });
  }));
