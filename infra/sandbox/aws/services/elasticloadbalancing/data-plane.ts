import { type GroupSettings, TargetGroup } from "../../../network/balancer/groups.ts";
import type { AnswerHeaders } from "../../../network/balancer/headers.ts";
import { Listener, type ListenerSettings } from "../../../network/balancer/listener.ts";
import { Meter } from "../../../network/balancer/meter.ts";
import { type CompiledRule, compileRule, forwardedGroups } from "../../../network/balancer/rules.ts";
import type { Stickiness } from "../../../network/balancer/stickiness.ts";
import type { Connections } from "../../../network/balancer/targets.ts";
import type { ServiceContext } from "../../kernel.ts";
import { validationError } from "./errors.ts";
import {
  type Attributes,
  type ListenerRecord,
  loadBalancerOf,
  type Records,
  type RuleRecord,
  rulesOf,
  type TargetGroupRecord,
} from "./records.ts";

/** Real seconds that a deleted listener leaves to requests under way. */
const CLOSE_GRACE_SECONDS = 5;

/** The running half of this service: what the records say, as servers, groups and compiled rules. */
export class DataPlane {
  readonly meter = new Meter();
  readonly #context: ServiceContext;
  readonly #records: Records;
  readonly #listeners = new Map<string, Listener>();
  readonly #groups = new Map<string, TargetGroup>();
  readonly #traceId: () => string;

  constructor(context: ServiceContext, records: Records) {
    this.#context = context;
    this.#records = records;
    this.#traceId = traceIds(context);
  }

