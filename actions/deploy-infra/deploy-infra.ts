import { resolve } from "node:path";
import { CloudFormationClient, paginateListStacks, type ResourceChange } from "@aws-sdk/client-cloudformation";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type AgentManifest, readManifests } from "../../agents/manifest.ts";
import { imageParameter, infrastructureParameter, stackName } from "../../agents/naming.ts";
import type { Outcome, Progress } from "../lib/action.ts";
import { ActionError } from "../lib/action.ts";
import { type Cloud, connectCloud } from "../lib/aws/cloud.ts";
import { type AwsSettings, awsSettings } from "../lib/aws/settings.ts";
import { type Clock, environmentClock } from "../lib/clock.ts";
import { fetchHttp } from "../lib/gates/http.ts";
import { placeOf } from "../lib/rollout/facts.ts";
import { isRunning } from "../lib/rollout/status.ts";
import { writeAgentVerdict } from "./agent-verdict.ts";
import { type AssemblyStack, readAssembly } from "./assembly.ts";
import { driveGates } from "./drive-gates.ts";
import { guard } from "./guard.ts";
import type { Inputs } from "./inputs.ts";
import { outcome } from "./outcome.ts";
import { selectStacks } from "./selection.ts";
import { deployStack, isGreen, type StackResult } from "./stack-deployment.ts";
import { unprovenProduction } from "./verify-production.ts";

interface Run {
  readonly inputs: Inputs;
  readonly manifests: readonly AgentManifest[];
  readonly cloud: Cloud;
  readonly client: CloudFormationClient;
  readonly clock: Clock;
  readonly account: string;
  readonly progress: Progress;
  readonly changeSetName: string;
}

/**
 * Deploys stacks of a cloud assembly through guarded change sets, each as soon as those it depends on are done.
 * Records the fingerprint of the sources when everything is green, so that the next push can skip it.
 */
export async function deployInfra(inputs: Inputs, progress: Progress, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const stacks = readAssembly(inputs.assembly);
  const manifests = readManifests(inputs["agents-dir"]);
  const agents = manifests.map((agent) => agent.name);
  const settings = awsSettings(env);
  const client = new CloudFormationClient(settings);
  const clock = environmentClock(env);
  const existing = await existingStacks(client);
  const selected = selectStacks(stacks, { stage: inputs.stage, agents, wanted: inputs.stacks, existing });
  const run: Run = {
    inputs,
    progress,
    manifests,
    client,
    cloud: connectCloud(settings),
    clock,
    account: await accountOf(settings),
    // One run deploys a stack twice when its template and its image change: a name is never used again.
    changeSetName: `run-${env.GITHUB_RUN_ID ?? "local"}-${clock.now().getTime()}`,
  };
  progress.line(
    `Deploying ${selected.length} of ${stacks.length} stacks: ${selected.map((stack) => stack.name).join(", ")}`,
  );
  await seedImages(selected, run);
  const startedAt = run.clock.now();
  const results = await inOrder(selected, run);
  const green = results.every(isGreen);
  const changed = results.some((result) => result.verdict === "DEPLOYED");
  const unproven = changed ? await unprovenProduction(manifests, { ...run, stage: inputs.stage }) : [];
  if (green && unproven.length === 0 && inputs.fingerprint)
    await run.cloud.parameters.put(infrastructureParameter(inputs.stage), inputs.fingerprint);
  const [only] = results;
  if (inputs["report-file"] && only && agents.includes(inputs.stacks))
    writeAgentVerdict(only, {
      file: resolve(env.GITHUB_WORKSPACE ?? ".", inputs["report-file"]),
      ...{ agent: inputs.stacks, stage: inputs.stage, image: inputs.image ?? "", commit: env.GITHUB_SHA ?? "" },
      ...{ startedAt, finishedAt: run.clock.now() },
    });
  return outcome(inputs.stage, results, unproven);
}

async function accountOf(settings: AwsSettings): Promise<string> {
  const { Account } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
  if (!Account) throw new ActionError("AWS did not say which account these credentials belong to.");
  return Account;
}

