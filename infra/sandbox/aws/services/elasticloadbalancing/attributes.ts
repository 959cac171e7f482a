import { notImplemented, validationError } from "./errors.ts";
import type { Attributes } from "./records.ts";

/** What an attribute may be; `sandbox` says why a value that AWS allows is refused here. */
interface AttributeRule {
  readonly default: string;
  readonly allowed: RegExp | readonly [least: number, most: number];
  readonly sandbox?: { readonly only: RegExp; readonly why: string };
}

const FLAG = /^(true|false)$/;
const TEXT = /^.*$/s;
/** Source: AWS, "HTTP header modification", limitations. */
const HEADER_VALUE = /^[\w :;.,\\/'?!(){}[\]@<>=\-+*#&`|~^%]{0,1024}$/;
const OFF = /^(false|off|0|)$/;

const logs = (kind: string): Record<string, AttributeRule> => ({
  [`${kind}.s3.enabled`]: {
    default: "false",
    allowed: FLAG,
    sandbox: { only: OFF, why: `'${kind}.s3.enabled' would write logs to a bucket.` },
  },
  [`${kind}.s3.bucket`]: { default: "", allowed: TEXT },
  [`${kind}.s3.prefix`]: { default: "", allowed: TEXT },
});

/** Source: the SDK's documentation of LoadBalancerAttribute. */
export const LOAD_BALANCER_ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  ...logs("access_logs"),
  "idle_timeout.timeout_seconds": { default: "60", allowed: [1, 4000] },
  "deletion_protection.enabled": { default: "false", allowed: FLAG },
  "routing.http2.enabled": { default: "true", allowed: FLAG },
  "routing.http.drop_invalid_header_fields.enabled": { default: "false", allowed: FLAG },
  "routing.http.xff_client_port.enabled": { default: "false", allowed: FLAG },
  "routing.http.preserve_host_header.enabled": { default: "false", allowed: FLAG },
  "routing.http.xff_header_processing.mode": { default: "append", allowed: /^(append|preserve|remove)$/ },
  "routing.http.desync_mitigation_mode": {
    default: "defensive",
    allowed: /^(monitor|defensive|strictest)$/,
    sandbox: {
      only: /^(defensive|strictest)$/,
      why: "'routing.http.desync_mitigation_mode' monitor lets all through.",
    },
  },
  "load_balancing.cross_zone.enabled": { default: "true", allowed: /^true$/ },
  "waf.fail_open.enabled": { default: "false", allowed: FLAG },
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": { default: "false", allowed: FLAG },
  ...logs("connection_logs"),
  ...logs("health_check_logs"),
  "client_keep_alive.seconds": { default: "3600", allowed: [60, 604_800] },
  "zonal_shift.config.enabled": { default: "false", allowed: FLAG },
  "ipv6.deny_all_igw_traffic": { default: "false", allowed: FLAG },
};

/** Source: the SDK's documentation of TargetGroupAttribute. */
export const TARGET_GROUP_ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  "stickiness.enabled": { default: "false", allowed: FLAG },
  "stickiness.type": { default: "lb_cookie", allowed: /^(lb_cookie|app_cookie)$/ },
  "stickiness.lb_cookie.duration_seconds": { default: "86400", allowed: [1, 604_800] },
  "stickiness.app_cookie.duration_seconds": { default: "86400", allowed: [1, 604_800] },
  // Names that begin like the load balancer's own cookies are reserved for them.
  "stickiness.app_cookie.cookie_name": { default: "", allowed: /^(?!AWSALB)[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/ },
  "deregistration_delay.timeout_seconds": { default: "300", allowed: [0, 3600] },
  "slow_start.duration_seconds": { default: "0", allowed: /^(0|[3-9]\d|[1-8]\d\d|900)$/ },
  "load_balancing.algorithm.type": {
    default: "round_robin",
    allowed: /^(round_robin|least_outstanding_requests|weighted_random)$/,
  },
  "load_balancing.algorithm.anomaly_mitigation": {
    default: "off",
    allowed: /^(on|off)$/,
    sandbox: { only: OFF, why: "'load_balancing.algorithm.anomaly_mitigation' would shift traffic by anomalies." },
  },
  "load_balancing.cross_zone.enabled": {
    default: "use_load_balancer_configuration",
    allowed: /^(true|false|use_load_balancer_configuration)$/,
  },
  "target_group_health.dns_failover.minimum_healthy_targets.count": { default: "1", allowed: /^(off|[1-9]\d*)$/ },
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": {
    default: "off",
    allowed: /^(off|[1-9]\d?|100)$/,
  },
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": {
    default: "1",
    allowed: /^[1-9]\d*$/,
  },
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {
    default: "off",
    allowed: /^(off|[1-9]\d?|100)$/,
  },
};