  /** The running group of a record; made on first use. */
  group(record: TargetGroupRecord): TargetGroup {
    let group = this.#groups.get(record.arn);
    if (!group) {
      group = new TargetGroup(record.arn, groupSettings(record), this.#context);
      for (const { id, port } of record.targets) group.register(id, port);
      this.#groups.set(record.arn, group);
    }
    return group;
  }

  applySettings(record: TargetGroupRecord): void {
    this.group(record).settings = groupSettings(record);
  }

  removeGroup(arn: string): void {
    this.#groups.get(arn)?.close();
    this.#groups.delete(arn);
  }

  /** Opens a listener's port, the one it had before first. Its rules must have been recorded. */
  async open(record: ListenerRecord): Promise<void> {
    const listener = new Listener({
      loadBalancerArn: record.loadBalancerArn,
      settings: this.#settings(record),
      meter: this.meter,
      faults: this.#context.faults,
      traceId: this.#traceId,
    });
    const wanted = record.port > 0 && record.port !== record.declaredPort ? [record.port] : [];
    record.port = await listener.open([...wanted, record.declaredPort]);
    if (record.port !== record.declaredPort) {
      this.#context.log(`port ${record.declaredPort} cannot be had; the listener answers on ${record.port}`);
    }
    this.#listeners.set(record.arn, listener);
    this.applyRules(record.arn);
  }

  async close(listenerArn: string, graceSeconds = CLOSE_GRACE_SECONDS): Promise<void> {
    const listener = this.#listeners.get(listenerArn);
    this.#listeners.delete(listenerArn);
    await listener?.close(graceSeconds);
  }

  /** What a rule would do. @throws ValidationError when a pattern in it is malformed. */
  compile(rule: Pick<RuleRecord, "conditions" | "actions" | "transforms">, listenerPort: number): CompiledRule {
    try {
      return compileRule(rule, {
        listenerPort,
        now: () => this.#context.clock.now().getTime(),
        group: (arn) => {
          const record = this.#records.targetGroups.get(arn);
          return record && this.group(record);
        },
      });
    } catch (error) {
      throw validationError(`The rule is not valid: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Puts the recorded rules of a listener in force, all at once; from then on the groups they name are checked. */
  applyRules(listenerArn: string): void {
    const listener = this.#listeners.get(listenerArn);
    if (listener) {
      listener.rules = rulesOf(this.#records, listenerArn).map((rule) => this.compile(rule, listener.port));
    }
    this.applyUse();
  }

  /** Health is checked in groups that a rule names, and in no other. */
  applyUse(): void {
    const used = new Set(
      [...this.#records.rules.values()].flatMap(({ actions }) => forwardedGroups(actions)).map(({ arn }) => arn),
    );
    for (const record of this.#records.targetGroups.values()) this.group(record).inUse = used.has(record.arn);
  }

  applyLoadBalancer(arn: string): void {
    for (const record of this.#records.listeners.values()) {
      const listener = this.#listeners.get(record.arn);
      if (listener && record.loadBalancerArn === arn) listener.settings = this.#settings(record);
    }
  }

  applyListener(record: ListenerRecord): void {
    const listener = this.#listeners.get(record.arn);
    if (listener) listener.settings = this.#settings(record);
  }

  /** From clients to the load balancer and from there to the targets of its groups. */
  connections(loadBalancerArn: string, groups: readonly TargetGroupRecord[]): readonly Connections[] {
    return [this.meter.connections(loadBalancerArn), ...groups.map((record) => this.group(record).connections)];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((arn) => this.close(arn, 0)));
    for (const arn of [...this.#groups.keys()]) this.removeGroup(arn);
  }

  #settings(record: ListenerRecord): ListenerSettings {
    const { attributes } = loadBalancerOf(this.#records, record.loadBalancerArn);
    const mode = attributes["routing.http.xff_header_processing.mode"];
    return {
      idleSeconds: Number(attributes["idle_timeout.timeout_seconds"]),
      clientKeepAliveSeconds: Number(attributes["client_keep_alive.seconds"]),
      forwardedFor: mode === "preserve" || mode === "remove" ? mode : "append",
      namesClientPort: attributes["routing.http.xff_client_port.enabled"] === "true",
      preservesHost: attributes["routing.http.preserve_host_header.enabled"] === "true",
      dropsInvalid: attributes["routing.http.drop_invalid_header_fields.enabled"] === "true",
      answerHeaders: answerHeaders(record.attributes),
    };
  }
}

const LEAST_PERCENT = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage";

function stickinessOf(attributes: Attributes): Stickiness | undefined {
  if (attributes["stickiness.enabled"] !== "true") return undefined;
  const isApplication = attributes["stickiness.type"] === "app_cookie";
  return {
    seconds: Number(attributes[`stickiness.${isApplication ? "app" : "lb"}_cookie.duration_seconds`]),
    appCookie: isApplication ? attributes["stickiness.app_cookie.cookie_name"] : undefined,
  };
}

/** `routing.http.response.x_frame_options.header_value` → X-Frame-Options. */
function answerHeaders(attributes: Attributes): AnswerHeaders {
  const added = Object.entries(attributes).flatMap(([key, value]): [string, string][] => {
    const name = /^routing\.http\.response\.(\w+)\.header_value$/.exec(key)?.[1];
    return name && value ? [[name.replaceAll("_", "-"), value]] : [];
  });
  return { added: new Map(added), hidesServer: attributes["routing.http.response.server.enabled"] === "false" };
}

function groupSettings({ shown, attributes }: TargetGroupRecord): GroupSettings {
  const algorithm = attributes["load_balancing.algorithm.type"];
  return {
    check: {
      path: shown.HealthCheckPath ?? "/",
      port: shown.HealthCheckPort ?? "traffic-port",
      intervalSeconds: shown.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: shown.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: shown.HealthyThresholdCount ?? 5,
      unhealthyThreshold: shown.UnhealthyThresholdCount ?? 2,
      matcher: shown.Matcher?.HttpCode ?? "200",
    },
    deregistrationDelaySeconds: Number(attributes["deregistration_delay.timeout_seconds"]),
    algorithm:
      algorithm === "least_outstanding_requests" || algorithm === "weighted_random" ? algorithm : "round_robin",
    stickiness: stickinessOf(attributes),
    slowStartSeconds: Number(attributes["slow_start.duration_seconds"]),
    leastHealthy: {
      count: Number(attributes["target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"]),
      percent: Number.parseInt(attributes[LEAST_PERCENT] ?? "", 10) || 0,
    },
  };
}

/** Unique without a random number per request: a random part per process and a count. */
function traceIds({ clock, id }: ServiceContext): () => string {
  const process = id(16);
  let count = 0;
  return () => {
    count = (count + 1) % 0xffff_ffff;
    const seconds = Math.floor(clock.now().getTime() / 1000).toString(16);
    return `1-${seconds.padStart(8, "0")}-${process}${count.toString(16).padStart(8, "0")}`;
  };
}
