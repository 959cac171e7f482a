import { cidrBlocks } from "./cidr.ts";
import { TemplateError } from "./errors.ts";
import type { Evaluation } from "./evaluate.ts";
import { splitAttribute } from "./parse.ts";
import { isObject, type Json } from "./template.ts";
import { Unknown, unknownsIn, type Value } from "./value.ts";

/** An intrinsic function: unevaluated argument in, value out; `undefined` removes the property (AWS::NoValue). */
export type Intrinsic = (argument: Json, evaluation: Evaluation) => Value | undefined;

const fail = (message: string): never => {
  throw new TemplateError(`Template error: ${message}`);
};

/** Runs `use` with a known value; anything unknown inside makes the whole result unknown. */
const known = (value: Value, use: (value: Value) => Value): Value => {
  const causes = unknownsIn(value);
  return causes.length > 0 ? new Unknown(causes) : use(value);
};

export const scalarText = (value: Value, what: string): string => {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  return fail(`${what} needs a string, got ${JSON.stringify(value)}`);
};

const list = (value: Value, what: string): Value[] =>
  Array.isArray(value) ? value : fail(`${what} needs a list, got ${JSON.stringify(value)}`);

const pair = (argument: Json, what: string): [Json, Json] => {
  if (!Array.isArray(argument) || argument.length !== 2) return fail(what);
  return [argument[0] as Json, argument[1] as Json];
};

const ref: Intrinsic = (argument, evaluation) =>
  typeof argument === "string"
    ? evaluation.reference(argument)
    : fail("all Ref objects must have a single String value");

const getAtt: Intrinsic = (argument, evaluation) => {
  const message =
    "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";
  const [id, name] = typeof argument === "string" ? splitAttribute(argument) : pair(argument, message);
  if (typeof id !== "string" || id === "") return fail(message);
  const attribute = evaluation.required(name, "Fn::GetAtt");
  return known(attribute, (text) => evaluation.attribute(id, scalarText(text, "Fn::GetAtt")));
};

const join: Intrinsic = (argument, evaluation) => {
  const [delimiter, items] = pair(
    argument,
    "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
  );
  if (typeof delimiter !== "string") return fail("the delimiter of Fn::Join must be a string");
  return known(evaluation.required(items, "Fn::Join"), (value) =>
    list(value, "Fn::Join")
      .map((item) => scalarText(item, "Fn::Join"))
      .join(delimiter),
  );
};

const split: Intrinsic = (argument, evaluation) => {
  const [delimiter, source] = pair(
    argument,
    "every Fn::Split object requires two parameters, a delimiter and a string",
  );
  if (typeof delimiter !== "string" || delimiter === "")
    return fail("the delimiter of Fn::Split must be a non-empty string");
  return known(evaluation.required(source, "Fn::Split"), (value) => scalarText(value, "Fn::Split").split(delimiter));
};

const select: Intrinsic = (argument, evaluation) => {
  const [index, items] = pair(argument, "every Fn::Select object requires two parameters, an index and a list");
  const values = evaluation.required(items, "Fn::Select");
  if (values instanceof Unknown) return values;
  const at = evaluation.required(index, "Fn::Select");
  if (at instanceof Unknown) return at;
  const position = Number(scalarText(at, "Fn::Select"));
  const choice = list(values, "Fn::Select")[position];
  if (!Number.isInteger(position) || choice === undefined)
    return fail(`Fn::Select cannot select nonexistent value at index ${scalarText(at, "Fn::Select")}`);
  return choice;
};

const sub: Intrinsic = (argument, evaluation) => {
  const [text, variables] = Array.isArray(argument)
    ? pair(argument, "Fn::Sub needs a string, or a string and a map")
    : [argument, {}];
  if (typeof text !== "string" || !isObject(variables)) return fail("Fn::Sub needs a string, or a string and a map");
  const causes: string[] = [];
  const result = text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    // `${!Literal}` is CloudFormation's escape for `${Literal}`.
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const value = substitution(name.trim(), variables, evaluation);
    if (value instanceof Unknown) {
      causes.push(...value.causes);
      return "";
    }
    return scalarText(value, `Fn::Sub variable \${${name}}`);
  });
  return causes.length > 0 ? new Unknown(causes) : result;
};

