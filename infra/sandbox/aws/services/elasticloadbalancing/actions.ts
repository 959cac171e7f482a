import type { Action, RedirectActionConfig } from "@aws-sdk/client-elastic-load-balancing-v2";
import { forwardedGroups } from "../../../network/balancer/rules.ts";
import { AwsError } from "../../kernel.ts";
import { notFound, notImplemented, validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { type Records, targetGroupOf } from "./records.ts";
import { groupsUsedBy, loadBalancersUsing } from "./target-groups.ts";

/**
 * Checks the actions of a rule and brings them into the form that describe calls show: a forward to one group has
 * both TargetGroupArn and ForwardConfig, as ELB answers it.
 * @throws AwsError for the first action that is wrong.
 */
export function checkedActions(records: Records, loadBalancerArn: string, actions: readonly Action[]): Action[] {
  if (actions.length === 0) throw validationError("You must specify at least one action");
  if (actions.length > 1) {
    const kinds = actions.map(({ Type }) => Type).join(", ");
    if (actions.every(({ Type }) => Type === "forward" || Type === "redirect" || Type === "fixed-response")) {
      throw new AwsError(
        "TooManyActions",
        `A rule must have exactly one forward, redirect or fixed-response action, got ${kinds}`,
      );
    }
  }
  return actions.map((action) => checkedAction(records, loadBalancerArn, action));
}

function checkedAction(records: Records, loadBalancerArn: string, action: Action): Action {
  const order = action.Order === undefined ? {} : { Order: action.Order };
  switch (action.Type) {
    case "forward":
      return { Type: "forward", ...checkedForward(records, loadBalancerArn, action), ...order };
    case "redirect":
      return { Type: "redirect", RedirectConfig: checkedRedirect(action.RedirectConfig), ...order };
    case "fixed-response":
      return { Type: "fixed-response", FixedResponseConfig: checkedFixedResponse(action), ...order };
    case "authenticate-cognito":
    case "authenticate-oidc":
    case "jwt-validation":
      throw notImplemented(`Action type '${action.Type}' needs an identity provider.`);
    default:
      throw validationError(`Action type '${action.Type}' must be forward, redirect or fixed-response`);
  }
}

function checkedForward(records: Records, loadBalancerArn: string, action: Action): Omit<Action, "Type"> {
  const groups = forwardedGroups([action]);
  if (groups.length === 0) throw validationError("A forward action must name a target group");
  if (groups.length > LIMITS["target-groups-per-action-on-application-load-balancer"]) {
    throw validationError(`A forward action can have at most 5 target groups, got ${groups.length}`);
  }
  if (new Set(groups.map(({ arn }) => arn)).size < groups.length) {
    throw validationError("A forward action cannot name the same target group twice");
  }
  if (
    action.TargetGroupArn &&
    action.ForwardConfig?.TargetGroups?.some(({ TargetGroupArn }) => TargetGroupArn !== action.TargetGroupArn)
  ) {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "TargetGroupArn and ForwardConfig must name the same, single target group",
    );
  }
  for (const { arn, weight } of groups) {
    if (!records.targetGroups.has(arn)) throw notFound.actionTargetGroup(arn);
    if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
      throw validationError(`Weight '${weight}' of target group '${arn}' must be between 0 and 999`);
    }
  }
  checkAssociation(
    records,
    loadBalancerArn,
    groups.map(({ arn }) => arn),
  );
  const [only] = groups;
  return {
    ...(only && groups.length === 1 ? { TargetGroupArn: only.arn } : {}),
    ForwardConfig: {
      TargetGroups: groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: checkedStickiness(action),
    },
  };
}

/** A group belongs to one load balancer, and a load balancer has at most 100 groups. */
function checkAssociation(records: Records, loadBalancerArn: string, arns: readonly string[]): void {
  const elsewhere = arns.filter((arn) => loadBalancersUsing(records, arn).some((user) => user !== loadBalancerArn));
  if (elsewhere.length > 0) {
    throw new AwsError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${elsewhere.join(", ")}`,
    );
  }
  if (
    new Set([...groupsUsedBy(records, loadBalancerArn), ...arns]).size >
    LIMITS["target-groups-per-application-load-balancer"]
  ) {
    throw new AwsError(
      "TooManyUniqueTargetGroupsPerLoadBalancer",
      "You've reached the limit on the number of unique target groups per load balancer",
    );
  }
  for (const arn of arns) targetGroupOf(records, arn);
}

function checkedStickiness({ ForwardConfig }: Action) {
  const { Enabled = false, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
  if (!Enabled) return { Enabled: false };
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > 604_800) {
    throw validationError(`Stickiness duration '${DurationSeconds}' must be between 1 and 604800 seconds`);
  }
  return { Enabled, DurationSeconds };
}

function checkedRedirect(config: RedirectActionConfig | undefined): RedirectActionConfig {
  if (!config) throw validationError("A redirect action must have a RedirectConfig");
  const complete = {
    Protocol: config.Protocol ?? "#{protocol}",
    Host: config.Host ?? "#{host}",
    Port: config.Port ?? "#{port}",
    Path: config.Path ?? "/#{path}",
    Query: config.Query ?? "#{query}",
    StatusCode: config.StatusCode,
  };
  if (complete.StatusCode !== "HTTP_301" && complete.StatusCode !== "HTTP_302") {
    throw validationError(`Redirect status code '${complete.StatusCode}' must be HTTP_301 or HTTP_302`);
  }
  if (!/^(HTTPS?|#\{protocol\})$/i.test(complete.Protocol)) {
    throw validationError(`Redirect protocol '${complete.Protocol}' must be HTTP, HTTPS or #{protocol}`);
  }
  if (!/^(#\{port\}|\d{1,5})$/.test(complete.Port)) {
    throw validationError(`Redirect port '${complete.Port}' must be between 1 and 65535 or #{port}`);
  }
  if (!complete.Path.startsWith("/")) throw validationError(`Redirect path '${complete.Path}' must begin with '/'`);
  if (isLoop(complete)) {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "The redirect configuration is not valid because it creates a loop.",
    );
  }
  return complete;
}

/** Listeners speak HTTP, so a redirect to HTTP that changes nothing else leads back to itself. */
const isLoop = ({ Protocol = "", Host, Port, Path }: RedirectActionConfig): boolean =>
  /^(HTTP|#\{protocol\})$/i.test(Protocol) && Host === "#{host}" && Port === "#{port}" && Path === "/#{path}";

const CONTENT_TYPES = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

function checkedFixedResponse({ FixedResponseConfig: config }: Action) {
  if (!config) throw validationError("A fixed-response action must have a FixedResponseConfig");
  if (!/^[245]\d\d$/.test(config.StatusCode ?? "")) {
    throw validationError(`Fixed response status code '${config.StatusCode}' must be 2XX, 4XX or 5XX`);
  }
  if (config.ContentType && !CONTENT_TYPES.includes(config.ContentType)) {
    throw validationError(`Content type '${config.ContentType}' must be one of ${CONTENT_TYPES.join(", ")}`);
  }
  if ((config.MessageBody ?? "").length > 1024)
    throw validationError("Message body must be at most 1024 characters long");
  return config;
}
