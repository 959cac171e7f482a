import { invalidPattern } from "./compare.ts";

/** Conditions joined by && and ||, with parentheses; && binds tighter. The conditions themselves are the caller's. */
type Test<T> = (subject: T) => boolean;

const DEEPEST = 50;

/** Parts of a text at &&, || and parentheses that stand outside of quotation marks and % signs. */
function partsOf(text: string): string[] {
  return (
    text
      .match(/&&|\|\||[()]|(?:"(?:[^"\\]|\\.)*"|%[^%]*%|(?!&&|\|\|)[^()"])+/g)
      ?.map((part) => part.trim())
      .filter(Boolean) ?? []
  );
}

/** @param conditionOf makes a test of the text between the operators. @throws AwsError */
export function booleanOf<T>(text: string, conditionOf: (text: string) => Test<T>): Test<T> {
  const parts = partsOf(text);
  let next = 0;
  const any = (depth: number): Test<T> => {
    const tests = [all(depth)];
    while (parts[next] === "||") {
      next++;
      tests.push(all(depth));
    }
    return (subject) => tests.some((test) => test(subject));
  };
  const all = (depth: number): Test<T> => {
    const tests = [one(depth)];
    while (parts[next] === "&&") {
      next++;
      tests.push(one(depth));
    }
    return (subject) => tests.every((test) => test(subject));
  };
  const one = (depth: number): Test<T> => {
    if (depth > DEEPEST) throw invalidPattern(`it is nested deeper than ${DEEPEST} levels`);
    const part = parts[next++];
    if (part === undefined || part === "&&" || part === "||" || part === ")")
      throw invalidPattern(`a condition is missing in ${JSON.stringify(text)}`);
    if (part !== "(") return conditionOf(part);
    const inner = any(depth + 1);
    if (parts[next++] !== ")") throw invalidPattern(`a closing parenthesis is missing in ${JSON.stringify(text)}`);
    return inner;
  };
  const test = any(0);
  if (next < parts.length) throw invalidPattern(`unexpected ${JSON.stringify(parts[next])} in ${JSON.stringify(text)}`);
  return test;
}
