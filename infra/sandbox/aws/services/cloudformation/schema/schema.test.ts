import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { handlerOf, refusal, supportedTypes } from "../resources/registry.ts";
import { camelCased } from "./casing.ts";
import { generateSchemas, schemaFile } from "./generate.ts";
import { schemaOf, schemas } from "./schema.ts";
import { checkProperties, suggestion } from "./validate.ts";

test("the generated file is what the generator writes from the installed specification", async () => {
  expect(await readFile(schemaFile, "utf8")).toBe(await generateSchemas());
});

test("every supported type has a schema and a handler, every other type a reason", () => {
  for (const type of supportedTypes()) {
    expect(schemaOf(type)).toBeDefined();
    expect(handlerOf(type)).toBeDefined();
    expect(refusal(type)).toBeUndefined();
  }
  for (const type of schemas().known) if (!handlerOf(type)) expect(refusal(type)).toContain(type);
});

test("values are brought into the type of the schema", () => {
  const schema = schemaOf("AWS::ElasticLoadBalancingV2::TargetGroup");
  if (!schema) throw new Error("no schema");
  const { value, problems } = checkProperties(schema, { Port: "80", HealthCheckEnabled: "true", Name: 7 }, "X");
  expect(problems).toEqual([]);
  expect(value).toEqual({ Port: 80, HealthCheckEnabled: true, Name: "7" });
});

test("camel case stops where the user's own keys begin", () => {
  const schema = schemaOf("AWS::ECS::TaskDefinition");
  if (!schema) throw new Error("no schema");
  const properties = {
    ContainerDefinitions: [
      {
        Name: "web",
        DockerLabels: { MyLabel: "x" },
        LogConfiguration: { LogDriver: "awslogs", Options: { "awslogs-group": "G" } },
        Environment: [{ Name: "A", Value: "b" }],
      },
    ],
    Tags: [{ Key: "K", Value: "V" }],
  };
  expect(camelCased(schema, properties)).toEqual({
    containerDefinitions: [
      {
        name: "web",
        dockerLabels: { MyLabel: "x" },
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "G" } },
        environment: [{ name: "A", value: "b" }],
      },
    ],
    tags: [{ key: "K", value: "V" }],
  });
});

test("a suggestion is the nearest name, or none", () => {
  expect(suggestion("Desciption", ["Description", "Domain"])).toBe("; did you mean 'Description'?");
  expect(suggestion("Zebra", ["Description"])).toBe("; allowed are Description");
});
