import type { Tag } from "../resources/handler.ts";
import { schemaOf } from "../schema/schema.ts";
import { checkProperties } from "../schema/validate.ts";
import { TemplateError } from "../template/errors.ts";
import type { Evaluation } from "../template/evaluate.ts";
import type { Json, Template } from "../template/template.ts";
import { isValueObject, type ValueObject } from "../template/value.ts";
import type { Wanted } from "./changes.ts";

/** Evaluates one resource of the template, checks it against its schema and adds the stack's tags. */
export function wantedResource(options: {
  template: Template;
  id: string;
  evaluation: Evaluation;
  tags: readonly Tag[];
  identity: { readonly id: string; readonly name: string };
}): { value: Wanted; problems: readonly string[] } {
  const { template, id, evaluation, tags, identity } = options;
  const resource = template.Resources[id];
  if (!resource) throw new TemplateError(`Template error: undefined resource ${id}`);
  const evaluated = named(id, () => evaluation.evaluate((resource.Properties ?? {}) as Json));
  const properties = isValueObject(evaluated) ? evaluated : {};
  const schema = schemaOf(resource.Type);
  const checked = schema
    ? checkProperties(schema, properties, `Resources/${id}/Properties`)
    : { value: properties, problems: [] };
  const system = [
    { Key: "aws:cloudformation:stack-name", Value: identity.name },
    { Key: "aws:cloudformation:stack-id", Value: identity.id },
    { Key: "aws:cloudformation:logical-id", Value: id },
  ];
  return {
    problems: checked.problems,
    value: {
      logicalId: id,
      type: resource.Type,
      properties: schema?.tags ? withTags(checked.value, schema.tags, [...tags, ...system]) : checked.value,
      metadata: resource.Metadata,
      deletionPolicy: resource.DeletionPolicy,
      updateReplacePolicy: resource.UpdateReplacePolicy,
    },
  };
}

/** A tag of the resource itself wins over the stack's tag of the same key. */
function withTags(
  properties: ValueObject,
  [name, form]: readonly [string, "standard" | "map"],
  tags: readonly Tag[],
): ValueObject {
  if (form === "map") {
    const own = properties[name];
    const inherited = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
    return { ...properties, [name]: { ...inherited, ...(isValueObject(own) ? own : {}) } };
  }
  const own = Array.isArray(properties[name]) ? properties[name] : [];
  const keys = new Set(own.map((tag) => (isValueObject(tag) ? tag.Key : undefined)));
  const inherited = tags.filter(({ Key }) => !keys.has(Key)).map(({ Key, Value }) => ({ Key, Value }));
  return { ...properties, [name]: [...own, ...inherited] };
}

/** Says in which resource an evaluation failed. */
function named<T>(id: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateError)
      throw new TemplateError(`Resources/${id}: ${error.message.replace(/^Template error: /, "")}`);
    throw error;
  }
}
