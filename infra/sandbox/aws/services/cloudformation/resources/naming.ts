import type { Scope } from "./handler.ts";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX = 12;

/** A physical name as CloudFormation makes one: `<stack>-<logical id>-<random>`, cut to `max` characters. */
export function physicalName(scope: Scope, max: number, lowerCase = false): string {
  const suffix = scope.id(SUFFIX, lowerCase ? LOWER : UPPER);
  const room = max - SUFFIX - 1;
  const full = `${scope.stackName}-${scope.logicalId}`;
  // Both parts stay recognizable in a short name: AWS shares the room between stack and logical id.
  const half = Math.floor((room - 1) / 2);
  const short = `${scope.stackName.slice(0, half)}-${scope.logicalId.slice(0, room - 1 - Math.min(half, scope.stackName.length))}`;
  const prefix = (full.length <= room ? full : short).replace(/-+$/, "");
  const name = `${prefix}-${suffix}`;
  return lowerCase ? name.toLowerCase() : name;
}
