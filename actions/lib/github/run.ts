/** Who asked for this run and where it can be read. */
export interface WorkflowRun {
  readonly actor: string;
  /** URL of the run, or `local` outside GitHub. */
  readonly url: string;
}

export function workflowRun(env: NodeJS.ProcessEnv): WorkflowRun {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env;
  const attempt = GITHUB_RUN_ATTEMPT && GITHUB_RUN_ATTEMPT !== "1" ? `/attempts/${GITHUB_RUN_ATTEMPT}` : "";
  return {
    actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR || env.USER || "unknown",
    url: GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL ?? "https://github.com"}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}${attempt}`
      : "local",
  };
}