/** Source: the SDK's documentation of ListenerAttribute. */
export const LISTENER_ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  "routing.http.response.server.enabled": { default: "true", allowed: FLAG },
  ...Object.fromEntries(
    [
      "strict_transport_security",
      "access_control_allow_origin",
      "access_control_allow_methods",
      "access_control_allow_headers",
      "access_control_allow_credentials",
      "access_control_expose_headers",
      "access_control_max_age",
      "content_security_policy",
      "x_content_type_options",
      "x_frame_options",
    ].map((name) => [`routing.http.response.${name}.header_value`, { default: "", allowed: HEADER_VALUE }]),
  ),
};

export const defaultsOf = (rules: Readonly<Record<string, AttributeRule>>): Attributes =>
  Object.fromEntries(Object.entries(rules).map(([key, rule]) => [key, rule.default]));

interface Given {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** @returns the attributes with the given ones replaced. @throws ValidationError for an unknown key or value. */
export function withAttributes(
  before: Attributes,
  given: readonly Given[],
  rules: Readonly<Record<string, AttributeRule>>,
): Attributes {
  const after = { ...before };
  for (const { Key = "", Value = "" } of given) {
    const rule = rules[Key];
    if (!rule) throw validationError(`The attribute key '${Key}' is not recognized`);
    if (!allows(rule, Value)) throw validationError(`The value '${Value}' of attribute '${Key}' is not valid`);
    if (rule.sandbox && !rule.sandbox.only.test(Value)) throw notImplemented(rule.sandbox.why);
    after[Key] = Value;
  }
  return after;
}

/** @throws ValidationError naming every pair of target group attributes that AWS does not allow together. */
export function checkTogether(attributes: Attributes): void {
  const algorithm = attributes["load_balancing.algorithm.type"] ?? "";
  const isSticky = attributes["stickiness.enabled"] === "true";
  const problems = [
    ...(attributes["slow_start.duration_seconds"] !== "0" && algorithm !== "round_robin"
      ? [`Slow start mode cannot be enabled with the '${algorithm}' algorithm; it needs 'round_robin'`]
      : []),
    ...(isSticky && algorithm === "weighted_random"
      ? ["Stickiness cannot be enabled with the 'weighted_random' algorithm"]
      : []),
    ...(isSticky && attributes["load_balancing.cross_zone.enabled"] === "false"
      ? ["Stickiness cannot be enabled while cross-zone load balancing is disabled"]
      : []),
    ...(isSticky && attributes["stickiness.type"] === "app_cookie" && !attributes["stickiness.app_cookie.cookie_name"]
      ? ["Stickiness of type 'app_cookie' needs 'stickiness.app_cookie.cookie_name'"]
      : []),
  ];
  if (problems.length > 0) throw validationError(problems.join("; "));
}

export const shownAttributes = (attributes: Attributes): { Key: string; Value: string }[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

function allows({ allowed }: AttributeRule, value: string): boolean {
  if (allowed instanceof RegExp) return allowed.test(value);
  return /^\d+$/.test(value) && Number(value) >= allowed[0] && Number(value) <= allowed[1];
}
