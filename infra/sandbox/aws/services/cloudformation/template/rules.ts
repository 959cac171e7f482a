import { evaluateCondition } from "./conditions.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Template } from "./template.ts";

/** Evaluates the Rules section (CDK puts its bootstrap version check there). Returns one sentence per failed assertion. */
export function ruleProblems(template: Template, evaluation: Evaluation): string[] {
  return Object.entries(template.Rules).flatMap(([name, rule]) => {
    if (rule.RuleCondition !== undefined && !evaluateCondition(rule.RuleCondition, evaluation)) return [];
    return (rule.Assertions ?? [])
      .filter((assertion) => !evaluateCondition(assertion.Assert, evaluation))
      .map((assertion) => `Rule ${name}: ${assertion.AssertDescription ?? "an assertion is false"}`);
  });
}
