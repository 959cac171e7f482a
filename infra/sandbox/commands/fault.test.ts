import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Aws, startAws } from "../aws/server.ts";
import { FAULT_KINDS } from "../faults/fault.ts";
import { runFault } from "./fault.ts";
import { UsageError } from "./usage.ts";

let dataDir: string;
let aws: Aws;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fault-command-"));
  aws = await startAws({ services: [], dataDir, persist: false });
});
afterAll(async () => {
  await aws.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (line: string) => runFault(line.split(" "), () => aws.endpoint);
const nowhere = (): string => {
  throw new Error("A wrong call must not need a sandbox.");
};

test("a fault is added, listed, seen to act, and cleared", async () => {
  const added = await run(
    "add api-error --service ecs --operation DescribeServices --probability 0.5 --count 3 --status 503",
  );
  const [fault] = aws.faults.list();
  expect(added).toEqual({ lines: [`${fault?.id}  api-error: ${FAULT_KINDS["api-error"]}`], status: 0 });
  expect(fault).toMatchObject({
    kind: "api-error",
    scope: { service: "ecs", operation: "DescribeServices" },
    probability: 0.5,
    count: 3,
    status: 503,
  });
  await run("add slow-answers --agent alpha --seconds 2");
  aws.faults.draw("slow-answers", { agent: "alpha", revision: "arn:aws:ecs:x:1:service-revision/c/alpha/77" });
  expect((await run("list")).lines.map((line) => line.replace(/fault-\w+/, "ID"))).toEqual([
    "id              kind          where                 settings          hits    state",
    "ID  api-error     ecs DescribeServices  50 %, status 503  0 of 3  active",
    "ID  slow-answers  alpha                 2 s               1       active",
  ]);
  expect((await run("list --hits")).lines[1]).toMatch(/slow-answers +alpha 77$/);
  expect(JSON.parse((await run("list --json")).lines.join(""))).toMatchObject({ faults: [{}, {}], hits: [{}] });
  expect((await run(`clear ${fault?.id}`)).lines).toEqual(["Cleared 1 fault(s)."]);
  expect((await run("clear")).lines).toEqual(["Cleared 1 fault(s)."]);
  expect((await run("clear")).lines).toEqual(["No fault was active."]);
});

test("every kind is listed with what it does", async () => {
  const { lines } = await runFault(["kinds"], nowhere);
  expect(lines).toHaveLength(Object.keys(FAULT_KINDS).length);
  expect(lines[0]).toMatch(/^task-crash +running tasks are killed now/);
});

test.each([
  ["", /There is no "fault "/],
  ["jump", /There is no "fault jump".*add KIND/s],
  ["add", /kind: is missing; allowed: one of task-crash/],
  ["add tusk-crash", /kind: is "tusk-crash"; allowed: one of task-crash/],
  ["add task-crash api-error", /takes one kind; "api-error" is too much/],
  ["add task-crash --count many", /--count is "many"; allowed: a number/],
  [
    "add task-crash --probability 7 --service ecs",
    /probability: is 7.*scope.service: does not narrow down task-crash/s,
  ],
  ["add task-crash --loud", /'--loud'/],
  ["clear a b", /takes one id/],
])('"fault %s" is a usage error that says what is allowed, without a sandbox', async (line, message) => {
  const failure = runFault(line.split(" "), nowhere);
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toBeInstanceOf(UsageError);
});

test("an id that is none", async () => {
  await expect(run("clear fault-none")).rejects.toThrow("There is no fault fault-none.");
});
