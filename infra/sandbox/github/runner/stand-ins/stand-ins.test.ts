import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startAws } from "../../../aws/server.ts";
import { iam } from "../../../aws/services/iam/service.ts";
import { sts } from "../../../aws/services/sts/service.ts";
import { runWorkflowFile, startGithub, type TestSite, testSite } from "../../testing.ts";

describe("stand-ins", () => {
  let site: TestSite;
  beforeAll(() => {
    site = testSite();
    site.commit({ "a.txt": "1" }, "first");
    site.commit({ "a.txt": "2" }, "second");
  });
  afterAll(() => site.remove());

  test("checkout takes what is asked for, and no credentials where there are none", async () => {
    const { result, log } = await runWorkflowFile(site, CHECKOUT);
    expect(result.conclusion).toBe("success");
    expect(log("shallow")).toContain("commits: 1, branch: main");
    expect(log("full")).toContain("commits: 3");
    expect(log("old")).toContain("content: 1");
    expect(log("push")).toContain("this-job-has-no-credentials-to-push");
    expect(log("outside")).toContain('path "../out" is outside the workspace');
    expect(log("unknown")).toContain('ref "nope" is not in the repository');
    expect(log("setup-node")).toContain(`node ${process.version} of this machine`);
    expect(log("stand-in npm")).toMatch(/^\d+\./m);
  });

  test("artifacts keep contents, not modes; names, globs and missing files behave as on GitHub", async () => {
    const { result, log } = await runWorkflowFile(site, ARTIFACTS);
    expect(result.conclusion).toBe("success");
    expect(log("look")).toContain("one/x.json two/y.json");
    expect(log("look")).toContain("mode -rw-r--r--");
    expect(log("look")).toContain("merged: x.json y.json");
    expect(log("look")).toContain("hidden: 0");
    expect(log("twice")).toContain('an artifact with the name "one" already exists');
    expect(log("bad name")).toContain("forbidden character");
    expect(log("missing")).toContain("Artifact not found for name: nope; there are: one, two, tree");
    expect(log("nothing")).toContain("No files were found with the provided path: nothing/*");
    expect(result.artifacts.map(({ name, files }) => [name, files])).toEqual([
      ["one", 1],
      ["two", 1],
      ["tree", 3],
    ]);
  });

  test("AWS credentials come by OIDC, masked, and only with id-token: write", async () => {
    const aws = await startAws({ services: [sts, iam], dataDir: site.dataDir });
    const repository = await site.open();
    const github = await startGithub(site, repository);
    try {
      const { result, log } = await runWorkflowFile(site, CREDENTIALS, {
        request: { api: github, env: { AWS_ENDPOINT_URL: aws.endpoint } },
      });
      expect(result.jobs.map((job) => [job.name, job.conclusion])).toEqual(
        expect.arrayContaining([
          ["granted", "success"],
          ["not_granted", "failure"],
        ]),
      );
      expect(log("use")).toContain("key ***, session ***, region us-east-1, id is 20 long");
      expect(log("assume")).toContain("Authenticated as arn:aws:sts::000000000000:assumed-role/deployer/GitHubActions");
      expect(log("refused")).toContain("It needs `permissions: id-token: write`");
    } finally {
      await github.stop();
      await aws.stop();
    }
  });
});

const CHECKOUT = `
on: push
jobs:
  only:
    runs-on: x
    steps:
      - uses: actions/checkout@v7
      - name: shallow
        run: 'echo "commits: $(git rev-list --count HEAD), branch: $(git branch --show-current)"'
      - name: push
        run: "! git push origin HEAD:refs/heads/other"
      - uses: actions/checkout@v7
        with: { fetch-depth: 0, path: deep }
      - { name: full, working-directory: deep, run: 'echo "commits: $(git rev-list --count HEAD)"; git rev-parse HEAD~2 > ../first' }
      - { id: first, run: 'echo "sha=$(cat first)" >> "$GITHUB_OUTPUT"' }
      - uses: actions/checkout@v7
        with: { ref: "\${{ steps.first.outputs.sha }}", path: old }
      - { name: old, run: 'echo "content: $(cat old/a.txt)"' }
      - { name: outside, continue-on-error: true, uses: actions/checkout@v7, with: { path: ../out } }
      - { name: unknown, continue-on-error: true, uses: actions/checkout@v7, with: { ref: nope } }
      - { name: setup-node, uses: actions/setup-node@v7, with: { node-version: 24 } }
      - { name: stand-in npm, run: npm --version }
`;

const ARTIFACTS = `
on: push
jobs:
  only:
    runs-on: x
    steps:
      - run: |
          mkdir -p out sub/.hidden && echo 1 > out/x.json && echo 2 > y.json && chmod +x y.json
          echo a > sub/a && echo b > sub/b && echo c > sub/.hidden/c && ln -s a sub/link
      - { uses: actions/upload-artifact@v7, with: { name: one, path: out/*.json } }
      - { uses: actions/upload-artifact@v7, with: { name: two, path: y.json } }
      - { uses: actions/upload-artifact@v7, with: { name: tree, path: sub } }
      - { name: twice, continue-on-error: true, uses: actions/upload-artifact@v7, with: { name: one, path: y.json } }
      - { name: bad name, continue-on-error: true, uses: actions/upload-artifact@v7, with: { name: a/b, path: y.json } }
      - { name: nothing, continue-on-error: true, uses: actions/upload-artifact@v7, with: { path: nothing/*, if-no-files-found: error } }
      - { name: missing, continue-on-error: true, uses: actions/download-artifact@v8, with: { name: nope } }
      - { uses: actions/download-artifact@v8, with: { path: all } }
      - { uses: actions/download-artifact@v8, with: { pattern: "*o*", path: merged, merge-multiple: true } }
      - name: look
        run: |
          (cd all && echo $(ls */*.json))
          echo "mode $(ls -l all/two/y.json)"
          echo "merged: $(echo $(ls merged))"
          echo "hidden: $(find all -name c | wc -l | tr -d ' ')"
`;

const CREDENTIALS = `
on: push
permissions: {}
jobs:
  granted:
    runs-on: x
    environment: prod
    permissions: { id-token: write }
    steps:
      - name: assume
        uses: aws-actions/configure-aws-credentials@v6
        with: { role-to-assume: "arn:aws:iam::000000000000:role/deployer", aws-region: us-east-1 }
      - name: use
        run: 'echo "key $AWS_ACCESS_KEY_ID, session $AWS_SESSION_TOKEN, region $AWS_REGION, id is \${#AWS_ACCESS_KEY_ID} long"'
  not_granted:
    runs-on: x
    steps:
      - name: refused
        uses: aws-actions/configure-aws-credentials@v6
        with: { role-to-assume: "arn:aws:iam::000000000000:role/deployer", aws-region: us-east-1 }
`;
