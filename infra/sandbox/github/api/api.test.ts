import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { startGithub, type TestGithub, type TestSite, testSite } from "../testing.ts";
import { type JobIdentity, mintToken } from "../tokens.ts";
import { openStore } from "./store.ts";

describe("the sandbox's GitHub", () => {
  let site: TestSite;
  let github: TestGithub;
  let identity: JobIdentity;
  let repo: { owner: string; repo: string };
  beforeAll(async () => {
    site = testSite();
    site.commit({ "a.txt": "1", "b.txt": "1" }, "first");
    const repository = await site.open();
    const first = await repository.pushCommit();
    site.git("rm", "--quiet", "b.txt");
    site.commit({ "a.txt": "2", "c.txt": "1" }, "second");
    const { sha } = await repository.pushCommit();
    github = await startGithub(site, repository);
    repo = { owner: repository.identity.owner, repo: repository.identity.name };
    const file = `${repo.owner}/${repo.repo}/.github/workflows`;
    identity = {
      ...{ repository: repository.identity, runId: 7, runNumber: 3, attempt: 1, job: "fleet/deploy", sha },
      ...{ ref: "refs/heads/main", event: "push", actor: "developer", workflow: "deploy", headRef: "", baseRef: "" },
      workflowRef: `${file}/deploy.yml@refs/heads/main`,
      jobWorkflowRef: `${file}/deploy-agent.yml@refs/heads/main`,
      permissions: { contents: "read", deployments: "write" },
    };
    expect(first.payload.created).toBe(true);
  });
  afterAll(async () => {
    await github.stop();
    site.remove();
  });

  const octokit = async (permissions = identity.permissions) => {
    const token = await mintToken(github.secret, "github", { ...identity, permissions });
    return getOctokit(token, { baseUrl: `${github.url}/api/v3` });
  };
  const idToken = async (job: JobIdentity, audience?: string) => {
    const token = await mintToken(github.secret, "oidc", job);
    const query = audience === undefined ? "" : `?audience=${audience}`;
    const response = await fetch(`${github.url}/_oidc/token${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { value } = (await response.json()) as { value: string };
    const keys = createRemoteJWKSet(new URL(`${github.url}/_oidc/.well-known/jwks`));
    return (await jwtVerify(value, keys, { issuer: `${github.url}/_oidc` })).payload;
  };

  test("deployments have statuses, and a success makes the one before inactive", async () => {
    const { rest } = await octokit();
    const deploy = async () => {
      const { data } = await rest.repos.createDeployment({
        ...repo,
        ref: "main",
        environment: "prod",
        required_contexts: [],
      });
      const id = (data as { id: number }).id;
      const status = { ...repo, deployment_id: id, state: "success" as const, environment_url: "http://alpha" };
      await rest.repos.createDeploymentStatus(status);
      return id;
    };
    const [one, two] = [await deploy(), await deploy()];
    const states = async (deployment_id: number) =>
      (await rest.repos.listDeploymentStatuses({ ...repo, deployment_id })).data.map(({ state }) => state);
    expect(await states(one)).toEqual(["inactive", "success"]);
    expect(await states(two)).toEqual(["success"]);
    const { data } = await rest.repos.listDeployments({ ...repo, environment: "prod", per_page: 1 });
    expect(data.map(({ id, sha }) => [id, sha])).toEqual([[two, identity.sha]]);
    const remembered = openStore(site.dataDir, () => {}).deployments.find(({ id }) => id === two);
    expect(remembered?.statuses.at(-1)?.environment_url).toBe("http://alpha");
  });

  test("comparisons and commits come from the bare repository", async () => {
    const { rest } = await octokit();
    const { data: head } = await rest.repos.getCommit({ ...repo, ref: "main" });
    expect(head.commit.message).toBe("second");
    const basehead = `${head.parents[0]?.sha}...${head.sha}`;
    const { data } = await rest.repos.compareCommitsWithBasehead({ ...repo, basehead });
    expect(data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
    expect(data.files?.map(({ filename, status }) => [filename, status])).toEqual([
      ["a.txt", "modified"],
      ["b.txt", "removed"],
      ["c.txt", "added"],
    ]);
  });

  test("a token may do what its job was granted, and no more", async () => {
    const { rest } = await octokit({ contents: "read" });
    await expect(rest.repos.createDeployment({ ...repo, ref: "main" })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
    });
    const stranger = getOctokit("ghs_forged", { baseUrl: `${github.url}/api/v3` });
    await expect(stranger.rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
  });

  test("what is not there is 404, what is not implemented is 501, wrong values are 422", async () => {
    const { rest } = await octokit({ ...identity.permissions, statuses: "write", issues: "write" });
    await expect(rest.repos.getCommit({ ...repo, ref: "nope" })).rejects.toMatchObject({ status: 404 });
    await expect(rest.repos.getCommit({ owner: "other", repo: "x", ref: "main" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(rest.issues.create({ ...repo, title: "x" })).rejects.toMatchObject({
      status: 501,
      message: expect.stringContaining("is not implemented by the sandbox's GitHub"),
    });
    const wrong = { ...repo, sha: identity.sha, state: "green" as "success" };
    await expect(rest.repos.createCommitStatus(wrong)).rejects.toMatchObject({
      message: expect.stringContaining('state is "green"; allowed: error, failure, pending, success'),
    });
    await rest.repos.createCommitStatus({ ...wrong, state: "success", context: "ci" });
    const { data } = await rest.repos.getCombinedStatusForRef({ ...repo, ref: "main" });
    expect(data).toMatchObject({ state: "success", total_count: 1 });
  });

  test("OIDC tokens carry GitHub's claims, by environment or by ref", async () => {
    const { name, id, owner, ownerId } = identity.repository;
    expect(await idToken({ ...identity, environment: "prod" }, "sts.amazonaws.com")).toMatchObject({
      aud: "sts.amazonaws.com",
      sub: `repo:${owner}@${ownerId}/${name}@${id}:environment:prod`,
      environment: "prod",
      repository_id: String(id),
      job_workflow_ref: `${owner}/${name}/.github/workflows/deploy-agent.yml@refs/heads/main`,
      ...{ run_id: "7", ref: "refs/heads/main", sha: identity.sha },
    });
    const plain = await idToken(identity);
    expect(plain.sub).toBe(`repo:${owner}@${ownerId}/${name}@${id}:ref:refs/heads/main`);
    expect(plain.aud).toBe(`https://github.com/${owner}`);
  });

  test("a GITHUB_TOKEN is no OIDC request token, and the other way round", async () => {
    const token = await mintToken(github.secret, "github", identity);
    const response = await fetch(`${github.url}/_oidc/token`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
    const oidc = getOctokit(await mintToken(github.secret, "oidc", identity), { baseUrl: `${github.url}/api/v3` });
    await expect(oidc.rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
  });

  test("state that cannot be read is set aside and said", () => {
    const other = testSite();
    const lines: string[] = [];
    openStore(other.dataDir, () => {});
    writeFileSync(join(other.dataDir, "github", "api.json"), '{"nextId": 3, "deploym');
    const store = openStore(other.dataDir, (line) => lines.push(line));
    expect(store.deployments).toEqual([]);
    expect(lines[0]).toMatch(/cannot be read .* set aside as .*unreadable/);
    other.remove();
  });
});
