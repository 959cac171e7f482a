import { problemsError } from "./errors.ts";
import type { ParameterDefinition, Template } from "./template.ts";
import type { Value } from "./value.ts";

/** A parameter of a stack as it is stored: the value given and, for SSM parameter types, the value found there. */
export interface StackParameter {
  readonly key: string;
  readonly value: string;
  readonly resolved?: string;
  readonly noEcho: boolean;
}

/** What the caller passed; `previous` asks for the value that the stack has. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string;
  readonly previous: boolean;
}

/** @returns the values of SSM parameters by name; a missing one is absent. */
export type SsmLookup = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export const isNoEcho = (definition: ParameterDefinition): boolean => String(definition.NoEcho ?? false) === "true";

const ssmValueType = (type: string): string | undefined => /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
const isList = (type: string): boolean => type === "CommaDelimitedList" || type.startsWith("List<");

/** Chooses, checks and resolves the parameters of an operation. Throws one TemplateError with every problem. */
export async function resolveParameters(options: {
  template: Template;
  given: readonly GivenParameter[];
  previous: readonly StackParameter[];
  ssm: SsmLookup;
}): Promise<StackParameter[]> {
  const { template, given, previous } = options;
  const problems = unknownKeys(template, given);
  const chosen: { key: string; value: string; definition: ParameterDefinition }[] = [];
  const missing: string[] = [];
  for (const [key, definition] of Object.entries(template.Parameters)) {
    const value = choose(
      definition,
      given.find((one) => one.key === key),
      previous.find((one) => one.key === key),
    );
    if (value === undefined) missing.push(key);
    else chosen.push({ key, value, definition });
  }
  if (missing.length > 0) problems.push(`Parameters: [${missing.join(", ")}] must have values`);
  const names = chosen.filter(({ definition }) => ssmValueType(definition.Type)).map(({ value }) => value);
  const found = names.length > 0 ? await options.ssm(names) : new Map<string, string>();
  const result = chosen.map(({ key, value, definition }): StackParameter => {
    problems.push(...constraintProblems(key, value, definition));
    const noEcho = isNoEcho(definition);
    if (!ssmValueType(definition.Type)) return { key, value, noEcho };
    const resolved = found.get(value);
    if (resolved === undefined)
      problems.push(`Unable to fetch parameters [${value}] from parameter store for this account.`);
    return { key, value, resolved: resolved ?? "", noEcho };
  });
  if (problems.length > 0) throw problemsError("Parameter validation failed", problems);
  return result;
}

/** Values as intrinsic functions see them: lists for list types, numbers kept as text as CloudFormation does. */
export function parameterValues(template: Template, parameters: readonly StackParameter[]): Map<string, Value> {
  return new Map(
    parameters.map(({ key, value, resolved }): [string, Value] => {
      const type = template.Parameters[key]?.Type ?? "String";
      const effective = resolved ?? value;
      if (!isList(ssmValueType(type) ?? type)) return [key, effective];
      return [key, effective === "" ? [] : effective.split(",").map((item) => item.trim())];
    }),
  );
}

function choose(
  definition: ParameterDefinition,
  given: GivenParameter | undefined,
  previous: StackParameter | undefined,
): string | undefined {
  if (given?.previous) return previous?.value;
  if (given?.value !== undefined) return given.value;
  return definition.Default === undefined ? undefined : String(definition.Default);
}

function unknownKeys(template: Template, given: readonly GivenParameter[]): string[] {
  const unknown = given.map(({ key }) => key).filter((key) => !Object.hasOwn(template.Parameters, key));
  return unknown.length > 0 ? [`Parameters: [${unknown.join(", ")}] do not exist in the template`] : [];
}

function constraintProblems(key: string, value: string, definition: ParameterDefinition): string[] {
  const shown = isNoEcho(definition) ? "****" : `'${value}'`;
  const because = definition.ConstraintDescription ? `: ${definition.ConstraintDescription}` : "";
  const items = definition.Type === "CommaDelimitedList" ? value.split(",").map((item) => item.trim()) : [value];
  const problems: string[] = [];
  const allowed = definition.AllowedValues?.map(String);
  if (allowed && !items.every((item) => allowed.includes(item)))
    problems.push(`Parameter '${key}' must be one of AllowedValues [${allowed.join(", ")}], got ${shown}${because}`);
  const pattern = definition.AllowedPattern;
  if (pattern !== undefined && !items.every((item) => matches(pattern, item)))
    problems.push(`Parameter '${key}' must match pattern ${pattern}, got ${shown}${because}`);
  if (definition.MinLength !== undefined && value.length < Number(definition.MinLength))
    problems.push(`Parameter '${key}' must contain at least ${definition.MinLength} characters`);
  if (definition.MaxLength !== undefined && value.length > Number(definition.MaxLength))
    problems.push(`Parameter '${key}' must contain at most ${definition.MaxLength} characters`);
  if (definition.Type === "Number") problems.push(...numberProblems(key, value, definition));
  return problems;
}

function numberProblems(key: string, value: string, definition: ParameterDefinition): string[] {
  const number = Number(value);
  if (value.trim() === "" || Number.isNaN(number)) return [`Parameter '${key}' must be a number, got '${value}'`];
  const problems: string[] = [];
  if (definition.MinValue !== undefined && number < Number(definition.MinValue))
    problems.push(`Parameter '${key}' must be a number not less than ${definition.MinValue}`);
  if (definition.MaxValue !== undefined && number > Number(definition.MaxValue))
    problems.push(`Parameter '${key}' must be a number not greater than ${definition.MaxValue}`);
  return problems;
}

/** AllowedPattern is anchored to the whole value. A pattern that JavaScript cannot read never matches. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return false;
  }
}
