import { parsed, runningSandbox, UsageError } from "./usage.ts";

/** `fault kill-runner`: the workflow's process dies as a lost runner does, without a word. */
export async function fault(args: string[]): Promise<number> {
  const { positionals } = parsed({ args, options: {}, allowPositionals: true });
  const [kind] = positionals;
  if (kind !== "kill-runner")
    throw new UsageError(
      `There is no fault "${kind ?? ""}"; there is: kill-runner. More faults come with the chaos suite.`,
    );
  const response = await fetch(`${runningSandbox().endpoint}/_sandbox/kill-runner`, { method: "POST" });
  const { killed } = (await response.json()) as { killed: number };
  process.stdout.write(killed === 0 ? "No workflow is running.\n" : `Killed ${killed} workflow process(es).\n`);
  return killed === 0 ? 1 : 0;
}
