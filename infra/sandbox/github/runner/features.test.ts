import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FinishedRun, TestGithub, TestSite } from "../testing.ts";
import { runWorkflowFile, startGithub, testSite } from "../testing.ts";

/** One run with much in it: each test looks at one part. */
describe("what a job can do", () => {
  let site: TestSite;
  let github: TestGithub;
  let run: FinishedRun;
  beforeAll(async () => {
    site = testSite();
    site.commit({ "package.json": PACKAGE, "package-lock.json": LOCK });
    site.write({ "node_modules/here/package.json": "{}" });
    github = await startGithub(site, await site.open());
    run = await runWorkflowFile(site, WORKFLOW, {
      files: { ".gitignore": "node_modules\n", "self/action.yml": SELF, ".github/workflows/typed.yml": TYPED },
      request: {
        api: github,
        installedFrom: site.checkout,
        vars: { COLOR: "blue", STAGE: "prod" },
        secrets: { KEY: "repository-secret", LINES: "line one\nline two" },
        environments: { prod: { vars: { COLOR: "green" }, secrets: { KEY: "environment-secret" } } },
      },
    });
  }, 60_000);
  afterAll(async () => {
    await github.stop();
    site.remove();
  });
  const job = (name: string) => run.result.jobs.find((other) => other.name === name);

  test("secrets and added masks are hidden everywhere; outputs that hold one are dropped and said", () => {
    const everything = JSON.stringify([run.events, run.result]);
    for (const secret of ["environment-secret", "line two", "added-mask", "ZW52aXJvbm1lbnQtc2VjcmV0"])
      expect(everything).not.toContain(secret);
    expect(run.log("secrets")).toContain("key *** and ***");
    expect(job("main")?.outputs).toEqual({ open: "shown" });
    expect(job("main")?.annotations).toContainEqual({
      level: "warning",
      message: "Skip output 'leak' since it may contain secret.",
    });
    expect(job("main")?.summaries).toContain("summary ***\n");
  });

  test("an environment brings its variables and secrets, its URL, and a GitHub deployment", async () => {
    expect(run.log("environment")).toContain("color green");
    expect(job("main")?.environment).toEqual({ name: "prod", url: "http://shown.example" });
    expect(run.log("deployments")).toContain("prod success http://shown.example");
    expect(run.log("deployments")).not.toContain("quiet");
  });

  test("commands: groups, stop-commands, annotations with places", () => {
    const lines = run.log("commands");
    expect(lines).toContain("##[group]title");
    expect(lines).toContain("::warning::not obeyed");
    expect(job("main")?.annotations).toContainEqual({ level: "error", message: "here", file: "a.ts", line: 3 });
    expect(run.log()).not.toContain("##[debug]");
  });

  test("a summary above 1 MiB is refused without failing the step", () => {
    expect(job("main")?.annotations).toContainEqual({
      level: "error",
      message: expect.stringContaining("$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k"),
    });
    expect(job("main")?.steps.find((step) => step.name === "too much")?.conclusion).toBe("success");
  });

  test("hashFiles, node as a shell, and $/ actions at the workflow's own commit", () => {
    expect(run.log("hash")).toMatch(/hash [0-9a-f]{64} empty \./);
    expect(run.log("node")).toContain("from node 3");
    expect(run.log("self")).toContain("the committed action, in the workspace");
  });

  test("npm ci links the sandbox's own tree when the lock files are equal", () => {
    expect(run.log("install")).toContain("same lock file as the sandbox's own checkout; linked its node_modules");
    expect(run.log("install")).toContain("here");
  });

  test("background processes end with their job, and a job without steps left running goes on", () => {
    expect(run.log("Complete job")).toContain("Cleaning up orphan processes");
  });

  test("text is no boolean for a called workflow, as on GitHub", () => {
    expect(job("text_as_boolean")?.annotations[0]?.message).toBe(
      "Unexpected value 'true': input flag of .github/workflows/typed.yml is a boolean; use fromJSON() or a comparison to make one of text",
    );
    expect(job("boolean / only")?.conclusion).toBe("success");
  });

  test("an expression that fails is told at its step", () => {
    expect(job("faulty")?.conclusion).toBe("failure");
    expect(job("faulty")?.annotations[0]?.message).toMatch(/The expression \$\{\{ fromJSON\('no'\) \}\} failed/);
  });
});

