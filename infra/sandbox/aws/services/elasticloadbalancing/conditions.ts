import type { RuleCondition, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import { validationError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Where each kind of condition keeps its values, and whether a rule may have several of the kind. */
const FIELDS = {
  "path-pattern": { config: "PathPatternConfig", several: false },
  "host-header": { config: "HostHeaderConfig", several: false },
  "http-header": { config: "HttpHeaderConfig", several: true },
  "http-request-method": { config: "HttpRequestMethodConfig", several: false },
  "query-string": { config: "QueryStringConfig", several: true },
  "source-ip": { config: "SourceIpConfig", several: false },
} as const;

type Field = keyof typeof FIELDS;

const isField = (field: string | undefined): field is Field => field !== undefined && Object.hasOwn(FIELDS, field);

/** Characters of path patterns and host names; source: the SDK's documentation of RuleCondition. */
const ALLOWED: Partial<Record<Field, RegExp>> = {
  "path-pattern": /^[A-Za-z0-9_\-.$/~"'@:+&*?%!(),;=]+$/,
  "host-header": /^[A-Za-z0-9\-.*?]+$/,
  "http-request-method": /^[A-Z_-]+$/,
};

/** Values of one condition. Source: AWS, "Condition types for listener rules". */
const MOST_VALUES = 3;

/** What the regular expressions of rules do not support. Source: as above, and "Transforms for listener rules". */
const UNSUPPORTED: readonly (readonly [what: string, sign: RegExp])[] = [
  ["lookaheads and lookbehinds", /\(\?<?[=!]/],
  ["atomic groups", /\(\?>/],
  ["recursion and subroutines", /\(\?(?:R|[+-]?\d|&)/],
  ["backreferences", /\\[1-9]|\\k</],
  ["possessive quantifiers", /[*+?}]\+/],
  ["Unicode character classes", /\\[pP]\{/],
];

/**
 * Checks the conditions of a rule and brings them into the form that describe calls show: paths and hosts have their
 * values twice, in Values and in their own configuration.
 * @throws ValidationError naming every problem.
 */
export function checkedConditions(conditions: readonly RuleCondition[]): RuleCondition[] {
  if (conditions.length === 0) throw validationError("A condition must be specified");
  const fields = conditions.map(({ Field }) => Field);
  const problems = [
    ...conditions.flatMap(problemsOf),
    ...fields.flatMap((field, i) =>
      isField(field) && !FIELDS[field].several && fields.indexOf(field) !== i
        ? [`A rule can only have one '${field}' condition`]
        : [],
    ),
  ];
  const count = conditions.reduce((sum, condition) => sum + valuesOf(condition).length, 0);
  const most = LIMITS["condition-values-per-alb-rule"];
  if (count > most) problems.push(`A rule can only have '${most}' condition values`);
  const wildcards = conditions.reduce((sum, condition) => sum + wildcardsOf(condition), 0);
  const mostWildcards = LIMITS["condition-wildcards-per-alb-rule"];
  if (wildcards > mostWildcards) problems.push(`A rule can only have '${mostWildcards}' condition wildcards`);
  if (problems.length > 0) throw validationError(problems.join("; "));
  return conditions.map(shown);
}

/** @throws ValidationError: one rewrite of the host and one of the URL, each with one expression. */
export function checkedTransforms(transforms: readonly RuleTransform[] = []): RuleTransform[] {
  const types = transforms.map(({ Type }) => Type);
  if (new Set(types).size < types.length) throw validationError("A rule can only have one transform of each type");
  for (const transform of transforms) {
    const { Type, UrlRewriteConfig, HostHeaderRewriteConfig } = transform;
    if (Type !== "url-rewrite" && Type !== "host-header-rewrite") {
      throw validationError(`Transform type '${Type}' must be url-rewrite or host-header-rewrite`);
    }
    const config = Type === "url-rewrite" ? UrlRewriteConfig : HostHeaderRewriteConfig;
    const rewrites = config?.Rewrites ?? [];
    if (rewrites.length !== 1) throw validationError(`A '${Type}' transform must have exactly one rewrite`);
    for (const text of rewrites.flatMap(({ Regex = "", Replace = "" }) => [Regex, Replace])) {
      if (text.length > 1024) throw validationError(`A text of a '${Type}' transform is longer than 1024 characters`);
    }
    const problems = rewrites.flatMap(({ Regex = "" }) => regexProblems(Regex));
    if (problems.length > 0) throw validationError(problems.join("; "));
  }
  return [...transforms];
}

function problemsOf(condition: RuleCondition): string[] {
  const { Field } = condition;
  if (!isField(Field)) {
    return [`Condition field '${Field}' must be one of '[${Object.keys(FIELDS).join(", ")}]'`];
  }
  const values = valuesOf(condition);
  if (values.length === 0) return [`A '${Field}' condition must have a value`];
  return [
    ...(values.length > MOST_VALUES ? [`A '${Field}' condition can only have '${MOST_VALUES}' values`] : []),
    ...regexesOf(condition).flatMap(regexProblems),
    ...values.flatMap((value) => valueProblems(Field, value)),
    ...(Field === "http-header" ? headerProblems(condition.HttpHeaderConfig?.HttpHeaderName ?? "") : []),
  ];
}

function valueProblems(field: Field, value: string): string[] {
  if (value === "") return [`Condition value of '${field}' cannot be empty`];
  if (value.length > 128) return [`Condition value '${value.slice(0, 20)}...' cannot be longer than '128' characters`];
  const allowed = ALLOWED[field];
  return !allowed || allowed.test(value) ? [] : [`Condition value '${value}' contains a character that is not valid`];
}

function headerProblems(name: string): string[] {
  if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}$/.test(name) && name.toLowerCase() !== "host") return [];
  return [`HTTP header name '${name}' is not valid; hosts are compared by a 'host-header' condition`];
}

interface Values {
  readonly Values?: unknown[] | undefined;
}

const regexProblems = (source: string): string[] =>
  UNSUPPORTED.filter(([, sign]) => sign.test(source)).map(
    ([what]) => `Regular expression '${source}' uses ${what}, which are not supported`,
  );

function regexesOf(condition: RuleCondition): string[] {
  if (!isField(condition.Field)) return [];
  const config: (Values & { RegexValues?: string[] | undefined }) | undefined =
    condition[FIELDS[condition.Field].config];
  return config?.RegexValues ?? condition.RegexValues ?? [];
}

/** Stars and question marks that stand for characters: in plain values of the four kinds that compare patterns. */
function wildcardsOf(condition: RuleCondition): number {
  if (condition.Field === "http-request-method" || condition.Field === "source-ip") return 0;
  if (regexesOf(condition).length > 0) return 0;
  const keys = (condition.QueryStringConfig?.Values ?? []).map(({ Key }) => Key ?? "");
  return [...valuesOf(condition), ...keys].reduce((sum, value) => sum + (value.match(/[*?]/g)?.length ?? 0), 0);
}

/** The values to compare; regular expressions are checked when the rule is compiled. */
function valuesOf(condition: RuleCondition): string[] {
  if (!isField(condition.Field)) return [];
  const config: Values | undefined = condition[FIELDS[condition.Field].config];
  const expressions = regexesOf(condition);
  if (expressions.length > 0) return expressions.map((expression) => (expression.length > 128 ? expression : "regex"));
  if (condition.QueryStringConfig) return (condition.QueryStringConfig.Values ?? []).map(({ Value }) => Value ?? "");
  return ((config?.Values as string[] | undefined) ?? condition.Values ?? []).map(String);
}

function shown(condition: RuleCondition): RuleCondition {
  const { Field } = condition;
  if (Field !== "path-pattern" && Field !== "host-header") return condition;
  const { config } = FIELDS[Field];
  const values = condition[config]?.Values ?? condition.Values;
  const regex = condition[config]?.RegexValues ?? condition.RegexValues;
  if (regex?.length) return { Field, RegexValues: regex, [config]: { RegexValues: regex } };
  return { Field, Values: values, [config]: { Values: values } };
}
