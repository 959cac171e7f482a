import { AwsError } from "../../kernel.ts";
import { isRecord } from "../../wire/values.ts";

/** The grammar of policies, as far as IAM itself checks it when a policy is put. */
export type PolicyKind = "identity" | "trust";

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const isAction = (value: unknown): boolean => typeof value === "string" && /^(\*|[\w-]+:[\w*?]+)$/.test(value);

function actionProblems(statement: Record<string, unknown>, at: string): string[] {
  const actions = [...list(statement.Action), ...list(statement.NotAction)];
  if (actions.length === 0) return [`${at} needs Action or NotAction`];
  return actions
    .filter((action) => !isAction(action))
    .map((action) => `${at}.Action must be service:Action, got ${JSON.stringify(action)}`);
}

function targetProblems(statement: Record<string, unknown>, at: string, kind: PolicyKind): string[] {
  const hasPrincipal = statement.Principal !== undefined || statement.NotPrincipal !== undefined;
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined;
  if (kind === "trust")
    return [
      ...(hasPrincipal ? [] : [`${at} needs Principal`]),
      ...(hasResource ? [`${at} must not name a Resource`] : []),
    ];
  return [
    ...(hasResource ? [] : [`${at} needs Resource or NotResource`]),
    ...(hasPrincipal ? [`${at} must not name a Principal`] : []),
  ];
}

const members = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

function statementProblems(statement: unknown, at: string, kind: PolicyKind): string[] {
  if (!isRecord(statement)) return [`${at} must be an object`];
  const effect = ["Allow", "Deny"].includes(String(statement.Effect)) ? [] : [`${at}.Effect must be Allow or Deny`];
  const unknown = Object.keys(statement).filter((name) => !members.has(name));
  const conditions =
    statement.Condition === undefined || isRecord(statement.Condition) ? [] : [`${at}.Condition must be an object`];
  return [
    ...effect,
    ...actionProblems(statement, at),
    ...targetProblems(statement, at, kind),
    ...conditions,
    ...unknown.map((name) => `${at}.${name} is not an element of a statement`),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const versions = ["2012-10-17", "2008-10-17"];

function problemsOf(text: string, kind: PolicyKind): string[] {
  const policy = parsed(text);
  if (!isRecord(policy)) return ["the policy must be a JSON object"];
  const statements = list(policy.Statement);
  const version =
    policy.Version === undefined || versions.includes(String(policy.Version))
      ? []
      : [`Version must be one of ${versions.join(", ")}`];
  if (statements.length === 0) return [...version, "Statement must hold at least one statement"];
  return [...version, ...statements.flatMap((item, index) => statementProblems(item, `Statement[${index}]`, kind))];
}

/** @throws AwsError MalformedPolicyDocument naming every problem. */
export function checkPolicy(text: string | undefined, kind: PolicyKind): string {
  const problems = problemsOf(text ?? "", kind);
  if (problems.length > 0)
    throw new AwsError("MalformedPolicyDocument", `The policy is not valid: ${problems.join("; ")}.`);
  return text ?? "";
}

/** @param limit characters without white space, as IAM counts. */
export function checkSize(texts: readonly string[], limit: number, owner: string): void {
  const size = texts.reduce((sum, text) => sum + text.replace(/\s/g, "").length, 0);
  if (size > limit)
    throw new AwsError("LimitExceeded", `Maximum policy size of ${limit} bytes exceeded for ${owner}: ${size}`, {
      status: 409,
    });
}
