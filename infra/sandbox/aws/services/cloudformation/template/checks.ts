import { INTRINSICS } from "./functions.ts";
import { callsIn, referencesIn } from "./references.ts";
import { explicitDependencies, type Json, type Template } from "./template.ts";

const PSEUDO = new Set([
  "AWS::AccountId",
  "AWS::NotificationARNs",
  "AWS::NoValue",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
]);
const CONDITION_ONLY = new Set(["Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"]);
const PARAMETER_TYPE =
  /^(String|Number|CommaDelimitedList|List<Number>|AWS::[A-Za-z0-9:]+|List<AWS::[A-Za-z0-9:]+>|AWS::SSM::Parameter::Value<.+>)$/;

/** What can be wrong with names in a template, without any value: every problem at once. */
export function nameProblems(template: Template): string[] {
  const problems: string[] = [];
  for (const [id, parameter] of Object.entries(template.Parameters))
    if (typeof parameter?.Type !== "string" || !PARAMETER_TYPE.test(parameter.Type))
      problems.push(`Template format error: Unrecognized parameter type: ${parameter?.Type} (Parameters/${id})`);
  for (const [id, resource] of Object.entries(template.Resources)) {
    problems.push(...partProblems(template, (resource.Properties ?? null) as Json, `Resources/${id}`));
    for (const dependency of explicitDependencies(resource))
      if (!Object.hasOwn(template.Resources, dependency))
        problems.push(`Resources/${id}/DependsOn: Unresolved resource dependencies [${dependency}]`);
    problems.push(...conditionProblems(template, resource.Condition, `Resources/${id}`));
  }
  for (const [id, output] of Object.entries(template.Outputs)) {
    problems.push(...partProblems(template, [output.Value, output.Export?.Name ?? null], `Outputs/${id}`));
    problems.push(...conditionProblems(template, output.Condition, `Outputs/${id}`));
  }
  return problems;
}

function partProblems(template: Template, part: Json, at: string): string[] {
  const problems: string[] = [];
  for (const { name, argument } of callsIn(part)) {
    if (name === "Fn::If" && Array.isArray(argument) && typeof argument[0] === "string")
      problems.push(...conditionProblems(template, argument[0], at));
    if (CONDITION_ONLY.has(name)) problems.push(`${at}: ${name} is allowed in conditions only`);
    else if (!Object.hasOwn(INTRINSICS, name))
      problems.push(`${at}: unknown function ${name}; known are ${Object.keys(INTRINSICS).join(", ")}`);
  }
  for (const { name, attribute } of referencesIn(part)) {
    const isResource = Object.hasOwn(template.Resources, name);
    if (attribute !== undefined && !isResource)
      problems.push(`${at}: Fn::GetAtt references undefined resource ${name}`);
    if (attribute !== undefined || isResource || PSEUDO.has(name)) continue;
    if (!Object.hasOwn(template.Parameters, name)) problems.push(`${at}: Unresolved resource dependencies [${name}]`);
  }
  return problems;
}

function conditionProblems(template: Template, name: string | undefined, at: string): string[] {
  if (name === undefined || Object.hasOwn(template.Conditions, name)) return [];
  return [`${at}: condition ${name} is not defined`];
}
