import type { GroupRequest } from "../concurrency.ts";
import { GithubError, type Json, type JsonObject } from "../contract.ts";
import type { Cancellation } from "./cancellation.ts";
import { evaluateTemplate, evaluateText, type Scope } from "./expressions/expressions.ts";
import type { RunContext } from "./run-context.ts";

export interface Hold {
  readonly run: RunContext;
  /** Shown while it waits. */
  readonly name: string;
  readonly setting: Json | undefined;
  readonly scope: Scope;
  readonly owner: string;
  /** Cancelled when the group gives the place to somebody newer. */
  readonly cancellation: Cancellation;
}

/** Waits for a `concurrency` group. Resolves, acquired or cancelled, with the function that leaves the group. */
export async function holdGroup(hold: Hold): Promise<() => void> {
  const { run, setting, cancellation, name } = hold;
  const request = setting === undefined ? undefined : groupOf(hold);
  if (!request || cancellation.cancelled) return () => {};
  let acquired = false;
  let leave = () => {};
  await new Promise<void>((resolve) => {
    cancellation.signal.addEventListener("abort", () => resolve(), { once: true });
    leave = run.enterGroup(request, {
      acquired: () => {
        acquired = true;
        resolve();
      },
      cancelled: (reason) => cancellation.cancel(reason),
    });
    // Groups of this run answer at once; the word "waiting" is for those that do not.
    const timer = setTimeout(() => {
      if (!acquired && !cancellation.cancelled) run.emit({ type: "job-waiting", job: name, group: request.group });
    }, WAITING_AFTER_MS);
    timer.unref();
  });
  return leave;
}

const WAITING_AFTER_MS = 250;

function groupOf({ setting, scope, owner }: Hold): GroupRequest | undefined {
  if (setting === undefined || setting === null) return undefined;
  if (typeof setting !== "object")
    return { group: nonEmpty(evaluateText(setting, scope)), owner, cancelInProgress: false, queue: "single" };
  const settings = setting as JsonObject;
  const cancel = evaluateTemplate(settings["cancel-in-progress"] ?? false, scope);
  const queue = evaluateText(settings.queue ?? "single", scope);
  if (queue !== "single" && queue !== "max")
    throw new GithubError(`concurrency.queue is "${queue}"; allowed: single, max`);
  return {
    group: nonEmpty(evaluateText(settings.group, scope)),
    owner,
    cancelInProgress: cancel === true || cancel === "true",
    queue,
  };
}

function nonEmpty(group: string): string {
  if (group) return group;
  throw new GithubError("concurrency.group is empty; allowed: a name");
}
