import type { HostStatus } from "../host/status.ts";
import { aligned } from "./table.ts";
import { parsed, runningSandbox } from "./usage.ts";

/** `status`: what runs, from the same facts as the console. */
export async function status(args: string[]): Promise<number> {
  const { values } = parsed({ args, options: { json: { type: "boolean", default: false } } });
  const response = await fetch(`${runningSandbox().endpoint}/_sandbox/status`);
  const found = (await response.json()) as HostStatus;
  if (values.json) {
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  for (const [name, value] of Object.entries(found.addresses)) process.stdout.write(`${name}=${value}\n`);
  const rows = found.services.map((service) => [
    service.name,
    `${service.running}/${service.desired}`,
    service.deployment,
    service.image,
  ]);
  process.stdout.write(`${aligned([["service", "tasks", "deployment", "image"], ...rows]).join("\n")}\n`);
  for (const run of found.runs) process.stdout.write(`running: ${run.workflow} (process ${run.pid})\n`);
  return 0;
}
