/**
 * GitHub's filter patterns (branches, tags, paths): `*` and `**`, `?` and `+` that repeat the character before them,
 * `[...]`, `\` to escape. A pattern that starts with `!` takes back what an earlier one matched.
 */
export function matchesFilters(patterns: readonly string[], value: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) matched = matched && !filterPattern(pattern.slice(1)).test(value);
    else matched = matched || filterPattern(pattern).test(value);
  }
  return matched;
}

const filterPattern = (pattern: string): RegExp =>
  translate(pattern, {
    // They repeat the character before them, so they are regular expression already; alone they are themselves.
    sign: (char, index) => ((char === "?" || char === "+") && index > 0 ? char : undefined),
    set: (text) => text,
    escapes: true,
  });

/**
 * Path globs of the toolkit (hashFiles, artifacts): `?` is one character, `*` stays in a folder, `**` crosses folders.
 */
export const pathGlob = (pattern: string): RegExp =>
  translate(pattern, {
    sign: (char) => (char === "?" ? "[^/]" : undefined),
    set: (text) => text.replace("[!", "[^"),
    escapes: false,
  });

/** Where the two kinds of pattern differ; stars, sets and folders are common. */
interface Dialect {
  /** What one character means beyond itself. */
  readonly sign: (char: string, index: number) => string | undefined;
  readonly set: (text: string) => string;
  readonly escapes: boolean;
}

function translate(pattern: string, { sign, set, escapes }: Dialect): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    const special = sign(char, i);
    if (pattern.startsWith("**/", i)) {
      source += "(?:.*/)?";
      i += 2;
    } else if (pattern.startsWith("**", i)) {
      source += ".*";
      i++;
    } else if (char === "*") source += "[^/]*";
    else if (special !== undefined) source += special;
    else if (char === "[" && pattern.indexOf("]", i) > i) {
      const end = pattern.indexOf("]", i);
      source += set(pattern.slice(i, end + 1));
      i = end;
    } else if (escapes && char === "\\") source += literal(pattern[++i] ?? "\\");
    else source += literal(char);
  }
  return new RegExp(`^${source}$`);
}

export const isGlob = (pattern: string): boolean => /[*?[]/.test(pattern);

const literal = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
