import { breakKinds } from "../github/breaks.ts";
import type { RunEvent } from "../github/contract.ts";
import type { PushResult } from "../host/host.ts";
import { showPush } from "./outcome.ts";
import { progressLines } from "./progress.ts";
import { aligned } from "./table.ts";
import { parsed, runningSandbox, UsageError } from "./usage.ts";

type Line = { readonly event: RunEvent } | { readonly result: PushResult } | { readonly error: string };

/** `push`: a push event on main into the running sandbox; its exit status is the workflow's. */
export async function push(args: string[]): Promise<number> {
  const { values } = parsed({
    args,
    options: {
      agent: { type: "string" },
      sha: { type: "string" },
      break: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  if (values.break === "list") {
    process.stdout.write(`${aligned(breakKinds.map(({ kind, does }) => [kind, does])).join("\n")}\n`);
    return 0;
  }
  if (values.break && !values.agent) throw new UsageError("--break needs --agent: which agent's release shall be bad?");
  const { endpoint } = runningSandbox();
  const breaks = values.break ? [{ agent: values.agent, kind: values.break }] : undefined;
  const request = { agent: values.agent, sha: values.sha, breaks };
  const response = await fetch(`${endpoint}/_sandbox/push`, { method: "POST", body: JSON.stringify(request) });
  const started = Date.now();
  for await (const line of lines(response)) {
    if ("error" in line) throw new UsageError(line.error);
    if ("result" in line) return showPush(line.result);
    for (const text of progressLines(line.event, (Date.now() - started) / 1000, values.verbose))
      process.stdout.write(`${text}\n`);
  }
  throw new UsageError("The sandbox went away while the workflow ran.");
}

async function* lines(response: Response): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part) yield JSON.parse(part) as Line;
  }
}
