import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runWorkflowFile, type TestSite, testSite } from "../testing.ts";

describe("a workflow run", () => {
  let site: TestSite;
  beforeAll(() => {
    site = testSite();
  });
  afterAll(() => site.remove());

  test("hands outputs through a matrix, a reusable workflow and artifacts", async () => {
    const { result, log } = await runWorkflowFile(site, DEPLOY, { files: { ".github/workflows/agent.yml": AGENT } });
    expect(result.conclusion).toBe("success");
    expect(result.jobs.map((job) => [job.name, job.conclusion])).toEqual(
      expect.arrayContaining([
        ["select", "success"],
        ["fleet (alpha) / go", "success"],
        ["fleet (beta) / go", "success"],
        ["report", "success"],
      ]),
    );
    expect(result.artifacts.map((artifact) => artifact.name).sort()).toEqual(["verdict-alpha", "verdict-beta"]);
    const alpha = result.artifacts.find((artifact) => artifact.name === "verdict-alpha");
    expect(readFileSync(join(alpha?.dir ?? "", "alpha.json"), "utf8")).toContain("DEPLOYED");
    expect(log("all verdicts")).toContain("alpha.json beta.json");
    expect(log("all verdicts")).toContain("fleet: success, verdict DEPLOYED");
    expect(existsSync(join(site.root, "runs", String(result.runId), "jobs"))).toBe(false);
  });

  test("runs local JavaScript and composite actions with inputs, state, post and outputs", async () => {
    const { result, log } = await runWorkflowFile(site, ACTIONS, { files: ACTION_FILES });
    expect(result.conclusion).toBe("success");
    const lines = log();
    expect(lines).toContain("main: hello you, default is push");
    expect(lines).toContain("composite says inner-hello you for you");
    expect(lines.indexOf("post: state is kept")).toBeGreaterThan(lines.indexOf("composite says"));
    expect(result.jobs[0]?.summaries).toEqual(["# from the action\n"]);
    expect(result.jobs[0]?.annotations).toEqual([
      { level: "warning", message: "Unexpected input(s) 'unknown', valid inputs are ['who', 'event']" },
      { level: "notice", message: "two\nlines", title: "T" },
      expect.objectContaining({ level: "warning" }),
      expect.objectContaining({ level: "notice" }),
    ]);
  });

  test("gives env its precedence, keeps the host's variables out, and honours GITHUB_ENV and GITHUB_PATH", async () => {
    process.env.AWS_SECRET_ACCESS_KEY_OF_TEST = "host-secret";
    const { result, log } = await runWorkflowFile(site, ENVIRONMENT, {
      request: { env: { EXTRA: "from the sandbox" } },
    });
    delete process.env.AWS_SECRET_ACCESS_KEY_OF_TEST;
    expect(result.conclusion).toBe("success");
    expect(log("levels")).toContain("workflow job step | from the sandbox");
    expect(log("later")).toContain("changed job2 multi\nline");
    expect(log("later")).toContain("tool on the path");
    expect(log("clean")).not.toContain("host-secret");
    expect(log("clean")).toMatch(/HOME=.*jobs/);
    expect(log("guarded")).toContain("repository sandbox/demo");
  });

  test("skips, continues and fails as conditions say", async () => {
    const { result } = await runWorkflowFile(site, CONDITIONS);
    expect(result.conclusion).toBe("failure");
    const conclusions = Object.fromEntries(result.jobs.map((job) => [job.name, job.conclusion]));
    expect(conclusions).toEqual({
      ok: "success",
      forgiven: "failure",
      after_forgiven: "success",
      bad: "failure",
      skipped: "skipped",
      also_skipped: "skipped",
      always: "success",
      on_failure: "success",
    });
    const bad = result.jobs.find((job) => job.name === "bad");
    expect(bad?.steps.map((step) => [step.name, step.outcome, step.conclusion])).toEqual([
      ["soft", "failure", "success"],
      ["saw soft", "success", "success"],
      ["hard", "failure", "failure"],
      ["not run", "skipped", "skipped"],
      ["cleanup", "success", "success"],
    ]);
  });

  test("does not run for a branch or a path that the workflow does not name", async () => {
    const { result } = await runWorkflowFile(
      site,
      "on: { push: { paths: ['docs/**'] } }\njobs: { a: { runs-on: x, steps: [{ run: 'true' }] } }\n",
      { files: { "src/code.ts": "1" } },
    );
    expect(result).toMatchObject({ conclusion: "skipped", refusal: "no changed file matches its paths", jobs: [] });
  });
});

const DEPLOY = `
on: { push: { branches: [main] } }
permissions: {}
jobs:
  select:
    runs-on: ubuntu-latest
    outputs: { agents: "\${{ steps.pick.outputs.agents }}" }
    steps:
      - id: pick
        run: echo 'agents=["alpha","beta"]' >> "$GITHUB_OUTPUT"
  fleet:
    needs: select
    strategy:
      fail-fast: false
      matrix: { agent: "\${{ fromJSON(needs.select.outputs.agents) }}" }
    uses: ./.github/workflows/agent.yml
    with: { agent: "\${{ matrix.agent }}" }
  report:
    needs: fleet
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@0123456789012345678901234567890123456789 # v5
        with: { pattern: verdict-*, path: verdicts, merge-multiple: true }
      - name: all verdicts
        env: { RESULT: "\${{ needs.fleet.result }}", VERDICT: "\${{ needs.fleet.outputs.verdict }}" }
        run: |
          echo $(ls verdicts)
          echo "fleet: $RESULT, verdict $VERDICT"
`;

