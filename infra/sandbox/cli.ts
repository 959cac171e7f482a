import { down } from "./commands/down.ts";
import { fault } from "./commands/fault.ts";
import { logs } from "./commands/logs.ts";
import { push } from "./commands/push.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { up } from "./commands/up.ts";
import { UsageError } from "./commands/usage.ts";

/** `npm run sandbox -- COMMAND …` and `npm start`. Each command answers its exit status. */
const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  start,
  up,
  push,
  status,
  logs,
  fault,
  down,
};

const HELP = `Usage: npm run sandbox -- COMMAND [options]

  start [--once] [--verbose]         the sandbox, and a push to main into it (npm start)
  up                                 the sandbox alone; prints NAME=value lines, then "ready"
  push [--agent NAME] [--sha SHA] [--break KIND]
                                     a push event on main into the running sandbox; --break list shows the kinds
  status [--json]                    what runs
  logs AGENT                         the newest log lines of an agent's tasks
  fault add KIND [options]           breaks something on purpose; fault kinds shows what, fault alone shows the options
  fault list | clear [ID] | kinds    the faults and their hits; ends them; what can be broken
  fault kill-runner                  kills the running workflow's process, as a lost runner
  down                               stops the running sandbox

Options of start and up: --port N, --time-scale N, --state DIR, --compute auto|process|docker
`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help") {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}"; there are: ${Object.keys(commands).join(", ")}.`);
  return command(args);
}

// The SDK's advice on Node's age is for its own users; package.json says which versions this project runs on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Faults that a person can mend are sentences; anything else keeps its stack, because it is ours.
  const sentence = error instanceof Error && ["UsageError", "GithubError"].includes(error.name);
  process.stderr.write(`${sentence ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
