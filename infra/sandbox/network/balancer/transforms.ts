import type { RewriteConfig, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a rule changes of a request on its way to the target; routing has been decided before. */
export interface Rewrites {
  /** Path and query → path and query. @throws RewriteError when the result is no path; the client then gets a 500. */
  readonly url?: (url: string) => string;
  readonly host?: (authority: string) => string;
}

export class RewriteError extends Error {}

/** @throws SyntaxError when a regular expression is malformed. */
export function compileTransforms(transforms: readonly RuleTransform[] = []): Rewrites {
  const url = rewriter(transforms, "url-rewrite");
  const host = rewriter(transforms, "host-header-rewrite");
  return {
    ...(host ? { host } : {}),
    ...(url
      ? {
          url: (original: string) => {
            const rewritten = url(original);
            if (!/^\/[!-~]*$/.test(rewritten)) {
              throw new RewriteError(`The URL rewrite made '${rewritten}' of '${original}', which is no path.`);
            }
            return rewritten;
          },
        }
      : {}),
  };
}

function rewriter(transforms: readonly RuleTransform[], type: string): ((value: string) => string) | undefined {
  const transform = transforms.find(({ Type }) => Type === type);
  const config = transform?.UrlRewriteConfig ?? transform?.HostHeaderRewriteConfig;
  const steps = (config?.Rewrites ?? []).map(step);
  if (steps.length === 0) return undefined;
  return (value) => steps.reduce((text, rewrite) => rewrite(text), value);
}

/** Only `$1` to `$9` are placeholders: JavaScript's further ones ($&, $`) would be surprises. */
function step({ Regex, Replace }: RewriteConfig): (value: string) => string {
  const expression = new RegExp(Regex ?? "");
  const replacement = Replace ?? "";
  return (value) => {
    const match = expression.exec(value);
    if (!match) return value;
    const filled = replacement.replace(/\$([1-9])/g, (_, index: string) => match[Number(index)] ?? "");
    return `${value.slice(0, match.index)}${filled}${value.slice(match.index + match[0].length)}`;
  };
}
