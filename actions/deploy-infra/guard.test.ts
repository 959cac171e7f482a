import type { ResourceChange } from "@aws-sdk/client-cloudformation";
import { describe, expect, test } from "@jest/globals";
import { guard } from "./guard.ts";

const quiet = { servicesInDeployment: new Set<string>() };
const rule: ResourceChange = {
  ResourceType: "AWS::ElasticLoadBalancingV2::ListenerRule",
  LogicalResourceId: "ProductionRule",
  Action: "Modify",
  Replacement: "False",
  Details: [{ Target: { Attribute: "Properties", Name: "Actions" } }],
};
const service: ResourceChange = {
  ResourceType: "AWS::ECS::Service",
  LogicalResourceId: "Service",
  PhysicalResourceId: "arn:aws:ecs:eu-west-1:1:service/c/s",
  Action: "Modify",
  Replacement: "False",
};

describe("the guard", () => {
  test("refuses to rewrite a live rule's action", () => {
    expect(guard([rule], quiet)).toEqual([
      expect.stringContaining("rewrites the action of the live listener rule ProductionRule"),
    ]);
  });

  test.each(["True", "Conditional"] as const)("refuses to replace a live rule (%s)", (Replacement) => {
    expect(guard([{ ...rule, Replacement, Details: [] }], quiet)).toEqual([
      expect.stringContaining("replaces the live"),
    ]);
  });

  test("lets a rule's tags change, and rules come and go", () => {
    const tags = { ...rule, Details: [{ Target: { Attribute: "Tags" as const } }] };
    expect(guard([tags, { ...rule, Action: "Add" }, { ...rule, Action: "Remove" }], quiet)).toEqual([]);
  });

  test("refuses to change a service in mid-deployment, and only that one", () => {
    const busy = { servicesInDeployment: new Set([service.PhysicalResourceId ?? ""]) };
    expect(guard([service], busy)).toEqual([expect.stringContaining("while a deployment of it is running")]);
    expect(guard([service], quiet)).toEqual([]);
  });

  test("refuses to replace a service", () => {
    expect(guard([{ ...service, Replacement: "True" }], quiet)).toEqual([
      expect.stringContaining("replaces the live service"),
    ]);
  });

  test("names every problem at once", () => {
    expect(
      guard([rule, { ...rule, LogicalResourceId: "TestRule" }, { ...service, Replacement: "True" }], quiet),
    ).toHaveLength(3);
  });
});
