import type { Clock } from "../../clock.ts";
import type { FaultBook } from "../../faults/fault-book.ts";
import type { AddressBook } from "../addresses.ts";
import { brokenProbe } from "./faults.ts";
import { afterProbe, DRAINING, type HealthCheck, NOT_IN_USE, REGISTERING, type Vitals } from "./health.ts";
import { probe } from "./probe.ts";
import { warmth, weightedTurn } from "./slow-start.ts";
import type { Stickiness } from "./stickiness.ts";
import { type Connections, Target, targetKey } from "./targets.ts";

export type Algorithm = "round_robin" | "least_outstanding_requests" | "weighted_random";

export interface GroupSettings {
  readonly check: HealthCheck;
  readonly deregistrationDelaySeconds: number;
  readonly algorithm: Algorithm;
  /** Whether and how a client stays with its target. */
  readonly stickiness?: Stickiness | undefined;
  /** How long a new target warms up; 0 is not at all. */
  readonly slowStartSeconds: number;
  /** With fewer healthy targets than this, requests go to all of them (fail-open). */
  readonly leastHealthy: { readonly count: number; readonly percent: number };
}

/** What of the sandbox a group works with. */
export interface GroupSurroundings {
  readonly clock: Clock;
  readonly network: AddressBook;
  readonly faults: FaultBook;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** Between two checks of one target lies at least this much real time, however fast the sandbox's clock runs. */
const LEAST_REAL_MS = 20;

/** A target group at work: who is registered, who is healthy, whose turn it is. */
export class TargetGroup {
  readonly arn: string;
  #settings: GroupSettings;
  /** Those that may get the next request: the healthy ones or, when they are too few, the unhealthy too (fail-open). */
  usable: readonly Target[] = [];
  /** To its targets. */
  readonly connections: Connections = { made: 0, open: 0 };
  readonly #targets = new Map<string, Target>();
  readonly #watches = new Map<Target, AbortController>();
  readonly #clock: Clock;
  readonly #network: AddressBook;
  readonly #faults: FaultBook;
  readonly #random: () => number;
  #inUse = false;
  #turn = 0;
  /** Some target is warming up. */
  #isWarming = false;

  constructor(arn: string, settings: GroupSettings, { clock, network, faults, random }: GroupSurroundings) {
    this.arn = arn;
    this.#settings = settings;
    this.#clock = clock;
    this.#network = network;
    this.#faults = faults;
    this.#random = random;
  }

  get settings(): GroupSettings {
    return this.#settings;
  }

  /** In force for the next check and the next request. */
  set settings(settings: GroupSettings) {
    this.#settings = settings;
    this.#refresh();
  }

  get targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  target(ip: string, port: number): Target | undefined {
    return this.#targets.get(targetKey(ip, port));
  }

  get inUse(): boolean {
    return this.#inUse;
  }

