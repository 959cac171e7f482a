import { describe, expect, test } from "@jest/globals";
import { stackName } from "../../agents/naming.ts";
import type { AssemblyStack } from "./assembly.ts";
import { selectStacks } from "./selection.ts";

const stack = (name: string): AssemblyStack => ({
  name,
  template: "{}",
  after: [],
  tags: {},
  executionRole: undefined,
});
const cluster = stackName("test", "cluster");
const alpha = stackName("test", { agent: "alpha" });
const beta = stackName("test", { agent: "beta" });
const stacks = [stack(cluster), stack(alpha), stack(beta)];
const select = (wanted: string, existing: string[] = []) =>
  selectStacks(stacks, { stage: "test", agents: ["alpha", "beta"], wanted, existing: new Set(existing) }).map(
    ({ name }) => name,
  );

describe("selecting stacks", () => {
  test("the platform leaves out agents that do not exist yet: their images are not pushed", () => {
    expect(select("platform")).toEqual([cluster]);
    expect(select("platform", [alpha])).toEqual([cluster, alpha]);
  });

  test("an agent's name means its stack", () => {
    expect(select("beta")).toEqual([beta]);
    expect(select(`alpha, ${cluster}`)).toEqual([cluster, alpha]);
  });

  test("all unknown names are reported together, with what is allowed", () => {
    expect(() => select("gamma,delta")).toThrow(
      /names gamma, delta, not in the cloud assembly; allowed: platform, alpha, beta/,
    );
  });
});
