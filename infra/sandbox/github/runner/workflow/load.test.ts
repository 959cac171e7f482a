import { describe, expect, test } from "@jest/globals";
import type { RunResult } from "../../contract.ts";
import { runWorkflowFile, testSite } from "../../testing.ts";

/** Runs files whose faults must be found before anything runs. */
async function refused(files: Readonly<Record<string, string>>): Promise<RunResult> {
  const site = testSite();
  try {
    const { "test.yml": workflow = "", ...rest } = files;
    const { result, events } = await runWorkflowFile(site, workflow, { files: rest });
    expect(events.map((event) => event.type)).toEqual(["run-refused", "run-ended"]);
    expect(result).toMatchObject({ conclusion: "failure", jobs: [] });
    return result;
  } finally {
    site.remove();
  }
}

describe("refusing a workflow before anything runs", () => {
  test("lists everything that is not supported, with its place and what is", async () => {
    const { refusal } = await refused({ "test.yml": UNSUPPORTED, "actions/docker/action.yml": DOCKER });
    expect(refusal?.split("\n")).toEqual([
      ".github/workflows/test.yml:5:16: job containers are not supported; supported: steps on the runner itself",
      ".github/workflows/test.yml:6:15: service containers are not supported; supported: steps on the runner itself",
      '.github/workflows/test.yml:4:14: "windows-latest" is not supported; supported: any Linux label',
      '.github/workflows/test.yml:9:16: shell "pwsh" is not supported; supported: bash, sh, python, or a command with {0}',
      '.github/workflows/test.yml:10:15: "docker://alpine" is a Docker action; supported: JavaScript and composite',
      '.github/workflows/test.yml:11:15: "someone/thing@v1" cannot be fetched and has no stand-in; there are stand-ins for actions/checkout, actions/setup-node, actions/upload-artifact, actions/download-artifact, aws-actions/configure-aws-credentials',
      "actions/docker/action.yml: Docker actions are not supported here; supported: node20, node24, composite",
      '.github/workflows/test.yml:14:11: "octo/repo/.github/workflows/x.yml@v1" cannot be fetched; supported: ./.github/workflows/*.yml of this repository',
      ".github/workflows/test.yml:16:11: there is no file .github/workflows/missing.yml at this commit",
    ]);
  });

  test("what GitHub's parser finds is told as GitHub tells it", async () => {
    const { refusal } = await refused({ "test.yml": INVALID });
    expect(refusal).toContain(".github/workflows/test.yml (Line: 5, Col: 5): Unexpected value 'stepz'");
    expect(refusal).toContain("Unrecognized named-value: 'nope'");
  });

  test("a call with wrong inputs, missing secrets or too many permissions does not start", async () => {
    const { refusal } = await refused({ "test.yml": CALLER, ".github/workflows/called.yml": CALLED });
    expect(refusal?.split("\n")).toEqual([
      ".github/workflows/test.yml:7:20: .github/workflows/called.yml has no input extra; allowed: agent",
      ".github/workflows/test.yml:6:11: input agent of .github/workflows/called.yml is required",
      ".github/workflows/test.yml:6:11: secret KEY of .github/workflows/called.yml is required",
      ".github/workflows/called.yml:8:5: the nested job 'deploy' is requesting 'id-token: write', but is only allowed 'id-token: none'",
    ]);
  });
});

const UNSUPPORTED = `on: push
jobs:
  a:
    runs-on: windows-latest
    container: node
    services: { db: { image: postgres } }
    steps:
      - run: ls
        shell: pwsh
      - uses: docker://alpine
      - uses: someone/thing@v1
      - uses: ./actions/docker
  b:
    uses: octo/repo/.github/workflows/x.yml@v1
  c:
    uses: ./.github/workflows/missing.yml
`;

const DOCKER = "name: d\nruns: { using: docker, image: Dockerfile }\n";

const INVALID = `on: push
jobs:
  a:
    runs-on: x
    stepz: []
    if: nope.x == 1
    steps: []
`;

const CALLER = `on: push
permissions: {}
jobs:
  call:
    permissions: { contents: read }
    uses: ./.github/workflows/called.yml
    with: { extra: 1 }
`;

const CALLED = `on:
  workflow_call:
    inputs: { agent: { type: string, required: true } }
    secrets: { KEY: { required: true } }
permissions: {}
jobs:
  deploy:
    permissions: { contents: read, id-token: write }
    runs-on: x
    steps: [{ run: ls }]
`;