async function existingStacks(client: CloudFormationClient): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const page of paginateListStacks({ client }, {}))
    for (const stack of page.StackSummaries ?? [])
      if (stack.StackName && stack.StackStatus !== "DELETE_COMPLETE") names.add(stack.StackName);
  return names;
}

/**
 * A template reads its agent's image from a parameter that the pipeline writes after a proven deployment. Before the
 * first one there is no such parameter, and the first creation is judged by health checks: it gets the pushed image.
 */
async function seedImages(selected: readonly AssemblyStack[], run: Run): Promise<void> {
  const { manifests, cloud } = run;
  const { stage, image } = run.inputs;
  for (const manifest of manifests) {
    const stack = stackName(stage, { agent: manifest.name });
    if (!selected.some(({ name }) => name === stack)) continue;
    const parameter = imageParameter(stage, manifest.name);
    const [known, service] = await Promise.all([
      cloud.parameters.get(parameter),
      cloud.ecs.service(placeOf({ stage, manifest })),
    ]);
    // With a service, the image belongs to deploy-service alone.
    if (known !== undefined && service) continue;
    if (image?.includes(`/${manifest.name}@`)) await cloud.parameters.put(parameter, image);
    else if (known === undefined)
      throw new ActionError(
        `${manifest.name} has no image yet: give the input \`image\` with the digest that was pushed for it.`,
      );
  }
}

/** Runs every stack once all that it depends on are green; what depends on a red one is not tried. */
async function inOrder(selected: readonly AssemblyStack[], run: Run): Promise<StackResult[]> {
  const running = new Map<string, Promise<StackResult>>();
  const start = (stack: AssemblyStack): Promise<StackResult> => {
    const known = running.get(stack.name);
    if (known) return known;
    const before = selected.filter((other) => stack.after.includes(other.name));
    const result = Promise.all(before.map(start)).then((ended) => {
      const red = ended.filter((result) => !isGreen(result));
      if (red.length === 0) return deployStack(stack, deploymentOf(stack, run));
      const reasons = [`Not tried, because ${red.map((other) => other.stack).join(", ")} failed.`];
      return { stack: stack.name, verdict: "REFUSED" as const, reasons, seconds: 0 };
    });
    running.set(stack.name, result);
    return result;
  };
  return Promise.all(selected.map(start));
}

function deploymentOf(stack: AssemblyStack, run: Run): Parameters<typeof deployStack>[1] {
  const { client, clock, progress, inputs } = run;
  const manifest = run.manifests.find(({ name }) => stackName(inputs.stage, { agent: name }) === stack.name);
  return {
    client,
    clock,
    line: progress.line,
    changeSetName: run.changeSetName,
    executionRole: stack.executionRole
      ?.replaceAll(/\$\{AWS::Partition\}/g, "aws")
      .replaceAll(/\$\{AWS::AccountId\}/g, run.account),
    refuse: async (changes) => guard(changes, { servicesInDeployment: await servicesInDeployment(changes, run.cloud) }),
    whileWaiting: async () => {
      if (manifest) await driveGates(manifest, { ...run, stage: inputs.stage, http: fetchHttp, line: progress.line });
    },
    timeoutSeconds: inputs["timeout-minutes"] * 60,
  };
}

/** Of the services that the change set touches, those whose newest service deployment has not ended. */
async function servicesInDeployment(changes: readonly ResourceChange[], cloud: Cloud): Promise<Set<string>> {
  const touched = changes.flatMap((change) =>
    change.ResourceType === "AWS::ECS::Service" && change.PhysicalResourceId ? [change.PhysicalResourceId] : [],
  );
  const busy = await Promise.all(
    touched.map(async (arn) => {
      const [cluster = "", service = ""] = arn.split(":service/")[1]?.split("/") ?? [];
      const [newest] = await cloud.ecs.deployments({ cluster, service });
      return isRunning(newest?.status) ? [arn] : [];
    }),
  );
  return new Set(busy.flat());
}