function substitution(name: string, variables: { [key: string]: Json }, evaluation: Evaluation): Value {
  if (Object.hasOwn(variables, name)) return evaluation.required(variables[name] as Json, "Fn::Sub");
  const [id, attribute] = splitAttribute(name);
  const value = attribute === "" ? evaluation.reference(id) : evaluation.attribute(id, attribute);
  return value ?? fail(`Fn::Sub cannot use AWS::NoValue (\${${name}})`);
}

const findInMap: Intrinsic = (argument, evaluation) => {
  if (!Array.isArray(argument) || argument.length < 3)
    return fail(
      "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    );
  const [map, first, second, options] = argument as [Json, Json, Json, Json?];
  const keys = [map, first, second].map((part) => evaluation.required(part, "Fn::FindInMap"));
  const causes = keys.flatMap(unknownsIn);
  if (causes.length > 0) return new Unknown(causes);
  const [name, key, attribute] = keys.map((part) => scalarText(part, "Fn::FindInMap")) as [string, string, string];
  const found = evaluation.mapping(name, key, attribute);
  if (found !== undefined) return found;
  if (isObject(options) && options.DefaultValue !== undefined) return evaluation.evaluate(options.DefaultValue);
  return fail(`Unable to get mapping for ${name}::${key}::${attribute}`);
};

const base64: Intrinsic = (argument, evaluation) =>
  known(evaluation.required(argument, "Fn::Base64"), (value) =>
    Buffer.from(scalarText(value, "Fn::Base64")).toString("base64"),
  );

const cidr: Intrinsic = (argument, evaluation) => {
  if (!Array.isArray(argument) || argument.length < 2) return fail("Fn::Cidr needs an IP block, a count and cidr bits");
  return known(evaluation.required(argument, "Fn::Cidr"), (value) => {
    const [block, count, bits] = list(value, "Fn::Cidr").map((part) => scalarText(part, "Fn::Cidr"));
    return cidrBlocks(block ?? "", Number(count), Number(bits ?? "8"));
  });
};

const getAZs: Intrinsic = (argument, evaluation) =>
  known(evaluation.required(argument, "Fn::GetAZs"), (region) => evaluation.zones(scalarText(region, "Fn::GetAZs")));

const importValue: Intrinsic = (argument, evaluation) =>
  known(evaluation.required(argument, "Fn::ImportValue"), (name) =>
    evaluation.imported(scalarText(name, "Fn::ImportValue")),
  );

const choose: Intrinsic = (argument, evaluation) => {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== "string")
    return fail("every Fn::If object requires a condition name and two values");
  return evaluation.evaluate((evaluation.condition(argument[0]) ? argument[1] : argument[2]) as Json);
};

/** For the static checks: what a name in `Fn::` may be. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: ref,
  "Fn::GetAtt": getAtt,
  "Fn::Join": join,
  "Fn::Split": split,
  "Fn::Select": select,
  "Fn::Sub": sub,
  "Fn::FindInMap": findInMap,
  "Fn::Base64": base64,
  "Fn::Cidr": cidr,
  "Fn::GetAZs": getAZs,
  "Fn::ImportValue": importValue,
  "Fn::If": choose,
  "Fn::Transform": () => fail("Fn::Transform is not implemented by this sandbox"),
};

/** An intrinsic call is an object with one key that names a function. */
export function intrinsicCall(node: Json): { name: string; argument: Json } | undefined {
  if (!isObject(node)) return undefined;
  const keys = Object.keys(node);
  const name = keys[0];
  if (name === undefined || keys.length !== 1 || (name !== "Ref" && !name.startsWith("Fn::"))) return undefined;
  return { name, argument: node[name] as Json };
}
