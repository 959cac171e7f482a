import { resolve } from "node:path";
import { type AgentManifest, readManifests } from "../../agents/manifest.ts";
import { infrastructureParameter, repositoryName } from "../../agents/naming.ts";
import { InputError, type Outcome, type Progress } from "../lib/action.ts";
import { type Cloud, connectCloud } from "../lib/aws/cloud.ts";
import { explainAwsFailure } from "../lib/aws/failures.ts";
import { awsSettings } from "../lib/aws/settings.ts";
import { type Git, gitIn } from "../lib/github/git.ts";
import { openLedger } from "../lib/ledger/ledger.ts";
import { cell, code, table } from "../lib/report/markdown.ts";
import { gatherService, placeOf } from "../lib/rollout/facts.ts";
import { agentUrl } from "../lib/rollout/gate-at-pause.ts";
import { prove } from "../lib/rollout/proof.ts";
import { type AgentState, type Decision, decideAgent } from "./decision.ts";
import type { Inputs } from "./inputs.ts";
import { changedFiles, infrastructureFingerprint } from "./sources.ts";

interface Scene {
  readonly inputs: Inputs;
  readonly cloud: Cloud;
  readonly git: Git;
}

/** One agent that stays as it is; the fleet's report shows it as a row. */
interface UnchangedRow {
  readonly agent: string;
  readonly verdict: "UNCHANGED";
  readonly digest: string;
  readonly commit: string;
  readonly url: string;
}

type Selected = Decision & { readonly image: string; readonly row?: UnchangedRow };

/** Decides which agents a push has to deploy: by what is live and proven, not by the push alone. */
export async function selectAgents(inputs: Inputs, progress: Progress, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const workspace = env.GITHUB_WORKSPACE ?? ".";
  const manifests = readManifests(resolve(workspace, inputs["agents-dir"]));
  const wanted = wantedAgents(inputs.agents, manifests);
  try {
    const scene = { inputs, cloud: connectCloud(awsSettings(env, inputs.region)), git: gitIn(workspace) };
    const [selected, infrastructure] = await Promise.all([
      Promise.all(wanted.map((agent) => select(agent, scene))),
      infrastructureState(manifests, scene),
    ]);
    for (const { agent, action, reason } of selected) progress.line(`${agent}: ${action}, ${reason}`);
    return outcomeOf(selected, infrastructure);
  } catch (error) {
    throw explainAwsFailure(error);
  }
}

/** @throws {InputError} that lists the agents there are. */
function wantedAgents(agents: string, manifests: readonly AgentManifest[]): AgentManifest[] {
  if (agents === "changed" || agents === "all") return [...manifests];
  const names = [...new Set(agents.split(",").map((name) => name.trim()))];
  const unknown = names.filter((name) => !manifests.some((manifest) => manifest.name === name));
  if (unknown.length > 0) {
    const allowed = manifests.map((manifest) => manifest.name).join(", ");
    throw new InputError(
      `agents: got ${unknown.map((name) => `"${name}"`).join(", ")}; allowed: changed, all, ${allowed}.`,
    );
  }
  return manifests.filter((manifest) => names.includes(manifest.name));
}

async function select(manifest: AgentManifest, scene: Scene): Promise<Selected> {
  const { inputs, cloud } = scene;
  const facts = await gatherService(placeOf({ stage: inputs.stage, manifest }), { cloud });
  const state: AgentState = { agent: manifest, proof: prove(facts), ...(await recordAndChanges(manifest, scene)) };
  const decision = decideAgent(state, inputs.agents !== "changed");
  if (decision.action === "deploy") return { ...decision, image: await imageOf(manifest.name, scene) };
  const productionUrl = inputs["production-url"];
  const url = (await agentUrl("production", facts.routing, { manifest, productionUrl }, { cloud })) ?? "";
  const { digest = "", commit = "" } = state.record ?? {};
  return { ...decision, image: "", row: { agent: manifest.name, verdict: "UNCHANGED", digest, commit, url } };
}

async function recordAndChanges({ name }: AgentManifest, { inputs, cloud, git }: Scene) {
  const record = await openLedger(cloud.parameters, inputs.stage, name).live();
  return { record, changed: record ? await changedFiles(git, record.commit, inputs.commit) : undefined };
}

/** Digest URI of this commit's image when an earlier run has pushed it already; then nothing needs building. */
async function imageOf(agent: string, { inputs, cloud }: Scene): Promise<string> {
  const repository = repositoryName(agent);
  const image = await cloud.registry.image(repository, { tag: inputs.commit });
  const uri = image && (await cloud.registry.uri(repository));
  return uri ? `${uri}@${image.digest}` : "";
}

/** Changed also while an agent has no service: its stack was not created yet, or its creation failed. */
async function infrastructureState(manifests: readonly AgentManifest[], { inputs, cloud, git }: Scene) {
  const [fingerprint, deployed, services] = await Promise.all([
    infrastructureFingerprint(git, inputs.commit),
    cloud.parameters.get(infrastructureParameter(inputs.stage)),
    Promise.all(manifests.map((manifest) => cloud.ecs.service(placeOf({ stage: inputs.stage, manifest })))),
  ]);
  return { fingerprint, changed: fingerprint !== deployed || services.includes(undefined) };
}

function outcomeOf(selected: readonly Selected[], infrastructure: { fingerprint: string; changed: boolean }): Outcome {
  const include = selected
    .filter(({ action }) => action === "deploy")
    .map(({ agent, reason, image }) => ({ agent, reason, image }));
  const images = include.flatMap(({ agent, image }) => (image ? [[agent, image]] : []));
  return {
    outputs: {
      matrix: JSON.stringify({ include }),
      count: String(include.length),
      unchanged: JSON.stringify(selected.flatMap(({ row }) => row ?? [])),
      infrastructure: String(infrastructure.changed),
      "infrastructure-fingerprint": infrastructure.fingerprint,
      images: JSON.stringify(Object.fromEntries(images)),
    },
    summary: summaryOf(selected, infrastructure.changed),
  };
}

function summaryOf(selected: readonly Selected[], infrastructure: boolean): string {
  const rows = selected.map(({ agent, action, reason, image }) => [
    code(agent),
    action,
    cell(reason),
    image ? "already pushed" : action === "deploy" ? "to be built" : "",
  ]);
  const note = infrastructure ? "Infrastructure has changed and is deployed first." : "Infrastructure is unchanged.";
  return `## Selection\n\n${table(["agent", "action", "why", "image"], rows)}\n\n${note}\n`;
}
