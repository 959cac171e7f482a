import { stackName } from "../../agents/naming.ts";
import { ActionError } from "../lib/action.ts";
import type { AssemblyStack } from "./assembly.ts";

export interface Selection {
  readonly stage: string;
  readonly agents: readonly string[];
  /** `platform`, an agent's name, or names of stacks separated by commas. */
  readonly wanted: string;
  /** Names of stacks that exist in the account. */
  readonly existing: ReadonlySet<string>;
}

/**
 * Which stacks of the assembly this run deploys. `platform` is everything but the stacks of agents that do not exist
 * yet: those are created by the agent's own job, after its image was pushed.
 * @throws {ActionError} with all names that the assembly does not have.
 */
export function selectStacks(stacks: readonly AssemblyStack[], selection: Selection): AssemblyStack[] {
  const agentStacks = new Map(selection.agents.map((agent) => [stackName(selection.stage, { agent }), agent]));
  if (selection.wanted === "platform")
    return stacks.filter((stack) => !agentStacks.has(stack.name) || selection.existing.has(stack.name));
  const names = selection.wanted.split(",").map((name) => name.trim());
  const resolved = names.map((name) =>
    selection.agents.includes(name) ? stackName(selection.stage, { agent: name }) : name,
  );
  const unknown = resolved.filter((name) => !stacks.some((stack) => stack.name === name));
  if (unknown.length > 0)
    throw new ActionError(
      `stacks names ${unknown.join(", ")}, not in the cloud assembly; allowed: platform, ${[...selection.agents, ...stacks.map((stack) => stack.name)].join(", ")}.`,
    );
  return stacks.filter((stack) => resolved.includes(stack.name));
}