  /** Whether a rule forwards to it, with whatever weight: only then are its targets checked. */
  set inUse(inUse: boolean) {
    if (inUse === this.#inUse) return;
    this.#inUse = inUse;
    for (const target of this.#targets.values()) {
      if (target.health.State === "draining") continue;
      if (inUse) this.#watch(target);
      else this.#unwatch(target, NOT_IN_USE);
    }
  }

  /** Registers a target; one that is draining comes back as a new one. Registering twice changes nothing. */
  register(ip: string, port: number): void {
    const known = this.#targets.get(targetKey(ip, port));
    if (known && known.health.State !== "draining") return;
    const target = known ?? new Target({ ip, port }, this.#network, this.connections);
    this.#targets.set(target.key, target);
    if (this.#inUse) this.#watch(target);
    else this.#unwatch(target, NOT_IN_USE);
  }

  /** No new request from now on; gone after the deregistration delay. A group that no rule uses has nothing to drain. */
  deregister(ip: string, port: number): void {
    const target = this.#targets.get(targetKey(ip, port));
    if (!target || target.health.State === "draining") return;
    if (this.#inUse) this.#drain(target);
    else this.#remove(target);
  }

  /** The target whose turn it is; `undefined` when the group has none to offer. */
  pick(): Target | undefined {
    const { usable } = this;
    if (usable.length < 2) return usable[0];
    if (this.settings.algorithm === "weighted_random") return usable[Math.floor(this.#random() * usable.length)];
    if (this.settings.algorithm === "least_outstanding_requests") {
      return usable.reduce((least, target) => (target.inFlight < least.inFlight ? target : least));
    }
    if (this.#isWarming) return weightedTurn(usable, (target) => this.#warmth(target));
    this.#turn = (this.#turn + 1) % usable.length;
    return usable[this.#turn];
  }

  counts(): { readonly healthy: number; readonly unhealthy: number } {
    let healthy = 0;
    let unhealthy = 0;
    for (const { health } of this.#targets.values()) {
      if (health.State === "healthy") healthy++;
      else if (health.State === "unhealthy") unhealthy++;
    }
    return { healthy, unhealthy };
  }

  /** Ends checks and connections at once. */
  close(): void {
    for (const watch of this.#watches.values()) watch.abort();
    for (const target of this.#targets.values()) target.destroy();
    this.#watches.clear();
    this.#targets.clear();
    this.usable = [];
  }

  #watch(target: Target): void {
    const { signal } = this.#begin(target, REGISTERING);
    this.#check(target, signal).catch(() => {});
  }

  #unwatch(target: Target, vitals: Vitals): void {
    this.#begin(target, vitals);
  }

  /** Ends what was going on with the target and starts something new. */
  #begin(target: Target, vitals: Vitals): AbortController {
    this.#watches.get(target)?.abort();
    const watch = new AbortController();
    this.#watches.set(target, watch);
    this.#settle(target, vitals);
    return watch;
  }

  async #check(target: Target, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { check } = this.settings;
      const started = this.#clock.now().getTime();
      const probing = probe({
        endpoint: target.endpoint(check.port === "traffic-port" ? target.port : Number(check.port)),
        path: check.path,
        authority: target.key,
        timeoutSeconds: check.timeoutSeconds,
        signal,
      });
      const seen = await this.#clock.hold(probing);
      if (signal.aborted) return;
      const result = (this.#faults.isQuiet ? undefined : brokenProbe(this.#faults, target)) ?? seen;
      this.#settle(target, afterProbe(target.vitals, result, check));
      const spent = (this.#clock.now().getTime() - started) / 1000;
      await this.#clock.poll(check.intervalSeconds - spent, { atLeastMs: LEAST_REAL_MS }, signal);
    }
  }

  #drain(target: Target): void {
    const { signal } = this.#begin(target, DRAINING);
    this.#emptied(target, signal).then(
      () => signal.aborted || this.#remove(target),
      () => {},
    );
  }

  /** The whole delay even when idle, as AWS does; longer for requests under way, which the clock's scale does not speed up. */
  async #emptied(target: Target, signal: AbortSignal): Promise<void> {
    const seconds = this.settings.deregistrationDelaySeconds;
    await this.#clock.sleep(seconds, signal);
    await target.idle(seconds - seconds / this.#clock.scale, signal);
  }

  #remove(target: Target): void {
    this.#watches.get(target)?.abort();
    this.#watches.delete(target);
    this.#targets.delete(target.key);
    if (target.inFlight > 0) target.destroy();
    else target.end();
    this.#refresh();
  }

  #settle(target: Target, vitals: Vitals): void {
    const changed = target.health.State !== vitals.health.State;
    target.vitals = vitals;
    if (changed) this.#warm(target);
    if (changed || !this.usable.includes(target)) this.#refresh();
  }

  /** A target that becomes healthy beside one that has its full share gets less than that for a while. */
  #warm(target: Target): void {
    target.slowSince = undefined;
    const { slowStartSeconds, algorithm } = this.settings;
    if (slowStartSeconds === 0 || algorithm !== "round_robin" || target.health.State !== "healthy") return;
    const others = [...this.#targets.values()].filter((other) => other !== target);
    if (!others.some(({ health, slowSince }) => health.State === "healthy" && slowSince === undefined)) return;
    target.slowSince = this.#clock.now().getTime();
    this.#isWarming = true;
  }

  #warmth(target: Target): number {
    const share = warmth(target, this.#clock.now().getTime(), this.settings.slowStartSeconds);
    if (share < 1 || target.slowSince === undefined) return share;
    target.slowSince = undefined;
    this.#isWarming = this.usable.some(({ slowSince }) => slowSince !== undefined);
    return 1;
  }

  #refresh(): void {
    const targets = [...this.#targets.values()];
    const healthy = targets.filter(({ health }) => health.State === "healthy");
    const checked = targets.filter(({ health }) => health.State === "healthy" || health.State === "unhealthy");
    const { count, percent } = this.settings.leastHealthy;
    const isEnough = healthy.length >= count && healthy.length * 100 >= checked.length * percent;
    this.usable = isEnough ? healthy : checked;
    this.#isWarming = this.usable.some(({ slowSince }) => slowSince !== undefined);
  }
}
