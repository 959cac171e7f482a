import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { inBackground } from "../../background.ts";
import { isHigh } from "./alarms.ts";
import { within } from "./arithmetic.ts";
import type { Book, TargetRecord } from "./book.ts";
import { type Decision, decide, type Firing } from "./decision.ts";
import { EcsService, noteChange, noteNotScaled } from "./ecs-service.ts";
import { firingAlarms, valuesOf } from "./measurements.ts";
import { runDue } from "./scheduled-runs.ts";

const INTERVAL_SECONDS = 10; // of sandbox time
const LEAST_REAL_MS = 100;

/** Makes services follow their policies, schedules and limits, look after look. */
export class Scaler {
  readonly #book: Book;
  readonly #reported = new Map<string, string>();

  constructor(book: Book) {
    this.#book = book;
  }

  start(signal: AbortSignal): void {
    inBackground(this.#run(signal), { what: "autoscaling: looks at targets", signal, log: this.#book.context.log });
  }

  /**
   * The sandbox's clock starts anew with each start, at real time, so a state that ran fast lies in the future: cooldowns
   * end, and what a schedule missed meanwhile does not run.
   */
  resume(): void {
    const now = this.#book.now();
    for (const target of this.#book.targets.values()) {
      if (target.lastOut && target.lastOut.at > now) target.lastOut = undefined;
      if (target.lastIn && target.lastIn.at > now) target.lastIn = undefined;
    }
    for (const action of this.#book.scheduled.values()) action.checkedAt = now;
  }

  async #run(signal: AbortSignal): Promise<never> {
    const { clock } = this.#book.context;
    for (;;) {
      await clock.poll(INTERVAL_SECONDS, { atLeastMs: LEAST_REAL_MS }, signal);
      if (this.#book.targets.size > 0) await clock.hold(this.#look());
    }
  }

  async #look(): Promise<void> {
    const alarms = await this.#guarded("alarms", () => firingAlarms(this.#book.context));
    for (const target of [...this.#book.targets.values()])
      await this.#guarded(target.resourceId, () => this.#attend(target, alarms ?? []));
  }

  /** A look that keeps failing for one reason says so once. */
  async #guarded<T>(subject: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const line = `autoscaling: ${subject}: ${error instanceof Error ? error.message : error}`;
      if (this.#reported.get(subject) !== line) this.#book.context.log(line);
      this.#reported.set(subject, line);
      return undefined;
    }
  }

  async #attend(target: TargetRecord, alarms: readonly MetricAlarm[]): Promise<void> {
    runDue(this.#book, target);
    if (target.pendingCauses.length > 0) await this.settle(target);
    const policies = this.#book.policiesOf(target.resourceId);
    const own = alarms.flatMap((alarm) =>
      policies
        .filter((policy) => alarm.AlarmActions?.some((action) => actsOn(action, policy.arn)))
        .map((policy) => ({ alarm, policy })),
    );
    if (own.length === 0) {
      target.notScaled = undefined;
      return;
    }
    const service = await EcsService.find(this.#book.context, target);
    if (!service) return;
    const firing = await Promise.all(
      own.map(
        async ({ alarm, policy }): Promise<Firing> => ({
          policy,
          alarmName: alarm.AlarmName ?? "",
          threshold: alarm.Threshold ?? 0,
          isHigh: isHigh(alarm),
          values: await valuesOf(this.#book.context, alarm),
        }),
      ),
    );
    const { current } = service;
    const isDeploying = await service.isDeploying();
    const now = this.#book.now();
    await this.#apply(target, service, decide({ now, current, target, policies, firing, isDeploying }));
  }

  /** Brings the count within limits that have changed; a count above the maximum waits for the end of a deployment. */
  async settle(target: TargetRecord): Promise<void> {
    const service = await EcsService.find(this.#book.context, target);
    if (!service) return;
    const count = within(service.current, target);
    const word = count > service.current ? "minimum" : "maximum";
    const cause = target.pendingCauses.findLast((one) => one.startsWith(word));
    if (count < service.current && (await service.isDeploying())) return;
    target.pendingCauses = [];
    if (count === service.current || !cause) return;
    await noteChange(this.#book, target, { count, cause, change: () => service.set(count) });
  }

  async #apply(target: TargetRecord, service: EcsService, decision: Decision): Promise<void> {
    if (decision.kind === "none") return;
    if (decision.kind === "not-scaled")
      return noteNotScaled(this.#book, target, { ...decision, current: service.current });
    const { count, cause, base } = decision;
    const isDone = await noteChange(this.#book, target, { count, cause, change: () => service.set(count) });
    if (!isDone) return;
    const at = this.#book.now();
    if (count > service.current) Object.assign(target, { lastOut: { at, from: base }, lastIn: undefined });
    else target.lastIn = { at };
  }
}

/** An alarm acts on a policy by its ARN, target tracking with `:createdBy/<id>` behind it. */
const actsOn = (action: string, policyArn: string): boolean =>
  action === policyArn || action.startsWith(`${policyArn}:createdBy/`);
