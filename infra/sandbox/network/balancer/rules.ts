import type { Action, RuleCondition, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Answer, fixedResponse, redirect } from "./answers.ts";
import { type Condition, compileCondition } from "./conditions.ts";
import { Forward } from "./forwarding.ts";
import type { TargetGroup } from "./groups.ts";
import type { RequestView } from "./requests.ts";
import { compileTransforms, type Rewrites } from "./transforms.ts";

/** What to do with a request. */
export type Outcome =
  | { readonly kind: "forward"; readonly forward: Forward; readonly rewrites: Rewrites }
  | { readonly kind: "answer"; readonly answer: (request: RequestView) => Answer };

export interface CompiledRule {
  readonly conditions: readonly Condition[];
  readonly outcome: Outcome;
}

export interface RuleSource {
  readonly conditions?: readonly RuleCondition[];
  readonly actions: readonly Action[];
  readonly transforms?: readonly RuleTransform[];
}

export interface RuleContext {
  readonly listenerPort: number;
  readonly group: (arn: string) => TargetGroup | undefined;
  /** Sandbox time in ms since 1970. */
  readonly now: () => number;
}

/** Rules are compiled once per change, so that a request costs comparisons only. @throws when a pattern is malformed. */
export function compileRule({ conditions, actions, transforms }: RuleSource, context: RuleContext): CompiledRule {
  return {
    conditions: (conditions ?? []).map(compileCondition),
    outcome: outcomeOf(actions, compileTransforms(transforms), context),
  };
}

/** @param rules in order of priority; the default rule, which has no conditions, last. */
export function route(rules: readonly CompiledRule[], request: RequestView): Outcome | undefined {
  for (const { conditions, outcome } of rules) {
    let all = true;
    for (const condition of conditions) {
      if (condition(request)) continue;
      all = false;
      break;
    }
    if (all) return outcome;
  }
  return undefined;
}

/** The groups that a rule's actions name, with their weights; an action that names one group gives it weight 1. */
export function forwardedGroups(actions: readonly Action[]): { arn: string; weight: number }[] {
  return actions.flatMap((action) => {
    if (action.Type !== "forward") return [];
    const tuples = action.ForwardConfig?.TargetGroups;
    if (!tuples?.length) return action.TargetGroupArn ? [{ arn: action.TargetGroupArn, weight: 1 }] : [];
    return tuples.map(({ TargetGroupArn, Weight }) => ({ arn: TargetGroupArn ?? "", weight: Weight ?? 1 }));
  });
}

function outcomeOf(actions: readonly Action[], rewrites: Rewrites, { listenerPort, group, now }: RuleContext): Outcome {
  const last = actions.at(-1);
  if (last?.Type === "redirect" && last.RedirectConfig) {
    return { kind: "answer", answer: redirect(last.RedirectConfig, listenerPort) };
  }
  if (last?.Type === "fixed-response" && last.FixedResponseConfig) {
    const answer = fixedResponse(last.FixedResponseConfig);
    return { kind: "answer", answer: () => answer };
  }
  const groups = forwardedGroups(actions).flatMap(({ arn, weight }) => {
    const found = group(arn);
    return found ? [{ group: found, weight }] : [];
  });
  const stickiness = last?.ForwardConfig?.TargetGroupStickinessConfig;
  const forward = new Forward(groups, stickiness?.Enabled ? (stickiness.DurationSeconds ?? 0) : 0, now);
  return { kind: "forward", forward, rewrites };
}
