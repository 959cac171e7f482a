import { resolve } from "node:path";
import type { Outcome, Progress } from "../lib/action.ts";
import { explainAwsFailure } from "../lib/aws/failures.ts";
import { workflowRun } from "../lib/github/run.ts";
import { parseDigestUri } from "../lib/images/reference.ts";
import { parseDestination } from "../lib/ledger/choose.ts";
import { type Ledger, openLedger } from "../lib/ledger/ledger.ts";
import { writeJson } from "../lib/report/files.ts";
import { outcomeOf } from "../lib/report/outcome.ts";
import { toVerdictFile } from "../lib/report/verdict-file.ts";
import { connectPorts } from "../lib/rollout/connect.ts";
import { gatherService, placeOf } from "../lib/rollout/facts.ts";
import { agentManifest } from "../lib/rollout/inputs.ts";
import type { RolloutPorts, RolloutRequest } from "../lib/rollout/request.ts";
import { followDeployment, rollOut } from "../lib/rollout/rollout.ts";
import type { RolloutResult } from "../lib/rollout/verdict.ts";
import { describePlan, planRollback, type RollbackPlan } from "./decision.ts";
import type { Inputs } from "./inputs.ts";

export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cancel: AbortSignal;
}

/** Takes one agent back to an earlier proven version, design section 8; refuses with a reason when it cannot. */
export async function rollbackService(inputs: Inputs, progress: Progress, context: Context): Promise<Outcome> {
  const { env, cancel } = context;
  const workspace = env.GITHUB_WORKSPACE ?? ".";
  const manifest = agentManifest(resolve(workspace, inputs["agents-dir"]), inputs.agent);
  const to = parseDestination(inputs.to) ?? { kind: "previous" };
  try {
    const ports = connectPorts({ env, progress, cancel, workspace, region: inputs.region });
    const ledger = openLedger(ports.cloud.parameters, inputs.stage, inputs.agent);
    const [facts, history, blocked] = await Promise.all([
      gatherService(placeOf({ stage: inputs.stage, manifest }), ports),
      ledger.history(),
      ledger.blocked(),
    ]);
    const plan = planRollback(to, facts, { history, blocked });
    progress.line(describePlan(plan));
    if (plan.kind === "refuse") return refusal(inputs, plan.reason);
    if (inputs["dry-run"]) return planned(describePlan(plan));
    const result = await execute(plan, { inputs, ports, ledger, template: templateOf(inputs, manifest, env) });
    return report(result, plan, inputs, workspace);
  } catch (error) {
    throw explainAwsFailure(error);
  }
}

interface Scene {
  readonly inputs: Inputs;
  readonly ports: RolloutPorts;
  readonly ledger: Ledger;
  readonly template: Omit<RolloutRequest, "image" | "commit">;
}

type Doable = Exclude<RollbackPlan, { kind: "refuse" }>;

/** Blocks first, so that no other run can bring the refused digest back while this one works. */
async function execute(plan: Doable, { inputs, ports, ledger, template }: Scene): Promise<RolloutResult> {
  const { actor } = template;
  if (plan.refused)
    await ledger.block({ digest: plan.refused, reason: inputs.reason, actor, at: ports.clock.now().toISOString() });
  if (plan.kind === "stop") {
    await ports.cloud.ecs.stop(plan.deploymentArn);
    const image = { uri: "", registry: "", repository: "", digest: plan.refused };
    return followDeployment(plan, { ...template, image, commit: "" }, ports);
  }
  const image = parseDigestUri(plan.record.image);
  const request = { ...template, image, commit: plan.record.commit, rollbackOf: plan.refused };
  const result = await rollOut(request, ports);
  if (result.verdict === "REFUSED" || result.verdict === "EMPTY") await ledger.unblock(plan.refused);
  return result;
}

function templateOf(inputs: Inputs, manifest: RolloutRequest["manifest"], env: NodeJS.ProcessEnv): Scene["template"] {
  const { actor, url } = workflowRun(env);
  return {
    stage: inputs.stage,
    manifest,
    mode: "rollback",
    // A person who names a version may name one that an earlier rollback refused.
    force: inputs.to !== "previous",
    allowEmpty: false,
    waitUntil: "finished",
    waitMinutes: inputs["wait-minutes"],
    pollSeconds: inputs["poll-seconds"],
    onCancel: "leave",
    bakeMinutes: Math.min(inputs["bake-minutes"], manifest.rollout.bakeMinutes),
    testUrl: inputs["test-url"],
    productionUrl: inputs["production-url"],
    actor,
    run: url,
  };
}

/** Here `ROLLED_BACK` is what was asked for: stopping a running deployment is a success. */
function report(result: RolloutResult, plan: Doable, inputs: Inputs, workspace: string): Outcome {
  const wished = plan.kind === "stop" && result.verdict === "ROLLED_BACK";
  const file = toVerdictFile(wished ? { ...result, green: true, causes: [] } : result);
  if (inputs["report-file"]) writeJson(resolve(workspace, inputs["report-file"]), file);
  const outcome = outcomeOf(file);
  return { ...outcome, outputs: { ...outcome.outputs, plan: describePlan(plan) } };
}

const planned = (text: string): Outcome => ({
  outputs: { verdict: "", plan: text },
  summary: `## Rollback plan\n\n${text}\n\nNothing was changed (dry run).\n`,
});

function refusal({ agent }: Inputs, reason: string): Outcome {
  return {
    outputs: { verdict: "REFUSED", plan: "" },
    summary: `## 🔴 ${agent} · REFUSED\n\n${reason}\n`,
    failure: { title: `${agent}: REFUSED`, message: `${reason}\nNothing was changed.` },
  };
}
