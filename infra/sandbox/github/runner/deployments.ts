import type { Conclusion } from "../contract.ts";
import { mintToken } from "../tokens.ts";
import type { JobEnvironment } from "./job/job-report.ts";
import type { JobState } from "./job/job-state.ts";

export interface OpenDeployment {
  readonly end: (conclusion: Conclusion, url?: string) => Promise<void>;
}

/** A job with an `environment` is a GitHub deployment of the run's commit, from its start to its end. */
export async function reportDeployment(
  job: JobState,
  environment: JobEnvironment | undefined,
): Promise<OpenDeployment> {
  const { api, event, runId } = job.run.request;
  if (!api || !environment?.deployment) return { end: async () => {} };
  // The runner acts for GitHub itself here: the job's own permissions do not matter.
  const token = await mintToken(api.secret, "runner", job.identity);
  const base = `${api.url}/api/v3/repos/${job.identity.repository.owner}/${job.identity.repository.name}/deployments`;
  const post = async (url: string, body: object): Promise<{ id?: number }> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id?: number };
  };
  try {
    const { id } = await post(base, {
      ref: event.sha,
      environment: environment.name,
      auto_merge: false,
      required_contexts: [],
      description: `run ${runId}, job ${job.name}`,
    });
    if (id === undefined) return { end: async () => {} };
    const status = (state: string, url?: string) =>
      post(`${base}/${id}/statuses`, { state, ...(url ? { environment_url: url } : {}) });
    await status("in_progress");
    return {
      end: async (conclusion, url) => {
        await status(conclusion === "success" ? "success" : "failure", url).catch(() => undefined);
      },
    };
  } catch (error) {
    const line = `(sandbox) the deployment to ${environment.name} was not recorded: ${(error as Error).message}`;
    job.run.emit({ type: "log", job: job.name, step: "Set up job", line });
    return { end: async () => {} };
  }
}
