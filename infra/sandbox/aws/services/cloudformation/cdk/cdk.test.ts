import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ECR } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bootstrapAccount } from "../bootstrap.ts";
import { type Rig, rig } from "../testing.ts";
import { pushImage } from "./image.ts";

/** The unmodified CDK CLI as a child process, with an app that knows nothing of the sandbox. */
const APP = fileURLToPath(new URL("./app.ts", import.meta.url));
const CLI = join(dirname(createRequire(import.meta.url).resolve("aws-cdk/package.json")), "bin/cdk");
const SECONDS = 1000;

let box: Rig;
let image: string;
let folder: string;

beforeAll(async () => {
  box = await rig();
  folder = await mkdtemp(join(tmpdir(), "cdk-app-"));
  await bootstrapAccount(box.aws);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const ecr = new ECR({ endpoint: box.endpoint, region: "us-east-1", credentials });
  image = await pushImage(ecr, "demo/web");
  ecr.destroy();
}, 30 * SECONDS);

afterAll(async () => {
  await box.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly text: string;
}

function run(command: string, args: readonly string[]): Promise<Run> {
  const env = {
    PATH: process.env.PATH ?? "",
    // The CLI keeps a cache of accounts and notices in its home; it must be neither ours nor shared.
    HOME: folder,
    CI: "true",
    AWS_ENDPOINT_URL: box.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    CDK_DEFAULT_ACCOUNT: "000000000000",
    CDK_DEFAULT_REGION: "us-east-1",
    CDK_DISABLE_CLI_TELEMETRY: "true",
  };
  return new Promise((resolve) => {
    execFile(command, [...args], { env, encoding: "utf8", maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, text: stdout + stderr }),
    );
  });
}

const cdk = (verb: string, ...args: string[]): Promise<Run> =>
  run(process.execPath, [CLI, verb, "--all", "--no-notices", "--no-version-reporting", ...args]);

/** Synthesizes into a folder of its own, so that the CLI does not load the app again for each command. */
async function synthesize(greeting: string): Promise<string> {
  const output = join(folder, greeting);
  const context = { image, greeting };
  const done = await run("/usr/bin/env", [
    `CDK_OUTDIR=${output}`,
    `CDK_CONTEXT_JSON=${JSON.stringify(context)}`,
    process.execPath,
    "--import",
    createRequire(import.meta.url).resolve("tsx"),
    APP,
  ]);
  expect(done).toMatchObject({ code: 0 });
  return output;
}

async function greeting(): Promise<string> {
  const { StackResources = [] } = await box.cloudformation.describeStackResources({ StackName: "Web" });
  const arn = StackResources.find((one) => one.ResourceType?.endsWith("::Listener"))?.PhysicalResourceId;
  const { Listeners = [] } = await box.aws.elasticloadbalancing.describeListeners({ ListenerArns: [arn ?? ""] });
  const answer = await fetch(`http://127.0.0.1:${Listeners[0]?.Port}/`);
  return answer.text();
}

test(
  "deploys, diffs, updates, rolls a bad release back and destroys an app that is not ours",
  async () => {
    const [hello, crash] = await Promise.all([synthesize("hello"), synthesize("crash")]);
    const deployed = await cdk("deploy", "--require-approval", "never", "--app", hello);
    expect(deployed).toMatchObject({ code: 0, text: expect.stringContaining("✅  Web") });
    expect(await greeting()).toBe("hello");

    const difference = await cdk("diff", "--app", crash);
    expect(difference.text).toContain("Number of stacks with differences: 1");
    expect(difference.text).toMatch(/\[~\] AWS::ECS::TaskDefinition Task \S+ replace/);

    const template: object = JSON.parse(await readFile(join(crash, "Web.template.json"), "utf8"));
    expect(await box.update("Web", template)).toBe("UPDATE_ROLLBACK_COMPLETE");
    const reasons = await box.reasons("Web");
    expect(reasons).toMatch(
      /circuit breaker threshold was exceeded\. Newest service events: .*unable to consistently start/,
    );
    expect(await greeting()).toBe("hello");

    const destroyed = await cdk("destroy", "--force", "--app", hello);
    expect(destroyed).toMatchObject({ code: 0, text: expect.stringContaining("Network: destroyed") });
    expect(await box.settled("Web")).toBe("GONE");
  },
  120 * SECONDS,
);
