import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { cidrBlocks } from "./cidr.ts";
import { TemplateError } from "./errors.ts";
import { Evaluation, type World } from "./evaluate.ts";
import { dependencyGraph, type Graph, topologicalOrder } from "./graph.ts";
import { parameterValues, resolveParameters } from "./parameters.ts";
import { parseTemplate } from "./parse.ts";
import type { Json, Template } from "./template.ts";
import { Unknown } from "./value.ts";

const RESOURCE = { Type: "AWS::SSM::Parameter" };

function world(change: Partial<World> & { template?: Template } = {}): World {
  return {
    template: parseTemplate(JSON.stringify({ Resources: { A: RESOURCE, B: RESOURCE } })),
    pseudo: { "AWS::Region": "us-east-1" },
    parameters: new Map([["P", "value"]]),
    zones: { "us-east-1": ["us-east-1a", "us-east-1b"] },
    exports: new Map([["shared", "exported"]]),
    live: (_, attribute) => (attribute === undefined || attribute === "Arn" ? new Unknown(["A"]) : undefined),
    ...change,
  };
}

const evaluate = (node: Json, change?: Partial<World>) => new Evaluation(world(change)).evaluate(node);

describe("YAML", () => {
  test("short forms are the functions they stand for", () => {
    const template = parseTemplate(`
Resources:
  A:
    Type: AWS::SSM::Parameter
    Properties:
      One: !Ref B
      Two: !GetAtt B.Some.Attribute
      Three: !Join [",", [!Sub "x-\${AWS::Region}", "y"]]
      Four: !If [Cond, 08, !Ref AWS::NoValue]
      Five: !Select
        - 1
        - !Split [".", a.b]
  B: {Type: AWS::SSM::Parameter}
Conditions:
  Cond: !And [!Equals [a, a], !Condition Other]
  Other: !Not [!Equals [a, b]]
`);
    expect(template.Resources.A?.Properties).toEqual({
      One: { Ref: "B" },
      Two: { "Fn::GetAtt": ["B", "Some.Attribute"] },
      Three: { "Fn::Join": [",", [{ "Fn::Sub": `x-\${AWS::Region}` }, "y"]] },
      Four: { "Fn::If": ["Cond", 8, { Ref: "AWS::NoValue" }] },
      Five: { "Fn::Select": [1, { "Fn::Split": [".", "a.b"] }] },
    });
    expect(new Evaluation(world({ template })).condition("Cond")).toBe(true);
  });

  test.each([
    ["", /empty/],
    ["- a\n- b", /unsupported structure/],
    ["Resources:\n  A: {Type: [", /YAML not well-formed/],
    ["Resources: {}", /At least one Resources member/],
    ["Resources:\n  A: &a {Type: T}\n  B: *a", /aliases are not allowed/],
    ['{"Resourcen": {}}', /Invalid template property or properties \[Resourcen\][\s\S]*At least one Resources member/],
    ['{"Resources": {"A": {"Type": "T", "Propertys": {}}}}', /Invalid template resource property 'Propertys'/],
  ])("%j is refused in one sentence", (text, pattern) => {
    expect(() => parseTemplate(text)).toThrow(TemplateError);
    expect(() => parseTemplate(text)).toThrow(pattern);
  });
});

