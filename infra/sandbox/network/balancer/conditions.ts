import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { anyNetwork, anyWildcard, type Matches } from "./patterns.ts";
import type { RequestView } from "./requests.ts";

export type Condition = (request: RequestView) => boolean;

const ANY_CASE = { caseSensitive: false };

/**
 * Compiles a condition of a listener rule. What is compared how is AWS's: paths with case and without the query,
 * hosts, header values and query strings without case, methods exactly, the peer's address and not X-Forwarded-For.
 * @throws when a CIDR block or a regular expression is malformed.
 */
export function compileCondition(condition: RuleCondition): Condition {
  switch (condition.Field) {
    case "path-pattern": {
      const matches = texts(condition, condition.PathPatternConfig, { caseSensitive: true });
      return (request) => matches(request.path);
    }
    case "host-header": {
      const matches = texts(condition, condition.HostHeaderConfig, ANY_CASE);
      return (request) => matches(request.host);
    }
    case "http-header":
      return header(condition);
    case "http-request-method": {
      const methods = new Set(condition.HttpRequestMethodConfig?.Values ?? condition.Values);
      return (request) => methods.has(request.method);
    }
    case "query-string":
      return queryString(condition);
    case "source-ip": {
      const matches = anyNetwork(condition.SourceIpConfig?.Values ?? condition.Values ?? []);
      return (request) => matches(request.sourceIp);
    }
    default:
      throw new TypeError(`'${condition.Field}' is not a condition field`);
  }
}

interface Texts {
  readonly Values?: string[] | undefined;
  readonly RegexValues?: string[] | undefined;
}

function texts(condition: Texts, config: Texts | undefined, options: { caseSensitive: boolean }): Matches {
  const patterns = anyWildcard(config?.Values ?? condition.Values ?? [], options);
  const expressions = (config?.RegexValues ?? condition.RegexValues ?? []).map(
    (source) => new RegExp(source, options.caseSensitive ? "" : "i"),
  );
  if (expressions.length === 0) return patterns;
  return (value) => patterns(value) || expressions.some((expression) => expression.test(value));
}

/** A header that came several times is compared value by value, in the order received. */
function header(condition: RuleCondition): Condition {
  const name = condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() ?? "";
  const matches = texts(condition, condition.HttpHeaderConfig, ANY_CASE);
  return ({ headers, rawHeaders }) => {
    if (headers[name] === undefined) return false;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i]?.toLowerCase() === name && matches(rawHeaders[i + 1] ?? "")) return true;
    }
    return false;
  };
}

function queryString(condition: RuleCondition): Condition {
  const pairs = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => ({
    key: Key === undefined || Key === "" ? undefined : anyWildcard([Key], ANY_CASE),
    value: anyWildcard([Value ?? ""], ANY_CASE),
  }));
  return ({ query }) => {
    if (query === "") return false;
    for (const [key, value] of new URLSearchParams(query)) {
      // A parameter without "=" has its text as the value for conditions that name no key.
      if (pairs.some((pair) => (pair.key ? pair.key(key) && pair.value(value) : pair.value(value || key)))) return true;
    }
    return false;
  };
}
