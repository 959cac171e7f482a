/** The parts of GitHub's REST API that a deployment uses. GitHub being down never fails a deployment. */
export interface Repository {
  /** Status of `base...head`: ahead, behind, identical, diverged; undefined when GitHub does not answer. */
  compare(base: string, head: string): Promise<string | undefined>;
  /** Records a deployment of a commit with its outcome. */
  recordDeployment(record: DeploymentRecord): Promise<void>;
}

export interface DeploymentRecord {
  readonly commit: string;
  /** e.g. `prod-alpha`: one environment per stage and agent. */
  readonly environment: string;
  readonly state: "success" | "failure" | "inactive";
  readonly description: string;
  /** Where the deployed thing answers. */
  readonly url?: string;
  readonly logUrl?: string;
}

/** GitHub limits a deployment status to this many characters of description. */
const DESCRIPTION_LIMIT = 140;

/**
 * @param env of the job: GITHUB_REPOSITORY and GITHUB_API_URL.
 * @param warn told when GitHub does not answer; nothing is thrown.
 * @returns undefined without a token or outside a repository.
 */
export function openRepository(
  env: NodeJS.ProcessEnv,
  token: string | undefined,
  warn: (text: string) => void,
): Repository | undefined {
  const [owner, repo] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (!token || !owner || !repo) return undefined;
  const octokit = async () => {
    // Loaded when needed: most runs of an action never talk to GitHub.
    const { getOctokit } = await import("@actions/github");
    return getOctokit(token, env.GITHUB_API_URL ? { baseUrl: env.GITHUB_API_URL } : {});
  };
  const tolerant = async <T>(what: string, call: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      warn(`GitHub did not ${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  return {
    compare: (base, head) =>
      tolerant("compare two commits", async () => {
        const { rest } = await octokit();
        const answer = await rest.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${base}...${head}` });
        return answer.data.status;
      }),
    async recordDeployment({ commit, environment, state, description, url, logUrl }) {
      await tolerant("record the deployment", async () => {
        const { rest } = await octokit();
        const created = await rest.repos.createDeployment({
          owner,
          repo,
          ref: commit,
          environment,
          auto_merge: false,
          required_contexts: [],
          production_environment: environment.startsWith("prod"),
        });
        if (!("id" in created.data)) return;
        await rest.repos.createDeploymentStatus({
          owner,
          repo,
          deployment_id: created.data.id,
          state,
          description: description.slice(0, DESCRIPTION_LIMIT),
          environment_url: url,
          log_url: logUrl,
        });
      });
    },
  };
}
