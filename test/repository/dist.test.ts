import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ECR } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  createRepository,
  git,
  linkPackages,
  put,
  type TemporaryFolder,
  temporaryFolder,
} from "../../actions/lib/images/testing/checkout.ts";
import { repositoryName } from "../../agents/naming.ts";
import { type Aws, startAws } from "../../infra/sandbox/aws/server.ts";
import { ecr as ecrService } from "../../infra/sandbox/aws/services/ecr/service.ts";
import { actionNames } from "./actions.ts";
import { differences, type Generated, generateDist, write } from "./build.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
let generated: Generated;
let folder: TemporaryFolder;
let aws: Aws;

beforeAll(async () => {
  folder = temporaryFolder();
  generated = await generateDist(root);
  await write(folder.path, generated);
  aws = await startAws({ services: [ecrService], dataDir: join(folder.path, "aws") });
}, 300_000);

afterAll(async () => {
  await aws.stop();
  folder[Symbol.dispose]();
});

interface Ran {
  readonly status: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs an action of the generated bundle as the runner would: a process, variables, files. */
async function act(name: string, inputs: Record<string, string>, env: Record<string, string> = {}): Promise<Ran> {
  const file = join(folder.path, "output");
  writeFileSync(file, "");
  const variables = Object.entries(inputs).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value]);
  const all = { PATH: process.env.PATH, GITHUB_OUTPUT: file, ...Object.fromEntries(variables), ...env };
  const started = run(process.execPath, [join(folder.path, "actions/dist", `${name}.js`)], { env: all });
  const { status, log } = await started.then(
    ({ stdout, stderr }) => ({ status: 0, log: stdout + stderr }),
    (error: Error & { code: number; stdout: string; stderr: string }) => ({
      status: error.code,
      log: error.stdout + error.stderr,
    }),
  );
  const outputs = [...readFileSync(file, "utf8").matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)];
  return { status, log, outputs: Object.fromEntries(outputs.map(([, key, , value]) => [key, value])) };
}

describe("the bundle of the actions", () => {
  test("is committed as its sources generate it; if not, run: npm run build", async () => {
    expect(await differences(root, generated)).toEqual([]);
  });

  test("starts every action, loads no path of this machine, and asks for what is missing in one annotation", async () => {
    const names = actionNames(root);
    const code = [...generated.files.values()].map((content) => Buffer.from(content).toString("utf8")).join("\n");
    expect(code.includes(root)).toBe(false);
    for (const name of names) {
      const { status, log } = await act(name, { "no-such-input": "x" });
      expect(log).toMatch(
        new RegExp(`^::error::\\d+ wrong input\\(s\\) of ${name}:.*no-such-input: is not an input`, "m"),
      );
      expect(log).not.toMatch(/\n\s+at /);
      expect(status).toBe(1);
    }
  }, 120_000);

  test("builds, scans and pushes an image to the sandbox's ECR, and the second time changes nothing", async () => {
    const ecr = new ECR({
      endpoint: aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const checkout = join(folder.path, "checkout");
    put(join(checkout, ".keep"), "");
    createRepository(checkout);
    linkPackages(checkout);
    const name = repositoryName("alpha");
    await ecr.createRepository({ repositoryName: name, imageTagMutability: "IMMUTABLE" });
    const env = {
      GITHUB_WORKSPACE: checkout,
      RUNNER_TEMP: join(folder.path, "temp"),
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const built = await act("build-image", { agent: "alpha" }, env);
    expect(built.log).toContain("base host-node");
    const { layout = "", digest } = built.outputs;
    const scanned = await act("scan-image", { layout }, env);
    expect(scanned.outputs).toMatchObject({ verdict: "inconclusive", packages: "2" });
    const pushed = await act("push-image", { layout }, env);
    expect(pushed.log).not.toContain("::error");
    const commit = git(checkout, "rev-parse", "HEAD");
    expect(pushed.outputs).toMatchObject({ digest, tag: commit, image: expect.stringMatching(`/${name}@${digest}$`) });
    const { imageDetails } = await ecr.describeImages({ repositoryName: name });
    expect(imageDetails?.map((found) => [found.imageDigest, found.imageTags])).toEqual([[digest, [commit]]]);
    const again = await act("push-image", { layout }, env);
    expect(again.outputs["uploaded-bytes"]).toBe("0");
    expect(again.log).toContain("was already there");
    ecr.destroy();
  }, 120_000);
});
