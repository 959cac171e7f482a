import type { DeploymentRecord, HookRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { dueHooks, type HookVerdict, takeVerdict } from "./hooks.ts";
import { hookEvent, readVerdict } from "./lambda-contract.ts";
import { isAssumable } from "./roles.ts";

/** Errors that say nothing about the hook: too many calls, or a failure of Lambda itself. They are tried again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { status } = error as { status?: unknown };
  if (error.name === "NotImplemented") return false;
  return /Throttl|TooManyRequests/.test(error.name) || (typeof status === "number" && status >= 500);
}

/**
 * Calls the functions of Lambda hooks when they are due. What it knows besides the records is only which calls are
 * under way: after a restart they are simply due again.
 */
export class LambdaHooks {
  readonly #records: Records;
  readonly #wake: (serviceArn: string) => void;
  readonly #calls = new Set<string>();

  /** @param wake called with the service's ARN after each verdict. */
  constructor(records: Records, wake: (serviceArn: string) => void) {
    this.#records = records;
    this.#wake = wake;
  }

  /** Starts the calls that are due; their verdicts come later. */
  callDue(deployment: DeploymentRecord): void {
    for (const hook of dueHooks(deployment, this.#records.now())) {
      if (this.#calls.has(hook.hookId)) continue;
      this.#calls.add(hook.hookId);
      void this.#records.context.clock.hold(this.#call(deployment, hook)).finally(() => {
        this.#calls.delete(hook.hookId);
        this.#wake(deployment.serviceArn);
      });
    }
  }

  async #call(deployment: DeploymentRecord, hook: HookRecord): Promise<void> {
    const verdict = await this.#verdict(deployment, hook);
    const current = this.#records.deployments.get(deployment.arn);
    if (current)
      Object.assign(current, takeVerdict(current, { hookId: hook.hookId, verdict, now: this.#records.now() }));
  }

  async #verdict(deployment: DeploymentRecord, hook: HookRecord): Promise<HookVerdict> {
    const { aws } = this.#records.context;
    const roleArn = deployment.configuration.lifecycleHooks?.[hook.position]?.roleArn;
    if (!(await isAssumable(aws, roleArn)))
      return { status: "FAILED", detail: `ECS was unable to assume role ${roleArn}` };
    try {
      const Payload = Buffer.from(JSON.stringify(hookEvent(deployment, hook)));
      const answer = await aws.lambda.invoke({
        FunctionName: hook.targetArn,
        InvocationType: "RequestResponse",
        Payload,
      });
      return readVerdict(Buffer.from(answer.Payload ?? []).toString(), hook.targetArn);
    } catch (error) {
      if (isPassing(error)) return { status: "IN_PROGRESS" };
      const why = error instanceof Error ? error.message : String(error);
      return { status: "FAILED", detail: `ECS was unable to invoke hook target ${hook.targetArn} due to ${why}` };
    }
  }
}
