import { resolve } from "node:path";
import type { Outcome, Progress } from "../lib/action.ts";
import { explainAwsFailure } from "../lib/aws/failures.ts";
import { openRepository, type Repository } from "../lib/github/repository.ts";
import { workflowRun } from "../lib/github/run.ts";
import { parseDigestUri } from "../lib/images/reference.ts";
import { writeJson } from "../lib/report/files.ts";
import { outcomeOf } from "../lib/report/outcome.ts";
import { toVerdictFile, type VerdictFile } from "../lib/report/verdict-file.ts";
import { connectPorts } from "../lib/rollout/connect.ts";
import { agentManifest } from "../lib/rollout/inputs.ts";
import type { RolloutRequest } from "../lib/rollout/request.ts";
import { rollOut } from "../lib/rollout/rollout.ts";
import type { Inputs } from "./inputs.ts";

export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal;
}

/** Deploys one agent's image and proves it. The verdict is an output; red ones fail the step with one annotation. */
export async function deployService(inputs: Inputs, progress: Progress, { env, cancel }: Context): Promise<Outcome> {
  const workspace = env.GITHUB_WORKSPACE ?? ".";
  const token = inputs["github-token"];
  if (token) progress.mask(token);
  const warnings: string[] = [];
  const repository = openRepository(env, token, (text) => warnings.push(text));
  const request = requestOf(inputs, workspace, env);
  try {
    const ports = connectPorts({ env, progress, cancel, workspace, region: inputs.region, repository });
    const file = toVerdictFile(await rollOut(request, ports));
    if (inputs["report-file"]) writeJson(resolve(workspace, inputs["report-file"]), file);
    if (!cancel.aborted) await announce(file, env, repository);
    const outcome = outcomeOf(file);
    return { ...outcome, warnings: [...(outcome.warnings ?? []), ...warnings] };
  } catch (error) {
    throw explainAwsFailure(error);
  }
}

function requestOf(inputs: Inputs, workspace: string, env: NodeJS.ProcessEnv): RolloutRequest {
  const { actor, url } = workflowRun(env);
  return {
    stage: inputs.stage,
    manifest: agentManifest(resolve(workspace, inputs["agents-dir"]), inputs.agent),
    image: parseDigestUri(inputs.image),
    commit: inputs.commit,
    mode: "deploy",
    force: inputs.force,
    allowEmpty: inputs["allow-empty"],
    waitUntil: inputs["wait-until"],
    waitMinutes: inputs["wait-minutes"],
    pollSeconds: inputs["poll-seconds"],
    onCancel: inputs["on-cancel"],
    testUrl: inputs["test-url"],
    productionUrl: inputs["production-url"],
    actor,
    run: url,
  };
}

/** GitHub's deployments page follows what really changed; a run that changed nothing adds no entry. */
async function announce(file: VerdictFile, env: NodeJS.ProcessEnv, repository: Repository | undefined): Promise<void> {
  if (!repository || !["DEPLOYED", "ROLLED_BACK", "TIMED_OUT", "STOPPED", "ROLLBACK_FAILED"].includes(file.verdict))
    return;
  await repository.recordDeployment({
    commit: file.commit,
    environment: `${file.stage}-${file.agent}`,
    state: file.green ? "success" : "failure",
    description: `${file.verdict}: ${file.reason}`,
    url: file.url || undefined,
    logUrl: workflowRun(env).url,
  });
}
