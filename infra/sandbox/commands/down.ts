import { setTimeout as wait } from "node:timers/promises";
import { readDescriptor } from "../host/descriptor.ts";
import { descriptorFile, parsed, runningSandbox } from "./usage.ts";

/** `down`: stops the running sandbox and waits until it is gone. */
export async function down(args: string[]): Promise<number> {
  parsed({ args, options: {} });
  const { endpoint } = runningSandbox();
  await fetch(`${endpoint}/_sandbox/down`, { method: "POST" });
  for (let waited = 0; waited < 30; waited += 0.1) {
    if (!readDescriptor(descriptorFile)) {
      process.stdout.write("The sandbox has stopped.\n");
      return 0;
    }
    await wait(100);
  }
  process.stderr.write("The sandbox is still stopping after 30 s.\n");
  return 1;
}
