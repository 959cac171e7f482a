import type { NormalizedSchema } from "@smithy/core/schema";
import fc, { type Arbitrary } from "fast-check";

/**
 * Inputs of any operation from its schema: of the right types, mostly with the required members, and with values that
 * a hurried or hostile caller would send. Strings are often ones that the sandbox has answered before under that name,
 * so that calls get past "not found".
 */
export class Inputs {
  /** Strings seen in answers, by the member's name in lower case and singular. */
  readonly #seen = new Map<string, string[]>();
  readonly #arbitraries = new Map<string, Arbitrary<unknown>>();

  /** Remembers what an answer names. */
  learn(value: unknown, name = ""): void {
    if (typeof value === "string") this.#remember(name, value);
    else if (Array.isArray(value)) for (const item of value) this.learn(item, name);
    else if (typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array))
      for (const [key, item] of Object.entries(value)) if (!key.startsWith("$")) this.learn(item, key);
  }

  #remember(name: string, value: string): void {
    if (value === "" || value.length > 400) return;
    const key = nounOf(name);
    const known = this.#seen.get(key) ?? [];
    this.#seen.set(key, known);
    if (!known.includes(value)) known.push(value);
    if (known.length > 40) known.shift();
  }

  of(operation: { readonly name: string; readonly input: NormalizedSchema }): Arbitrary<Record<string, unknown>> {
    const { input } = operation;
    const arbitrary = this.#arbitraries.get(operation.name) ?? this.#value(input, operation.name, 0);
    this.#arbitraries.set(operation.name, arbitrary);
    return arbitrary.map((value) => withoutTraps(typeof value === "object" && value !== null ? { ...value } : {}));
  }

  #value(schema: NormalizedSchema, name: string, depth: number): Arbitrary<unknown> {
    if (schema.isUnitSchema()) return fc.constant({});
    if (schema.isDocumentSchema()) return fc.jsonValue({ maxDepth: 2 });
    if (schema.isStructSchema()) return this.#struct(schema, depth);
    if (schema.isListSchema()) {
      const item = schema.getValueSchema();
      const items = fc.array(
        fc.constant(undefined).chain(() => this.#value(item, name, depth + 1)),
        { maxLength: depth > 3 ? 1 : 3 },
      );
      return depth > 7 ? fc.constant([]) : items;
    }
    if (schema.isMapSchema()) {
      const item = schema.getValueSchema();
      return fc.dictionary(
        fc.oneof(oddText, fc.constantFrom(...words)),
        lazily(() => this.#value(item, name, depth + 1)),
        {
          maxKeys: 2,
        },
      );
    }
    return this.#leaf(schema, name);
  }

  #struct(schema: NormalizedSchema, depth: number): Arbitrary<unknown> {
    const members = [...schema.structIterator()];
    const required = requiredCount(schema);
    const model = Object.fromEntries(
      members.map(([name, member], index) => [
        name,
        fc.oneof(
          { arbitrary: lazily(() => this.#value(member, name, depth + 1)), weight: presence(index < required, depth) },
          { arbitrary: fc.constant(undefined), weight: 10 },
        ),
      ]),
    );
    if (schema.isUnionSchema() && members.length > 0)
      return fc
        .constantFrom(...members)
        .chain(([name, member]) => this.#value(member, name, depth + 1).map((value) => ({ [name]: value })));
    return depth > 8 ? fc.constant({}) : fc.record(model).map(withoutUndefined);
  }

  #leaf(schema: NormalizedSchema, name: string): Arbitrary<unknown> {
    if (schema.isTimestampSchema()) return fc.constantFrom(...dates);
    if (schema.isBooleanSchema()) return fc.boolean();
    if (schema.isBigIntegerSchema()) return fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
    if (schema.isNumericSchema()) return fc.constantFrom(...numbers);
    if (schema.isStreaming()) return fc.constantFrom("", "streamed text");
    if (schema.isBlobSchema()) return fc.uint8Array({ maxLength: 40 });
    return fc.oneof({ arbitrary: this.#known(name), weight: 6 }, { arbitrary: oddText, weight: 1 });
  }

  /** Chosen when the value is made, not when the arbitrary is: by then more may be known. */
  #known(name: string): Arbitrary<string> {
    return fc.nat().map((choice) => {
      const known = [...(this.#seen.get(nounOf(name)) ?? []), ...likely(name)];
      return known[choice % known.length] ?? "";
    });
  }
}

/** How often a member is there for every ten times it is not. */
const presence = (isRequired: boolean, depth: number): number =>
  isRequired ? 400 : depth === 0 ? 12 : depth > 6 ? 1 : 6;

/** What makes an SDK client send another request than the operation's: too few bytes, a path without the key. */
function withoutTraps({ ContentLength: _, ...input }: Record<string, unknown>): Record<string, unknown> {
  return input.Key === "" ? { ...input, Key: "alpha" } : input;
}

const nounOf = (name: string): string => name.toLowerCase().replace(/s$/, "");

const lazily = <T>(make: () => Arbitrary<T>): Arbitrary<T> => fc.constant(undefined).chain(make);

const withoutUndefined = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));

function requiredCount(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema();
  return Array.isArray(raw) && typeof raw[6] === "number" ? raw[6] : 0;
}

const words = ["alpha", "default", "*", "/", "__proto__", "constructor", "toString", "aws:reserved", "1"];

const oddText: Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(
    "",
    " ",
    "../../etc/passwd",
    "%2e%2e%2f",
    "\u0000",
    "a".repeat(5000),
    "💥",
    "\ud800",
    "<a>&amp;",
    "{{x}}",
  ),
  fc.constantFrom(...words),
);

const numbers = [0, 1, 2, 5, 10, 100, 1024, 443, -1, 2 ** 31, 2 ** 53, -(2 ** 53), 1.5];
const dates = [0, 1, Date.UTC(2026, 0, 1), Date.UTC(9999, 11, 31), Date.UTC(1, 0, 1), -1e12].map((ms) => new Date(ms));

/** What a member of that name often holds. */
function likely(name: string): string[] {
  if (/arn/i.test(name))
    return ["arn:aws:iam::000000000000:role/alpha", "arn:aws:ecs:us-east-1:000000000000:cluster/x", "arn:"];
  if (/policy|document/i.test(name))
    return ['{"Version":"2012-10-17","Statement":[]}', "{", '{"Statement":{"Effect":"Allow"}}'];
  if (/template/i.test(name))
    return [
      '{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":"v"}}}}',
      "a: [",
      "{}",
    ];
  if (/cidr/i.test(name)) return ["10.0.0.0/16", "10.0.1.0/24", "300.0.0.0/8", "0.0.0.0/0"];
  if (/token/i.test(name)) return ["", "bm9uc2Vuc2U=", "page:1"];
  if (/expression|pattern|query/i.test(name))
    return [
      "rate(5 minutes)",
      "cron(* * * * ? *)",
      "{",
      "fields @message",
      "{ $.a = 1 }",
      "[a, b]",
      '{"source":["a"]}',
    ];
  if (
    /^(protocol|type|status|strategy|mode|unit|effect|action|operator|comparisonoperator|statistic|state)/i.test(name)
  )
    return [
      "HTTP",
      "String",
      "ENABLED",
      "Sum",
      "forward",
      "BLUE_GREEN",
      "ROLLING",
      "OK",
      "GreaterThanThreshold",
      "FARGATE",
      "Count",
    ];
  return words;
}
