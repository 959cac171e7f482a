import type { Clock } from "../../../../clock.ts";
import { ComputeError, type Usage } from "../../../../compute/driver.ts";
import type { TaskRecord } from "../model.ts";
import { taskHealth } from "./container-health.ts";
import { dependents, startOrder } from "./dependencies.ts";
import { Member, type Prepared, STOP_SECONDS, type Surrounds } from "./member.ts";
import { ESSENTIAL_EXITED, type StopReason } from "./stop-reason.ts";

const SHORTEST_SPOT_GRACE_MS = 2000; // real time: a program needs some to stop, however fast the clock runs
const LONGEST_SPOT_GRACE_SECONDS = 120; // the two-minute warning

/** What a run needs from outside. */
export interface Preparation {
  attach(record: TaskRecord): Promise<void>;
  prepare(record: TaskRecord): Promise<Prepared[]>;
  /** The record's status, version and view have changed. */
  changed(record: TaskRecord): void;
}

/** A start that was given up; the message becomes `stoppedReason`. */
class StartFailure extends Error {}

/** One task from PROVISIONING to STOPPED: drives its containers and keeps its record true. */
export class TaskRun {
  readonly record: TaskRecord;
  readonly #surrounds: Omit<Surrounds, "record" | "onChange">;
  readonly #preparation: Preparation;
  #members: Member[] = [];
  #stop: StopReason | undefined;
  /** Aborted when the task was asked to end. */
  readonly #stopping = new AbortController();
  readonly #stops = new Map<Member, Promise<unknown>>();

  constructor(record: TaskRecord, surrounds: Omit<Surrounds, "record" | "onChange">, preparation: Preparation) {
    this.record = record;
    this.#surrounds = surrounds;
    this.#preparation = preparation;
  }

