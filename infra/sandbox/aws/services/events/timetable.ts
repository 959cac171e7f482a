import { parseSchedule, type Schedule } from "../../schedule/schedule.ts";
import { uuid } from "../../uuid.ts";
import { type Event, ruleArn, ruleKey, type Store, type StoredRule } from "./model.ts";
import type { Router } from "./router.ts";

/** Fires the rules with a schedule, on the sandbox's clock. What was due while the sandbox was down is not made up for. */
export class Timetable {
  readonly #store: Store;
  readonly #router: Router;
  readonly #ends = new Map<string, AbortController>();

  constructor(store: Store, router: Router) {
    this.#store = store;
    this.#router = router;
  }

  /** Begins, changes or ends what a rule does by the clock. */
  follow(rule: StoredRule): void {
    this.forget(rule);
    if (rule.schedule === undefined || rule.state === "DISABLED") return;
    const schedule = parseSchedule(rule.schedule);
    if ("problem" in schedule) return;
    const end = new AbortController();
    const key = ruleKey(rule.bus, rule.name);
    this.#ends.set(key, end);
    void this.#run(key, schedule, end.signal).catch(() => undefined); // only the end of a wait rejects
  }

  forget(rule: StoredRule): void {
    const key = ruleKey(rule.bus, rule.name);
    this.#ends.get(key)?.abort(new Error("The rule changed."));
    this.#ends.delete(key);
  }

  resume(): void {
    for (const rule of this.#store.rules.values()) this.follow(rule);
  }

  stop(): void {
    for (const end of this.#ends.values()) end.abort(new Error("The sandbox stops."));
    this.#ends.clear();
  }

  async #run(key: string, schedule: Schedule, signal: AbortSignal): Promise<void> {
    const { clock } = this.#store.context;
    for (;;) {
      const rule = this.#store.rules.get(key);
      const next = rule ? schedule.next(clock.now(), rule.since) : undefined;
      if (!next) return;
      await clock.sleep((next.getTime() - clock.now().getTime()) / 1000, signal);
      const due = this.#store.rules.get(key);
      if (due) this.#router.trigger(due, this.#event(due, next));
    }
  }

  #event(rule: StoredRule, time: Date): Event {
    const { account, region } = this.#store.context;
    return {
      version: "0",
      id: uuid(this.#store.context),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account,
      time: time.toISOString().replace(/\.\d+Z$/, "Z"),
      region,
      resources: [ruleArn(this.#store, rule)],
      detail: {},
    };
  }
}
