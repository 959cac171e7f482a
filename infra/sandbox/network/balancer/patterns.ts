import { BlockList, isIP, isIPv4 } from "node:net";

/** A compiled comparison of one string of a request. */
export type Matches = (value: string) => boolean;

/**
 * Compiles a pattern of a listener rule: `*` is any number of characters, `?` exactly one, all else is itself.
 * The shapes that rules mostly have (`/name/*`, `/name`, `*`) cost one comparison; the rest is matched greedily in
 * O(pattern × value), because a regular expression made of many `*` could take exponential time.
 */
export function wildcard(pattern: string, { caseSensitive }: { caseSensitive: boolean }): Matches {
  const wanted = caseSensitive ? pattern : pattern.toLowerCase();
  const compare = compiled(wanted);
  return caseSensitive ? compare : (value) => compare(value.toLowerCase());
}

/** Any of the patterns; never true for an empty list. */
export function anyWildcard(patterns: readonly string[], options: { caseSensitive: boolean }): Matches {
  const compiledPatterns = patterns.map((pattern) => wildcard(pattern, options));
  const [only] = compiledPatterns;
  if (only && compiledPatterns.length === 1) return only;
  return (value) => compiledPatterns.some((matches) => matches(value));
}

/** Any of the CIDR blocks, IPv4 and IPv6. @throws RangeError when a block is malformed. */
export function anyNetwork(blocks: readonly string[]): Matches {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", prefix = ""] = block.split("/");
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) {
      throw new RangeError(`'${block}' is not a CIDR block`);
    }
    list.addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  }
  return (address) => list.check(plainAddress(address), isIPv4(plainAddress(address)) ? "ipv4" : "ipv6");
}

/** An IPv4 address without the IPv6 clothes that a dual-stack socket gives it. */
const plainAddress = (address: string): string =>
  address.startsWith("::ffff:") && isIPv4(address.slice(7)) ? address.slice(7) : address;

function compiled(pattern: string): Matches {
  if (!/[*?]/.test(pattern)) return (value) => value === pattern;
  const prefix = pattern.slice(0, -1);
  if (pattern.endsWith("*") && !/[*?]/.test(prefix)) return (value) => value.startsWith(prefix);
  return (value) => glob(pattern, value);
}

/** Greedy matching with one step back to the last `*`: it never needs more than that one. */
function glob(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let star = -1;
  let resume = 0;
  while (v < value.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = v;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === value[v])) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
