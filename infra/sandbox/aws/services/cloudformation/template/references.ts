import { intrinsicCall } from "./functions.ts";
import { splitAttribute } from "./parse.ts";
import { isObject, type Json } from "./template.ts";

export interface Reference {
  readonly name: string;
  /** Attribute of a GetAtt; `undefined` for a Ref. */
  readonly attribute: string | undefined;
}

/**
 * Names that a piece of template refers to by Ref, GetAtt or Sub (resources, parameters and pseudo parameters alike).
 * @param condition decides `Fn::If`, so that only the branch in use counts; without it both branches do.
 */
export function referencesIn(node: Json, condition?: (name: string) => boolean): Reference[] {
  if (Array.isArray(node)) return node.flatMap((item) => referencesIn(item, condition));
  if (!isObject(node)) return [];
  const call = intrinsicCall(node);
  if (!call) return Object.values(node).flatMap((item) => referencesIn(item, condition));
  const { name, argument } = call;
  if (name === "Ref") return typeof argument === "string" ? [{ name: argument, attribute: undefined }] : [];
  if (name === "Fn::GetAtt") return getAttReference(argument, condition);
  if (name === "Fn::Sub") return subReferences(argument, condition);
  if (name === "Fn::If" && condition && Array.isArray(argument) && typeof argument[0] === "string")
    return referencesIn((condition(argument[0]) ? argument[1] : argument[2]) ?? null, condition);
  return referencesIn(argument, condition);
}

function getAttReference(argument: Json, condition?: (name: string) => boolean): Reference[] {
  if (typeof argument === "string") {
    const [name, attribute] = splitAttribute(argument);
    return [{ name, attribute }];
  }
  if (!Array.isArray(argument) || typeof argument[0] !== "string") return [];
  const [name, attribute = ""] = argument;
  if (typeof attribute === "string") return [{ name, attribute }];
  return [{ name, attribute: "" }, ...referencesIn(attribute, condition)];
}

function subReferences(argument: Json, condition?: (name: string) => boolean): Reference[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== "string") return [];
  const own = isObject(variables) ? variables : {};
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map((match) => (match[1] ?? "").trim());
  const used = names
    .filter((name) => !Object.hasOwn(own, name))
    .map((name): Reference => {
      const [id, attribute] = splitAttribute(name);
      return { name: id, attribute: attribute === "" ? undefined : attribute };
    });
  return [...used, ...referencesIn(own, condition)];
}

/** Every intrinsic call in a piece of template, outermost first. */
export function callsIn(node: Json): { name: string; argument: Json }[] {
  if (Array.isArray(node)) return node.flatMap(callsIn);
  if (!isObject(node)) return [];
  const call = intrinsicCall(node);
  return call ? [call, ...callsIn(call.argument)] : Object.values(node).flatMap(callsIn);
}