  get #clock(): Clock {
    return this.#surrounds.context.clock;
  }

  /** Runs the task to its end. Real work is held, so that a clock driven by hand waits for it; the long middle is not. */
  async run(): Promise<void> {
    let own: StopReason;
    try {
      const prepared = await this.#clock.hold(this.#prepare());
      this.#members = prepared.map((one) => this.#member(one));
      await this.#startAll();
      own = await this.#attend();
    } catch (error) {
      own = { code: "TaskFailedToStart", reason: failureReason(error) };
      if (!this.#stop) for (const container of this.record.task.containers ?? []) container.reason ??= own.reason;
    }
    await this.#clock.hold(this.#finish(own));
  }

  #member(prepared: Prepared): Member {
    return new Member({ ...this.#surrounds, record: this.record, onChange: () => this.#noteContainers() }, prepared);
  }

  async #prepare(): Promise<Prepared[]> {
    await this.#preparation.attach(this.record);
    this.#setStatus("PENDING");
    this.#requireWanted();
    this.#setStatus("ACTIVATING");
    return this.#preparation.prepare(this.record);
  }

  #requireWanted(): void {
    if (this.#stop) throw new StartFailure(this.#stop.reason);
  }

  /** Each container once what it depends on allows it. */
  async #startAll(): Promise<void> {
    const byName = new Map(this.#members.map((member) => [member.name, member]));
    const order = startOrder(this.#members.map((member) => member.prepared.definition));
    for (const { name = "" } of order) {
      const member = byName.get(name);
      if (!member) continue;
      this.#requireWanted();
      await this.#dependencies(member, byName);
      this.#requireWanted();
      await this.#clock.hold(member.start());
    }
  }

  async #dependencies(member: Member, byName: ReadonlyMap<string, Member>): Promise<void> {
    for (const { containerName = "", condition } of member.prepared.definition.dependsOn ?? []) {
      const other = byName.get(containerName);
      if (!other || condition === "START") continue;
      const isMet = await this.#meets(other, condition ?? "");
      this.#requireWanted();
      if (!isMet)
        throw new StartFailure(
          `CannotStartContainerError: container ${member.name} depends on container ${containerName} to be ${condition}, ` +
            "which it did not become in time",
        );
    }
  }

  /** A health check follows the clock; a program that has to end is real work, and so is its time limit. */
  async #meets(other: Member, condition: string): Promise<boolean> {
    const { startTimeout } = other.prepared.definition;
    const over = new AbortController();
    const stopped = new Promise<false>((resolve) => {
      this.#stopping.signal.addEventListener("abort", () => resolve(false), { once: true });
      if (this.#stop) resolve(false);
    });
    try {
      if (condition === "HEALTHY") {
        const late = startTimeout
          ? this.#clock.sleep(startTimeout, over.signal).then(
              () => false,
              () => false,
            )
          : stopped;
        const ended = other.ended.then(() => false);
        return await Promise.race([other.becomesHealthy().then(() => true), ended, late, stopped]);
      }
      const late = startTimeout ? realSeconds(startTimeout, over.signal) : stopped;
      const ended = other.ended.then(({ code }) => condition === "COMPLETE" || code === 0);
      return await this.#clock.hold(Promise.race([ended, late, stopped]));
    } finally {
      over.abort();
    }
  }

  /** RUNNING, until an essential container ends or the task is asked to end. @returns what ended it by itself. */
  async #attend(): Promise<StopReason> {
    const essential = this.#members.filter((member) => member.isEssential);
    const { task } = this.record;
    // A container that ended before it was up has never run: the task goes from ACTIVATING to STOPPED.
    if (!this.#stop && !essential.some((member) => member.exit)) {
      task.startedAt = this.#clock.now();
      this.#setStatus("RUNNING");
    }
    if (essential.length > 0) await Promise.race(essential.map((member) => member.ended));
    return ESSENTIAL_EXITED;
  }

  /** Asks the task to end: SIGTERM to its containers, SIGKILL after their stop timeout. Again is harmless. */
  stop(reason: StopReason): void {
    const { task } = this.record;
    task.desiredStatus = "STOPPED";
    if (this.#stop) {
      if (task.lastStatus === "DEACTIVATING" || task.lastStatus === "RUNNING") this.#setStatus("STOPPING");
      return;
    }
    this.#request(reason);
    this.#setStatus("STOPPING");
    this.#clock.hold(this.#stopAll()).catch(() => undefined); // awaited again in the end
  }

  /**
   * Fargate takes Spot capacity back: SIGTERM at once, which is the two-minute warning; a container that does not end
   * gets SIGKILL after its stop timeout, of sandbox time but never before two real seconds.
   */
  interrupt(reason: StopReason): void {
    if (this.#stop) return;
    this.#request(reason);
    this.record.task.desiredStatus = "STOPPED";
    this.note();
    for (const member of this.#members) this.#interruptMember(member);
  }

  #interruptMember(member: Member): void {
    const seconds = Math.min(member.prepared.definition.stopTimeout ?? STOP_SECONDS, LONGEST_SPOT_GRACE_SECONDS);
    const over = new AbortController();
    const stopped = member.stop(LONGEST_SPOT_GRACE_SECONDS).finally(() => over.abort());
    this.#stops.set(member, stopped);
    // Held only as long as a program that heeds the signal needs: one that does not must not stop the clock.
    this.#clock
      .hold(Promise.race([stopped, realSeconds(SHORTEST_SPOT_GRACE_MS / 1000, over.signal)]))
      .catch(() => undefined); // awaited again in the end
    this.#clock
      .poll(seconds, { atLeastMs: SHORTEST_SPOT_GRACE_MS }, over.signal)
      .then(() => member.kill())
      .catch(() => undefined); // it ended in time
  }

  #request(reason: StopReason): void {
    const { task } = this.record;
    this.#stop = reason;
    task.stopCode ??= reason.code;
    task.stoppedReason ??= reason.reason;
    this.#stopping.abort();
  }

  /** A crash from outside: every container is killed at once. */
  crash(): void {
    for (const member of this.#members) member.kill();
  }

  leakMemory(): void {
    for (const member of this.#members) member.leakMemory();
  }

  /** By container name; one that is over or cannot be measured is left out. */
  async usage(): Promise<Map<string, Usage>> {
    const entries = await Promise.all(
      this.#members.map(async (member) => [member.name, await member.usage().catch(() => undefined)] as const),
    );
    return new Map(entries.flatMap(([name, usage]) => (usage ? [[name, usage] as const] : [])));
  }

  restartsOf(container: string): number {
    return this.#members.find((member) => member.name === container)?.restarts ?? 0;
  }

  startedAtOf(container: string): Date | undefined {
    return this.#members.find((member) => member.name === container)?.startedAt;
  }

  /** Ends the containers within that many real seconds, when the sandbox stops. */
  async hurry(reason: StopReason, graceSeconds: number): Promise<void> {
    if (!this.#stop) this.#request(reason);
    await Promise.all(this.#members.map((member) => member.stop(graceSeconds)));
  }

  /** Containers that others depend on stop after those: start order, reversed. */
  #stopMember(member: Member): Promise<unknown> {
    const known = this.#stops.get(member);
    if (known) return known;
    const definitions = this.#members.map((one) => one.prepared.definition);
    const names = dependents(member.name, definitions);
    const first = this.#members.filter((one) => names.includes(one.name));
    const stopping = Promise.all(first.map((one) => this.#stopMember(one))).then(() => member.stop());
    this.#stops.set(member, stopping);
    return stopping;
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#stopMember(member)));
  }

  async #finish(own: StopReason): Promise<void> {
    const { record } = this;
    const { task } = record;
    if (task.startedAt) task.executionStoppedAt ??= this.#clock.now();
    // One that drains was asked to end, even if it then ends by itself.
    record.hasFailed ||= this.#stop === undefined && task.desiredStatus === "RUNNING";
    record.isHealthy = false;
    const { code, reason } = this.#stop ?? own;
    task.desiredStatus = "STOPPED";
    task.stopCode ??= code;
    task.stoppedReason ??= reason;
    if (task.lastStatus !== "STOPPING") this.#setStatus("STOPPING");
    await this.#stopAll();
    this.#setStatus("DEPROVISIONING");
    for (const container of task.containers ?? []) container.lastStatus = "STOPPED";
    for (const attachment of task.attachments ?? []) attachment.status = "DELETED";
    task.stoppedAt = this.#clock.now();
    this.#setStatus("STOPPED");
  }

  #setStatus(status: string): void {
    const { task } = this.record;
    task.lastStatus = status;
    if (status === "STOPPING") task.stoppingAt ??= this.#clock.now();
    this.note();
  }

  #noteContainers(): void {
    const checked = this.#members.filter((one) => one.isEssential && one.prepared.definition.healthCheck);
    this.record.task.healthStatus = taskHealth(checked.map((one) => one.prepared.view.healthStatus ?? "UNKNOWN"));
    this.note();
  }

  /** Tells that the record has changed. */
  note(): void {
    this.record.task.version = (this.record.task.version ?? 0) + 1;
    this.#preparation.changed(this.record);
  }
}

function failureReason(error: unknown): string {
  if (error instanceof ComputeError) return `${error.kind}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** A limit on real work: not scaled. */
function realSeconds(seconds: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
