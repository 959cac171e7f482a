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

function filterPattern(pattern: string): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    if (pattern.startsWith("**/", i)) {
      source += "(?:.*/)?";
      i += 2;
    } else if (pattern.startsWith("**", i)) {
      source += ".*";
      i++;
    } else if (char === "*") source += "[^/]*";
    else if ((char === "?" || char === "+") && i > 0) source += char;
    else if (char === "[" && pattern.indexOf("]", i) > i) {
      const end = pattern.indexOf("]", i);
      source += pattern.slice(i, end + 1);
      i = end;
    } else if (char === "\\") source += literal(pattern[++i] ?? "\\");
    else source += literal(char);
  }
  return new RegExp(`^${source}$`);
}

/**
 * Path globs of the toolkit (hashFiles, artifacts): `?` is one character, `*` stays in a folder, `**` crosses folders.
 */
export function pathGlob(pattern: string): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    if (pattern.startsWith("**/", i)) {
      source += "(?:.*/)?";
      i += 2;
    } else if (pattern.startsWith("**", i)) {
      source += ".*";
      i++;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[" && pattern.indexOf("]", i) > i) {
      const end = pattern.indexOf("]", i);
      source += pattern.slice(i, end + 1).replace("[!", "[^");
      i = end;
    } else source += literal(char);
  }
  return new RegExp(`^${source}$`);
}

export const isGlob = (pattern: string): boolean => /[*?[]/.test(pattern);

const literal = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
