import { isRecord } from "../../wire/values.ts";

/** Decides by a role's trust policy who may assume it: principals, actions and string conditions. */
export interface TrustRequest {
  readonly action: string;
  /** `{ Federated: <provider arn> }`, `{ AWS: <caller arn> }`, or of a service one of its names. */
  readonly principal:
    | { readonly type: "AWS" | "Federated"; readonly arn: string }
    | { readonly type: "Service"; readonly names: readonly string[] };
  readonly account: string;
  /** Condition keys of the request, e.g. `token.actions.githubusercontent.com:sub`. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** `*` and `?` as IAM's StringLike has them. */
function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

const comparisons: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringNotEquals: (expected, actual) => expected !== actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: like,
  StringNotLike: (expected, actual) => !like(expected, actual),
  ArnEquals: like,
  ArnLike: like,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
};

/** A condition key that is absent fails, and so does an operator that the sandbox does not know: it never allows by ignorance. */
function holds(operator: string, key: string, expected: unknown, { context }: TrustRequest): boolean {
  const bare = operator.replace(/^ForAnyValue:|^ForAllValues:/, "").replace(/IfExists$/, "");
  const compare = comparisons[bare];
  const actual = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (bare === "Null") return list(expected).some((wanted) => (actual === undefined) === (String(wanted) === "true"));
  if (!compare) return false;
  if (actual === undefined) return operator.endsWith("IfExists") || bare.includes("Not");
  const wanted = list(expected).map(String);
  const negative = bare.includes("Not");
  const every = operator.startsWith("ForAllValues:");
  const matches = (value: string) =>
    negative ? wanted.every((item) => compare(item, value)) : wanted.some((item) => compare(item, value));
  const values = list(actual).map(String);
  return every ? values.every(matches) : values.some(matches);
}

function conditionsHold(conditions: unknown, request: TrustRequest): boolean {
  if (!isRecord(conditions)) return true;
  return Object.entries(conditions).every(
    ([operator, keys]) =>
      isRecord(keys) && Object.entries(keys).every(([key, expected]) => holds(operator, key, expected, request)),
  );
}

/** `arn:aws:iam::<account>:root` and the bare account id stand for everybody in that account. */
function principalMatches(principals: unknown, { principal, account }: TrustRequest): boolean {
  if (principals === "*") return true;
  if (!isRecord(principals)) return false;
  return list(principals[principal.type]).some((entry) => {
    const text = String(entry);
    if (text === "*") return true;
    if (principal.type === "Service") return principal.names.includes(text);
    if (text === principal.arn) return true;
    return principal.type === "AWS" && (text === account || /^arn:[^:]+:iam::\d{12}:root$/.test(text))
      ? text.includes(account)
      : false;
  });
}

function applies(statement: unknown, request: TrustRequest): boolean {
  if (!isRecord(statement)) return false;
  const actions = list(statement.Action).map(String);
  return (
    actions.some((action) => like(action.toLowerCase(), request.action.toLowerCase())) &&
    principalMatches(statement.Principal, request) &&
    conditionsHold(statement.Condition, request)
  );
}

/** @param document the role's assume-role policy as JSON text. */
export function trusts(document: string, request: TrustRequest): boolean {
  const policy: unknown = JSON.parse(document);
  const statements = isRecord(policy) ? list(policy.Statement).filter((item) => applies(item, request)) : [];
  const effects = statements.map((statement) => (isRecord(statement) ? statement.Effect : ""));
  return effects.includes("Allow") && !effects.includes("Deny");
}
