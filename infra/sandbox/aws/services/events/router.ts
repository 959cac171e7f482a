import type { Target } from "@aws-sdk/client-eventbridge";
import { type Queued, RetryQueue } from "../../delivery/retry-queue.ts";
import { parsePattern } from "../../patterns/pattern.ts";
import { uuid } from "../../uuid.ts";
import { inputFor } from "./input.ts";
import { busName, type Event, ruleArn, ruleKey, rulesOf, type Store, type StoredRule } from "./model.ts";

/** Default retry policy of a target: tries and seconds. */
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;

/** Sandbox seconds between tries: 1, 2, 4, … up to this. */
const LONGEST_PAUSE_SECONDS = 600;

/** How often an event may go on from bus to bus, so that two buses cannot send each other events for ever. */
const MAX_HOPS = 5;

/** Errors that trying again does not mend. */
const PERMANENT = /NotFound|Validation|InvalidParameter|NotImplemented|AccessDenied|RequestTooLarge/;

interface Task {
  readonly ruleKey: string;
  readonly targetId: string;
  readonly event: Event;
  readonly hops: number;
}

/** Brings events to the targets of the rules that match them. */
export class Router {
  readonly #store: Store;
  readonly #queue: RetryQueue<Task>;

  constructor(store: Store) {
    this.#store = store;
    const { state, clock } = store.context;
    this.#queue = new RetryQueue({ items: state.collection("queue"), clock, attempt: (item) => this.#attempt(item) });
  }

  /** To every enabled rule of the bus whose pattern matches. */
  route(bus: string, event: Event, hops = 0): void {
    for (const rule of rulesOf(this.#store, bus)) {
      if (rule.state === "DISABLED" || rule.pattern === undefined) continue;
      const parsed = parsePattern(rule.pattern);
      if ("pattern" in parsed && parsed.pattern.matches(event)) this.trigger(rule, event, hops);
    }
  }

  /** To every target of one rule. */
  trigger(rule: StoredRule, event: Event, hops = 0): void {
    for (const { Id = "" } of rule.targets)
      this.#queue.add(uuid(this.#store.context), { ruleKey: ruleKey(rule.bus, rule.name), targetId: Id, event, hops });
  }

  resume(): void {
    this.#queue.resume();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #attempt({ value, since, attempts }: Queued<Task>): Promise<number | undefined> {
    const rule = this.#store.rules.get(value.ruleKey);
    const target = rule?.targets.find(({ Id }) => Id === value.targetId);
    if (!rule || !target) return undefined;
    try {
      await this.#deliver(rule, target, value);
      return undefined;
    } catch (error) {
      const pause = Math.min(LONGEST_PAUSE_SECONDS, 2 ** attempts);
      const age = (this.#store.context.clock.now().getTime() - since.getTime()) / 1000;
      const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_AGE_SECONDS } =
        target.RetryPolicy ?? {};
      const isOver = attempts >= MaximumRetryAttempts || age + pause > MaximumEventAgeInSeconds;
      const isPermanent = error instanceof Error && PERMANENT.test(error.name);
      const ends = isOver || isPermanent;
      const { context } = this.#store;
      context.log(
        `events: ${ruleArn(this.#store, rule)} did not reach ${target.Arn}${ends ? "" : `, next try in ${pause} s`}: ${error instanceof Error ? error.message : error}`,
      );
      return ends ? undefined : pause;
    }
  }

  async #deliver(rule: StoredRule, target: Target, { event, hops }: Task): Promise<void> {
    const { Arn = "" } = target;
    const text = inputFor(target, event, { arn: ruleArn(this.#store, rule), name: rule.name });
    const { aws } = this.#store.context;
    switch (Arn.split(":")[2]) {
      case "lambda":
        await aws.lambda.invoke({ FunctionName: Arn, InvocationType: "Event", Payload: Buffer.from(text) });
        return;
      case "sns":
        await aws.sns.publish({ TopicArn: Arn, Message: text });
        return;
      case "logs":
        return this.#log(Arn, rule, text);
      default:
        return this.#forward(busName(Arn), event, hops);
    }
  }

  /** One stream per rule; AWS chooses the streams' names, which nobody may rely on. */
  async #log(arn: string, rule: StoredRule, message: string): Promise<void> {
    const { aws, clock } = this.#store.context;
    const logGroupName = /:log-group:([^:]+)/.exec(arn)?.[1] ?? "";
    const logStreamName = rule.name;
    await aws.logs.createLogStream({ logGroupName, logStreamName }).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === "ResourceAlreadyExistsException")) throw error;
    });
    await aws.logs.putLogEvents({
      logGroupName,
      logStreamName,
      logEvents: [{ timestamp: clock.now().getTime(), message }],
    });
  }

  #forward(bus: string, event: Event, hops: number): void {
    if (!this.#store.buses.has(bus))
      throw Object.assign(new Error(`event bus ${bus} does not exist`), { name: "NotFound" });
    if (hops < MAX_HOPS) this.route(bus, event, hops + 1);
    else this.#store.context.log(`events: ${event.id} went from bus to bus ${MAX_HOPS} times and goes no further`);
  }
}
