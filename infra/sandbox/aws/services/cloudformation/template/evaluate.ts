import { evaluateCondition } from "./conditions.ts";
import { TemplateError } from "./errors.ts";
import { INTRINSICS, intrinsicCall } from "./functions.ts";
import { isObject, type Json, type JsonObject, type Template } from "./template.ts";
import { Unknown, type Value } from "./value.ts";

/** Everything an evaluation may depend on; plain data, so that evaluation is pure. */
export interface World {
  readonly template: Template;
  /** `AWS::Region`, `AWS::StackName`, …; not `AWS::NoValue`. */
  readonly pseudo: Readonly<Record<string, Value>>;
  readonly parameters: ReadonlyMap<string, Value>;
  /** Names of the availability zones by region. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** Value of every export of this account and region. */
  readonly exports: ReadonlyMap<string, string>;
  /** What exists now: Ref value (`attribute` undefined) or attribute. `undefined`: the resource has no such attribute. */
  readonly live: (logicalId: string, attribute: string | undefined) => Value | undefined;
}

/** Evaluates intrinsic functions of one template in one world. Every error is a TemplateError. */
export class Evaluation {
  readonly #world: World;
  readonly #conditions = new Map<string, boolean>();
  readonly #evaluating = new Set<string>();
  /** Exports that were imported so far. */
  readonly imports = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  evaluate(node: Json): Value | undefined {
    if (Array.isArray(node)) return node.map((item) => this.evaluate(item)).filter((item) => item !== undefined);
    if (!isObject(node)) return node;
    const call = intrinsicCall(node);
    return call ? this.#call(call.name, call.argument) : this.#object(node);
  }

  /** As evaluate, where AWS::NoValue makes no sense. */
  required(node: Json, what: string): Value {
    const value = this.evaluate(node);
    if (value === undefined) throw new TemplateError(`Template error: ${what} cannot use AWS::NoValue`);
    return value;
  }

  condition(name: string): boolean {
    const done = this.#conditions.get(name);
    if (done !== undefined) return done;
    const definition = this.#world.template.Conditions[name];
    if (definition === undefined || !Object.hasOwn(this.#world.template.Conditions, name))
      throw new TemplateError(`Template error: unresolved condition dependency ${name}`);
    if (this.#evaluating.has(name)) throw new TemplateError(`Template error: circular dependency of condition ${name}`);
    this.#evaluating.add(name);
    const result = evaluateCondition(definition, this);
    this.#evaluating.delete(name);
    this.#conditions.set(name, result);
    return result;
  }

  reference(name: string): Value | undefined {
    const { template, pseudo, parameters, live } = this.#world;
    if (name === "AWS::NoValue") return undefined;
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (parameters.has(name)) return parameters.get(name);
    if (!Object.hasOwn(template.Resources, name))
      throw new TemplateError(`Template format error: Unresolved resource dependencies [${name}] in the template`);
    this.#requireActive(name, "Ref");
    return live(name, undefined) ?? new Unknown([name]);
  }

  attribute(id: string, name: string): Value {
    const { template, live } = this.#world;
    if (!Object.hasOwn(template.Resources, id))
      throw new TemplateError(`Template error: instance of Fn::GetAtt references undefined resource ${id}`);
    this.#requireActive(id, "Fn::GetAtt");
    const value = live(id, name);
    if (value === undefined)
      throw new TemplateError(
        `Template error: resource ${id} (${template.Resources[id]?.Type}) has no attribute ${name}`,
      );
    return value;
  }

  mapping(name: string, first: string, second: string): Value | undefined {
    const map = own(this.#world.template.Mappings, name);
    const inner = isObject(map) ? own(map, first) : undefined;
    const value = isObject(inner) ? own(inner, second) : undefined;
    return value === undefined ? undefined : (value as Value);
  }

  zones(region: string): Value {
    const name = region === "" ? String(this.#world.pseudo["AWS::Region"]) : region;
    const zones = own(this.#world.zones, name);
    if (!zones) throw new TemplateError(`Template error: Fn::GetAZs knows no availability zones of region ${name}`);
    return [...zones];
  }

  imported(name: string): Value {
    const value = this.#world.exports.get(name);
    if (value === undefined) throw new TemplateError(`No export named ${name} found.`);
    this.imports.add(name);
    return value;
  }

  #call(name: string, argument: Json): Value | undefined {
    const intrinsic = own(INTRINSICS, name);
    if (!intrinsic) throw new TemplateError(`Template error: unknown function ${name}`);
    return intrinsic(argument, this);
  }

  #object(node: JsonObject): Value {
    const entries = Object.entries(node).map(([key, item]) => [key, this.evaluate(item)] as const);
    return Object.fromEntries(entries.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined));
  }

  #requireActive(id: string, what: string): void {
    const condition = this.#world.template.Resources[id]?.Condition;
    if (condition !== undefined && !this.condition(condition))
      throw new TemplateError(
        `Template format error: Unresolved resource dependencies [${id}]: ${what} of a resource whose condition ${condition} is false`,
      );
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
