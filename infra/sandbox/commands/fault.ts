import { FAULT_KINDS, type FaultKind, type FaultRequest } from "../faults/fault.ts";
import { FAULTS_PATH } from "../faults/fault-page.ts";
import { checkedFault, FaultError } from "../faults/fault-request.ts";
import { type FaultList, faultTable, hitTable } from "./fault-table.ts";
import { aligned } from "./table.ts";
import { parsed, runningSandbox, UsageError } from "./usage.ts";

/** What a command says and its exit status. */
export interface Said {
  readonly lines: readonly string[];
  readonly status: number;
}

const SUBCOMMANDS: Readonly<Record<string, (args: string[], endpoint: () => string) => Promise<Said> | Said>> = {
  add,
  list,
  clear,
  kinds,
  "kill-runner": killRunner,
};

const USAGE = `Usage: npm run sandbox -- fault COMMAND

  add KIND [options]    breaks something from now on; prints the fault's id
  list [--json|--hits]  every fault there was, with how often it acted; or the newest hits
  clear [ID]            ends one fault, or all
  kinds                 what can be broken
  kill-runner           kills the running workflow's process, as a lost runner

Options of add: --agent NAME, --revision ARN, --service ID, --operation NAME, --probability SHARE, --count N,
--seconds N, --status CODE, --rate CALLS_PER_SECOND`;

/** `fault …`: breaks things in the running sandbox on purpose. */
export async function fault(args: string[]): Promise<number> {
  const { lines, status } = await runFault(args, () => runningSandbox().endpoint);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return status;
}

/** @param endpoint of the sandbox; asked only when the arguments make sense. @throws {UsageError} */
export async function runFault([name, ...args]: string[], endpoint: () => string): Promise<Said> {
  const run = name !== undefined && Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (run) return run(args, endpoint);
  throw new UsageError(`${name === undefined ? "" : `There is no "fault ${name}".\n`}${USAGE}`);
}

const TEXT = { type: "string" } as const;
const ADD_OPTIONS = {
  ...{ agent: TEXT, revision: TEXT, service: TEXT, operation: TEXT },
  ...{ probability: TEXT, count: TEXT, seconds: TEXT, status: TEXT, rate: TEXT },
};

async function add(args: string[], endpoint: () => string): Promise<Said> {
  const { values, positionals } = parsed({ args, options: ADD_OPTIONS, allowPositionals: true });
  const { agent, revision, service, operation, ...numbers } = values;
  const [kind, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`"fault add" takes one kind; "${more.join(" ")}" is too much.`);
  const scope = Object.fromEntries(
    Object.entries({ agent, revision, service, operation }).filter(([, value]) => value !== undefined),
  );
  const request = checked({
    kind,
    ...(Object.keys(scope).length > 0 ? { scope } : {}),
    ...Object.fromEntries(Object.entries(numbers).map(([option, value]) => [option, numberOf(option, value)])),
  });
  const { id } = (await ask(endpoint(), "POST", "", request)) as { id: string };
  return { lines: [`${id}  ${request.kind}: ${FAULT_KINDS[request.kind]}`], status: 0 };
}

/** A negative number is written `--seconds=-60`. */
function numberOf(option: string, value: string | undefined): number {
  const number = Number(value);
  if (value?.trim() && Number.isFinite(number)) return number;
  throw new UsageError(`--${option} is "${value}"; allowed: a number.`);
}

function checked(request: unknown): FaultRequest {
  try {
    return checkedFault(request);
  } catch (error) {
    if (error instanceof FaultError) throw new UsageError(error.problems.join("\n"));
    throw error;
  }
}

async function list(args: string[], endpoint: () => string): Promise<Said> {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parsed({ args, options: { json: flag, hits: flag } });
  const found = (await ask(endpoint(), "GET")) as FaultList;
  if (values.json) return { lines: [JSON.stringify(found, null, 2)], status: 0 };
  return { lines: values.hits ? hitTable(found.hits) : faultTable(found.faults), status: 0 };
}

async function clear(args: string[], endpoint: () => string): Promise<Said> {
  const { positionals } = parsed({ args, options: {}, allowPositionals: true });
  const [id, ...more] = positionals;
  if (more.length > 0) throw new UsageError('"fault clear" takes one id, or none to clear all.');
  const { cleared } = (await ask(endpoint(), "DELETE", id === undefined ? "" : `/${encodeURIComponent(id)}`)) as {
    cleared: number;
  };
  return { lines: [cleared === 0 ? "No fault was active." : `Cleared ${cleared} fault(s).`], status: 0 };
}

function kinds(args: string[]): Said {
  parsed({ args, options: {} });
  const names = Object.keys(FAULT_KINDS) as FaultKind[];
  return { lines: aligned(names.map((name) => [name, FAULT_KINDS[name]])), status: 0 };
}

async function killRunner(args: string[], endpoint: () => string): Promise<Said> {
  parsed({ args, options: {} });
  const response = await fetch(`${endpoint()}/_sandbox/kill-runner`, { method: "POST" });
  const { killed } = (await response.json()) as { killed: number };
  if (killed === 0) return { lines: ["No workflow is running."], status: 1 };
  return { lines: [`Killed ${killed} workflow process(es).`], status: 0 };
}

/** @throws {UsageError} with what the sandbox says is wrong. */
async function ask(endpoint: string, method: string, path = "", body?: unknown): Promise<unknown> {
  const response = await fetch(`${endpoint}${FAULTS_PATH}${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw new UsageError((answer as { problems: string[] }).problems.join("\n"));
}