const AGENT = `
on:
  workflow_call:
    inputs: { agent: { type: string, required: true } }
    outputs: { verdict: { value: "\${{ jobs.go.outputs.verdict }}" } }
jobs:
  go:
    runs-on: ubuntu-latest
    outputs: { verdict: "\${{ steps.deploy.outputs.verdict }}" }
    steps:
      - id: deploy
        env: { AGENT: "\${{ inputs.agent }}" }
        run: |
          echo verdict=DEPLOYED >> "$GITHUB_OUTPUT"
          echo '{"verdict":"DEPLOYED"}' > "$AGENT.json"
      - uses: actions/upload-artifact@v4
        with: { name: "verdict-\${{ inputs.agent }}", path: "*.json", if-no-files-found: error }
`;

const ACTIONS = `
on: push
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with: { persist-credentials: false }
      - id: js
        uses: ./actions/hello
        with: { WHO: you, unknown: 1 }
      - id: both
        uses: ./actions/both
        with: { who: you }
      - run: echo "composite says \${{ steps.both.outputs.said }} for \${{ steps.js.outputs.who }}"
`;

const ACTION_FILES = {
  "actions/hello/action.yml": `
name: hello
inputs: { who: { default: nobody }, event: { default: "\${{ github.event_name }}" } }
outputs: { who: { description: who } }
runs: { using: node24, main: main.cjs, post: post.cjs }
`,
  "actions/hello/main.cjs": `
const { appendFileSync } = require("node:fs");
const put = (variable, line) => appendFileSync(process.env[variable], line + "\\n");
console.log("main: hello " + process.env.INPUT_WHO + ", default is " + process.env.INPUT_EVENT);
put("GITHUB_OUTPUT", "who=" + process.env.INPUT_WHO);
put("GITHUB_STATE", "kept=state is kept");
if (!process.env.GITHUB_ACTION_PATH.includes("both")) put("GITHUB_STEP_SUMMARY", process.env.QUIET ? "" : "# from the action");
console.log("::notice title=T::two%0Alines");
`,
  "actions/hello/post.cjs": `console.log("post: " + process.env.STATE_kept);`,
  "actions/both/action.yml": `
name: both
inputs: { who: { required: true } }
outputs: { said: { value: "\${{ steps.say.outputs.said }}" } }
runs:
  using: composite
  steps:
    - id: inner
      uses: ./actions/hello
      with: { who: "\${{ inputs.who }}", extra: x }
      env: { QUIET: "1" }
    - id: say
      shell: bash
      run: echo "said=inner-hello \${{ steps.inner.outputs.who }}" >> "$GITHUB_OUTPUT"
`,
};

const ENVIRONMENT = `
on: push
env: { A: workflow, B: workflow, C: workflow }
jobs:
  only:
    runs-on: ubuntu-latest
    env: { B: job, C: job }
    defaults: { run: { shell: bash } }
    steps:
      - name: levels
        env: { C: step }
        run: echo "$A $B \${{ env.C }}$C | $EXTRA" | sed s/stepstep/step/ | sed s/jobstep/step/
      - run: |
          echo "A=changed" >> "$GITHUB_ENV"
          echo "B=job2" >> "$GITHUB_ENV"
          echo "GITHUB_REPOSITORY=evil" >> "$GITHUB_ENV"
          printf 'D<<END\\nmulti\\nline\\nEND\\n' >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho tool on the path\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - name: later
        run: |
          echo "$A $B $D"
          tool
      - { name: clean, run: env }
      - { name: guarded, run: 'echo "repository $GITHUB_REPOSITORY"' }
`;

const CONDITIONS = `
on: push
jobs:
  ok: { runs-on: x, steps: [{ run: "true" }] }
  forgiven: { runs-on: x, continue-on-error: true, steps: [{ run: "false" }] }
  after_forgiven: { needs: forgiven, runs-on: x, steps: [{ run: "true" }] }
  bad:
    runs-on: x
    steps:
      - { name: soft, id: soft, continue-on-error: true, run: exit 3 }
      - { name: saw soft, if: "steps.soft.outcome == 'failure' && steps.soft.conclusion == 'success'", run: "true" }
      - { name: hard, run: exit 4 }
      - { name: not run, run: "true" }
      - { name: cleanup, if: "\${{ failure() }}", run: "true" }
  skipped: { needs: [ok, bad], runs-on: x, steps: [{ run: "true" }] }
  also_skipped: { needs: skipped, runs-on: x, steps: [{ run: "true" }] }
  always: { needs: skipped, if: always(), runs-on: x, steps: [{ run: "true" }] }
  on_failure: { needs: bad, if: failure(), runs-on: x, steps: [{ run: "true" }] }
`;