describe("intrinsic functions", () => {
  test.each<[Json, unknown]>([
    [{ "Fn::Sub": [`\${P}-\${X}-\${!Literal}`, { X: 1 }] }, `value-1-\${Literal}`],
    [{ "Fn::Select": ["1", { "Fn::GetAZs": "" }] }, "us-east-1b"],
    [{ "Fn::Join": ["-", ["a", 1, true]] }, "a-1-true"],
    [{ "Fn::Base64": "hi" }, "aGk="],
    [{ "Fn::ImportValue": { "Fn::Sub": "shared" } }, "exported"],
    [{ list: ["a", { Ref: "AWS::NoValue" }], gone: { Ref: "AWS::NoValue" } }, { list: ["a"] }],
    [{ "Fn::Select": [2, { "Fn::Cidr": ["10.0.0.0/16", 4, 8] }] }, "10.0.2.0/24"],
  ])("%j", (node, expected) => {
    expect(evaluate(node)).toEqual(expected);
  });

  test("what only exists later makes the whole text unknown, and says what it waits for", () => {
    expect(evaluate({ "Fn::Sub": `x-\${A}` })).toEqual(new Unknown(["A"]));
    expect(evaluate({ "Fn::Select": [0, [{ Ref: "A" }, "b"]] })).toEqual(new Unknown(["A"]));
    expect(evaluate({ "Fn::Select": [1, [{ Ref: "A" }, "b"]] })).toBe("b");
  });

  test("whatever is evaluated, only a TemplateError is thrown", () => {
    const names = ["Ref", "Fn::GetAtt", "Fn::Join", "Fn::Split", "Fn::Select", "Fn::Sub", "Fn::FindInMap", "Fn::If"];
    const more = [
      "Fn::Base64",
      "Fn::Cidr",
      "Fn::GetAZs",
      "Fn::ImportValue",
      "Fn::Transform",
      "Fn::Nothing",
      "__proto__",
    ];
    const words = fc.constantFrom(
      "A",
      "B",
      "P",
      "A.Arn",
      `\${A.Arn}`,
      `\${`,
      "AWS::NoValue",
      "toString",
      "constructor",
      "shared",
      "",
    );
    const { node } = fc.letrec<{ node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(words, fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.tuple(fc.constantFrom(...names, ...more), tie("node")).map(([name, value]) => ({ [name]: value })),
        fc.dictionary(fc.string(), tie("node"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(node, (value) => {
        try {
          evaluate(value);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("cidr blocks lie inside the block, follow each other and do not overlap", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        octet,
        octet,
        fc.integer({ min: 8, max: 24 }),
        fc.integer({ min: 1, max: 16 }),
        (a, b, mask, count) => {
          const bits = Math.min(8, 32 - mask - Math.ceil(Math.log2(count)));
          fc.pre(bits >= 1);
          const blocks = cidrBlocks(`${a}.${b}.0.0/${mask}`, count, bits);
          const starts = blocks.map(
            (block) =>
              block
                .split("/")[0]
                ?.split(".")
                .reduce((sum, part) => sum * 256 + Number(part), 0) ?? 0,
          );
          expect(new Set(starts).size).toBe(count);
          for (let i = 1; i < count; i++) expect((starts[i] ?? 0) - (starts[i - 1] ?? 0)).toBe(2 ** bits);
          const size = 2 ** (32 - mask);
          expect(Math.floor((starts[0] ?? 0) / size)).toBe(Math.floor(((starts.at(-1) ?? 0) + 2 ** bits - 1) / size));
        },
      ),
    );
  });
});

describe("order", () => {
  const ids = Array.from({ length: 12 }, (_, index) => `R${index}`);
  const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 });

  test("is a topological order of any graph without a cycle", () => {
    fc.assert(
      fc.property(edges, fc.shuffledSubarray(ids, { minLength: 12 }), (pairs, names) => {
        const graph: Graph = new Map(
          ids.map((id, index) => [
            names[index] ?? id,
            pairs.filter(([from, to]) => from === index && to < from).map(([, to]) => names[to] ?? ""),
          ]),
        );
        const order = topologicalOrder(graph);
        expect([...order].sort()).toEqual([...ids].sort());
        for (const [id, dependencies] of graph)
          for (const dependency of dependencies) expect(order.indexOf(dependency)).toBeLessThan(order.indexOf(id));
      }),
    );
  });

  test("names exactly the resources of a cycle, not those that merely wait for it", () => {
    const graph: Graph = new Map([
      ["A", ["B"]],
      ["B", ["C"]],
      ["C", ["A"]],
      ["Waits", ["A"]],
      ["Free", []],
    ]);
    expect(() => topologicalOrder(graph)).toThrow("Circular dependency between resources: [A, B, C]");
  });

  test("follows references in the branch of a condition that is taken, and in Sub", () => {
    const template = parseTemplate(
      JSON.stringify({
        Conditions: { Yes: { "Fn::Equals": ["a", "a"] } },
        Resources: {
          A: { ...RESOURCE, Properties: { V: { "Fn::If": ["Yes", { Ref: "B" }, { Ref: "C" }] } }, DependsOn: "D" },
          B: RESOURCE,
          C: { ...RESOURCE, Properties: { V: { "Fn::Sub": `\${B.Arn} \${Own}` } } },
          D: RESOURCE,
        },
      }),
    );
    const graph = dependencyGraph(template, ["A", "B", "C", "D"], () => true);
    expect(graph.get("A")).toEqual(["D", "B"]);
    expect(graph.get("C")).toEqual(["B"]);
  });
});

describe("parameters", () => {
  const template = parseTemplate(
    JSON.stringify({
      Parameters: {
        Size: { Type: "Number", MinValue: 1, MaxValue: 5 },
        Stage: { Type: "String", AllowedValues: ["test", "prod"] },
        Name: { Type: "String", AllowedPattern: "[a-z]+", Default: "abc" },
        Zones: { Type: "CommaDelimitedList", Default: "a, b" },
        Missing: { Type: "String" },
      },
      Resources: { A: RESOURCE },
    }),
  );
  const resolve = (given: Record<string, string>) =>
    resolveParameters({
      template,
      given: Object.entries(given).map(([key, value]) => ({ key, value, previous: false })),
      previous: [],
      ssm: async () => new Map(),
    });

  test("every problem at once", async () => {
    const error: unknown = await resolve({ Size: "9", Stage: "dev", Name: "ABC", Extra: "x" }).catch(
      (reason: unknown) => reason,
    );
    const message = error instanceof Error ? error.message : "";
    expect(message).toContain("5 problems");
    for (const part of [
      "[Extra] do not exist",
      "[Missing] must have values",
      "not greater than 5",
      "[test, prod], got 'dev'",
      "match pattern",
    ])
      expect(message).toContain(part);
  });

  test("defaults apply and lists are split", async () => {
    const parameters = await resolve({ Size: "2", Stage: "prod", Missing: "here" });
    expect(parameterValues(template, parameters).get("Zones")).toEqual(["a", "b"]);
    expect(parameterValues(template, parameters).get("Name")).toBe("abc");
  });
});
