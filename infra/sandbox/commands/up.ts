import { COMPUTE_NAMES, type ComputeName, computeNamed } from "../compute/choose.ts";
import { type Host, startHost } from "../host/host.ts";
import { whenAskedToStop } from "./stopping.ts";
import { descriptorFile, parsed, positiveNumber, repositoryRoot, UsageError } from "./usage.ts";

const HOST_OPTIONS = {
  port: { type: "string" },
  "time-scale": { type: "string" },
  state: { type: "string" },
  compute: { type: "string", default: "auto" },
} as const;

/** `up`: the sandbox alone. Prints its addresses as `NAME=value` lines, then `ready`; stays until it is stopped. */
export async function up(args: string[]): Promise<number> {
  const { values } = parsed({ args, options: HOST_OPTIONS });
  const stopping = whenAskedToStop();
  const host = await hostFrom(values, 1, stopping.ask);
  for (const [name, value] of Object.entries(host.addresses)) process.stdout.write(`${name}=${value}\n`);
  process.stdout.write("ready\n");
  await stopping.asked;
  await host.stop();
  return 0;
}

interface HostValues {
  readonly port?: string;
  readonly "time-scale"?: string;
  readonly state?: string;
  readonly compute?: string;
}

/** Starts the host as the options say; shared with `start`. */
export async function hostFrom(values: HostValues, timeScale: number, quit: () => void): Promise<Host> {
  return startHost({
    repositoryRoot,
    descriptorFile,
    port: values.port === undefined ? 0 : port(values.port),
    timeScale: positiveNumber("time-scale", values["time-scale"], timeScale),
    dataDir: values.state,
    compute: computeNamed(computeName(values.compute), { dockerHost: process.env.DOCKER_HOST }),
    quit,
    log: (line) => process.stderr.write(`sandbox: ${line}\n`),
  });
}

function computeName(value: string | undefined): ComputeName {
  const known = COMPUTE_NAMES.find((name) => name === value);
  if (known) return known;
  throw new UsageError(`--compute is "${value}"; allowed: ${COMPUTE_NAMES.join(", ")}.`);
}

function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new UsageError(`--port is "${value}"; allowed: a port from 0 to 65535, 0 for a free one.`);
}

export const hostOptions = HOST_OPTIONS;