const PACKAGE = '{"name":"demo","version":"1.0.0"}';
const LOCK = '{"name":"demo","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"demo","version":"1.0.0"}}}';
const SELF = `name: self
runs:
  using: composite
  steps: [{ shell: bash, run: 'echo "the committed action, in the $(basename "$PWD" | sed s/demo/workspace/)"' }]
`;
const TYPED = `on: { workflow_call: { inputs: { flag: { type: boolean, required: true } } } }
jobs: { only: { runs-on: x, if: inputs.flag, steps: [{ run: "true" }] } }
`;

const WORKFLOW = `
on: push
permissions: { deployments: read }
jobs:
  main:
    runs-on: [self-hosted, linux]
    environment: { name: "\${{ vars.STAGE }}", url: "http://\${{ steps.out.outputs.open }}.example" }
    outputs: { open: "\${{ steps.out.outputs.open }}", leak: "\${{ steps.out.outputs.leak }}" }
    steps:
      - uses: actions/checkout@v7
      - name: secrets
        env: { KEY: "\${{ secrets.KEY }}", LINES: "\${{ secrets.LINES }}" }
        run: |
          echo "key $KEY and $(echo "$LINES" | tail -1)"
          echo "encoded $(printf %s "$KEY" | base64)"
          printf '::add-mask::added-%s\\n' mask
          printf 'summary added-%s\\n' mask >> "$GITHUB_STEP_SUMMARY"
          printf 'environment-' && sleep 0.2 && echo secret
      - id: out
        env: { KEY: "\${{ secrets.KEY }}" }
        run: |
          echo open=shown >> "$GITHUB_OUTPUT"
          echo "leak=x$KEY" >> "$GITHUB_OUTPUT"
      - { name: environment, run: 'echo "color \${{ vars.COLOR }}"' }
      - name: commands
        run: |
          echo "::group::title"
          echo "::endgroup::"
          echo "::debug::a debug line"
          echo "::stop-commands::token1"
          echo "::warning::not obeyed"
          echo "::token1::"
          echo "::error file=a.ts,line=3::here"
      - { name: too much, run: 'head -c 1100000 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"' }
      - name: hash
        env: { HASH: "\${{ hashFiles('**/package*.json') }}", EMPTY: "\${{ hashFiles('none/*') }}" }
        run: echo "hash $HASH empty $EMPTY."
      - { name: node, shell: "node {0}", run: "console.log('from node', 1 + 2)" }
      - { name: spoil, run: "rm -r self" }
      - { name: self, uses: $/self }
      - { name: install, run: "npm ci --ignore-scripts && ls node_modules" }
      - { name: background, run: "sleep 300 > /dev/null 2>&1 &" }
  quiet:
    runs-on: x
    environment: { name: quiet, deployment: false }
    steps: [{ run: "true" }]
  look:
    needs: [main, quiet]
    runs-on: x
    steps:
      - name: deployments
        env: { TOKEN: "\${{ github.token }}" }
        shell: node {0}
        run: |
          const api = async (path) => (await fetch(process.env.GITHUB_API_URL + "/repos/" + process.env.GITHUB_REPOSITORY + path, { headers: { authorization: "Bearer " + process.env.TOKEN } })).json();
          (async () => {
            for (const { id, environment } of await api("/deployments")) {
              const [status] = await api("/deployments/" + id + "/statuses");
              console.log(environment, status.state, status.environment_url);
            }
          })();
  text_as_boolean: { needs: main, uses: ./.github/workflows/typed.yml, with: { flag: "\${{ needs.main.outputs.open && 'true' }}" } }
  boolean: { needs: main, uses: ./.github/workflows/typed.yml, with: { flag: "\${{ needs.main.outputs.open == 'shown' }}" } }
  faulty: { runs-on: x, steps: [{ run: "echo \${{ fromJSON('no') }}" }] }
`;
