import { TemplateError } from "./errors.ts";
import type { Evaluation } from "./evaluate.ts";
import { isObject, type Json } from "./template.ts";
import { sameValue, unknownsIn, type Value } from "./value.ts";

type ConditionFunction = (args: readonly Json[], evaluation: Evaluation) => boolean;

const fail = (message: string): never => {
  throw new TemplateError(`Template error: ${message}`);
};

const count = (args: readonly Json[], name: string, least: number, most: number): void => {
  if (args.length < least || args.length > most)
    fail(`${name} needs ${least === most ? least : `${least} to ${most}`} values, got ${args.length}`);
};

const equals: ConditionFunction = (args, evaluation) => {
  count(args, "Fn::Equals", 2, 2);
  const [left, right] = args.map((arg) => comparable(evaluation.required(arg, "Fn::Equals")));
  return sameValue(left, right);
};

/** CloudFormation compares `true` and `"true"`, `1` and `"1"` as equal. */
function comparable(value: Value): Value {
  const causes = unknownsIn(value);
  if (causes.length > 0) fail(`a condition cannot depend on a resource (${causes.join(", ")})`);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.map(comparable) : value;
}

const texts = (node: Json | undefined, evaluation: Evaluation, name: string): Value[] => {
  const value = comparable(evaluation.required(node ?? null, name));
  return Array.isArray(value) ? value : fail(`${name} needs a list of strings, got ${JSON.stringify(value)}`);
};

const FUNCTIONS: Readonly<Record<string, ConditionFunction>> = {
  "Fn::Equals": equals,
  "Fn::Not": (args, evaluation) => {
    count(args, "Fn::Not", 1, 1);
    return !evaluateCondition(args[0] as Json, evaluation);
  },
  "Fn::And": (args, evaluation) => {
    count(args, "Fn::And", 2, 10);
    return args.map((arg) => evaluateCondition(arg, evaluation)).every(Boolean);
  },
  "Fn::Or": (args, evaluation) => {
    count(args, "Fn::Or", 2, 10);
    return args.map((arg) => evaluateCondition(arg, evaluation)).some(Boolean);
  },
  // The next three belong to the Rules section.
  "Fn::Contains": (args, evaluation) => {
    count(args, "Fn::Contains", 2, 2);
    const wanted = comparable(evaluation.required(args[1] as Json, "Fn::Contains"));
    return texts(args[0], evaluation, "Fn::Contains").some((item) => sameValue(item, wanted));
  },
  "Fn::EachMemberEquals": (args, evaluation) => {
    count(args, "Fn::EachMemberEquals", 2, 2);
    const wanted = comparable(evaluation.required(args[1] as Json, "Fn::EachMemberEquals"));
    return texts(args[0], evaluation, "Fn::EachMemberEquals").every((item) => sameValue(item, wanted));
  },
  "Fn::EachMemberIn": (args, evaluation) => {
    count(args, "Fn::EachMemberIn", 2, 2);
    const allowed = texts(args[1], evaluation, "Fn::EachMemberIn");
    return texts(args[0], evaluation, "Fn::EachMemberIn").every((item) => allowed.some((one) => sameValue(item, one)));
  },
};

/** Evaluates a condition function, `{ "Condition": "Name" }` or a literal true or false. */
export function evaluateCondition(node: Json, evaluation: Evaluation): boolean {
  if (node === true || node === "true") return true;
  if (node === false || node === "false") return false;
  if (!isObject(node) || Object.keys(node).length !== 1)
    return fail(`a condition must be one condition function, got ${JSON.stringify(node)}`);
  const [name, argument] = Object.entries(node)[0] as [string, Json];
  if (name === "Condition" && typeof argument === "string") return evaluation.condition(argument);
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!run)
    return fail(`${name} is no condition function; allowed are Condition, ${Object.keys(FUNCTIONS).join(", ")}`);
  if (!Array.isArray(argument)) return fail(`${name} needs a list`);
  return run(argument, evaluation);
}
