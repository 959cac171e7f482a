import { expect, test } from "@jest/globals";
import { type TrustRequest, trusts } from "./trust.ts";

const account = "000000000000";
const request = (principal: TrustRequest["principal"]): TrustRequest => ({
  action: "sts:AssumeRole",
  principal,
  account,
  context: {},
});
const policy = (Principal: unknown): string =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }] });

test("a role that trusts a service is assumed by that service, and by nobody else", () => {
  const tasks = policy({ Service: "ecs-tasks.amazonaws.com" });
  const ecs = request({ type: "Service", names: ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] });
  const lambda = request({ type: "Service", names: ["lambda.amazonaws.com"] });
  const person = request({ type: "AWS", arn: `arn:aws:iam::${account}:role/deployer` });
  expect([ecs, lambda, person].map((one) => trusts(tasks, one))).toEqual([true, false, false]);
});

test("a role that trusts the account is assumed by its callers, and by no service", () => {
  const own = policy({ AWS: `arn:aws:iam::${account}:root` });
  const person = request({ type: "AWS", arn: `arn:aws:iam::${account}:role/deployer` });
  const service = request({ type: "Service", names: ["ecs.amazonaws.com"] });
  expect([person, service].map((one) => trusts(own, one))).toEqual([true, false]);
});
