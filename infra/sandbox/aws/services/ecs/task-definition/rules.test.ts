import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { expect, test } from "@jest/globals";
import { taskDefinitionProblems } from "./rules.ts";

const app: ContainerDefinition = { name: "app", image: "registry.test/app:1" };
const problems = (containers: ContainerDefinition[], more: Partial<RegisterTaskDefinitionCommandInput> = {}): string =>
  taskDefinitionProblems({
    family: "alpha",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: containers,
    ...more,
  }).join(" ");

const depends = (containerName: string, condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY") => [
  { containerName, condition },
];

test("a sound definition has no problems", () => {
  const healthCheck = { command: ["CMD-SHELL", "true"], interval: 5, timeout: 2, retries: 1, startPeriod: 0 };
  const side = { ...app, name: "side", healthCheck, portMappings: [{ containerPort: 81 }] };
  const main = { ...app, dependsOn: depends("side", "HEALTHY"), portMappings: [{ containerPort: 80, hostPort: 80 }] };
  expect(problems([main, side])).toBe("");
});

test.each<[string, ContainerDefinition[], RegExp]>([
  ["names twice", [app, app], /duplicate values/],
  ["no essential container", [{ ...app, essential: false }], /At least one container must be essential/],
  ["a dependency on nobody", [{ ...app, dependsOn: depends("none", "START") }], /'none', which the task definition/],
  [
    "the success of an essential container",
    [
      { ...app, dependsOn: depends("side", "SUCCESS") },
      { ...app, name: "side" },
    ],
    /A dependency container with SUCCESS or COMPLETE condition cannot be an essential container/,
  ],
  [
    "the health of a container without a check",
    [
      { ...app, dependsOn: depends("side", "HEALTHY") },
      { ...app, name: "side" },
    ],
    /no health check configured/,
  ],
  [
    "a cycle",
    [
      { ...app, dependsOn: depends("side", "START") },
      { ...app, name: "side", dependsOn: depends("app", "START") },
    ],
    /should not have a cycle. Got: app, side/,
  ],
  [
    "a port used twice",
    [
      { ...app, portMappings: [{ containerPort: 80 }] },
      { ...app, name: "side", portMappings: [{ containerPort: 80 }] },
    ],
    /Port 80\/tcp of container 'side' is used more than once/,
  ],
  ["different ports", [{ ...app, portMappings: [{ containerPort: 80, hostPort: 81 }] }], /must match. Got: 81, 80/],
  ["a health check of no form", [{ ...app, healthCheck: { command: ["curl"] } }], /must start with CMD or CMD-SHELL/],
  [
    "a health check too often",
    [{ ...app, healthCheck: { command: ["CMD", "a"], interval: 1 } }],
    /healthCheck.interval must be between 5 and 300. Got: 1/,
  ],
  ["an unknown volume", [{ ...app, mountPoints: [{ sourceVolume: "v" }] }], /mounts volume 'v', which the task/],
  ["too much CPU", [{ ...app, cpu: 512 }], /sum of all container 'cpu' values cannot be greater/],
  ["too much memory", [{ ...app, memory: 1024 }], /cannot be greater than the value of the task 'memory'/],
  ["a stop timeout", [{ ...app, stopTimeout: 121 }], /stopTimeout must be between 0 and 120. Got: 121/],
  [
    "a log without a region",
    [{ ...app, logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/a" } } }],
    /Log driver awslogs requires options: awslogs-region/,
  ],
  [
    "a file that is no environment file",
    [{ ...app, environmentFiles: [{ type: "s3", value: "arn:aws:s3:::bucket/a.txt" }] }],
    /ends with .env. Got: arn:aws:s3:::bucket\/a.txt/,
  ],
  ["a secret from nowhere", [{ ...app, secrets: [{ name: "A", valueFrom: "arn:aws:sqs:x" }] }], /must be the ARN of a/],
  ["a privileged container", [{ ...app, privileged: true }], /Fargate runs no privileged containers/],
])("%s is refused", (_case, containers, message) => {
  expect(problems(containers)).toMatch(message);
});

test("all problems are told at once", () => {
  const told = problems([{ ...app, image: undefined, cpu: 512, stopTimeout: 300 }], { family: "a b", memory: "1" });
  expect(told).toMatch(/Family 'a b'.*image should not be null.*stopTimeout.*sum of all.*No Fargate configuration/);
});
