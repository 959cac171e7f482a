import type { AwsClients } from "../aws/kernel.ts";
import { type Attempt, readFleet } from "./fleet.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import type { AlarmState, ConsoleState, StackState } from "./state.ts";

const NO_LEDGER: Ledger = new Map();

/** Reads everything the console shows. A part that cannot be read becomes a problem, not a failure. */
export async function readState(aws: AwsClients, now: () => Date): Promise<ConsoleState> {
  const problems: string[] = [];
  const attempt: Attempt = async (what, read, fallback) => {
    try {
      return await read();
    } catch (error) {
      problems.push(`${what} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return fallback;
    }
  };
  const ledger = await attempt("The ledger", () => readLedger(aws), NO_LEDGER);
  const [services, alarms, stacks] = await Promise.all([
    attempt("The fleet", () => readFleet({ aws, attempt, ledger }), []),
    attempt("Alarms", () => readAlarms(aws), []),
    attempt("Stacks", () => readStacks(aws), []),
  ]);
  return { at: now().toISOString(), services, alarms, stacks, problems };
}

async function readAlarms({ cloudwatch }: AwsClients): Promise<AlarmState[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.describeAlarms({});
  return [...MetricAlarms, ...CompositeAlarms]
    .map(({ AlarmName, StateValue, StateReason }) => ({
      name: AlarmName ?? "",
      state: StateValue ?? "INSUFFICIENT_DATA",
      reason: StateReason,
    }))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

const rank = ({ state }: AlarmState): number => ["ALARM", "INSUFFICIENT_DATA", "OK"].indexOf(state);

async function readStacks({ cloudformation }: AwsClients): Promise<StackState[]> {
  const { Stacks = [] } = await cloudformation.describeStacks({});
  return Stacks.map(({ StackName, StackStatus, LastUpdatedTime, CreationTime }) => ({
    name: StackName ?? "",
    status: StackStatus ?? "",
    updatedAt: (LastUpdatedTime ?? CreationTime)?.toISOString(),
  })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
