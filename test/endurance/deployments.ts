import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { ignore } from "./errands.ts";
import { CLUSTER, define } from "./fleet-setup.ts";
import { isTerminal, type Seen } from "./ledger.ts";
import type { Witness } from "./witness.ts";

/** Most that DescribeServiceDeployments takes. */
const PAGE = 20;

/** Starts a deployment of one of the sites; now and then one is superseded. */
export async function deploy(witness: Witness): Promise<void> {
  const { clients, ledger, random, name, image, sites } = witness;
  const site = witness.oneOf(sites);
  if (!site) return;
  const running = [...ledger.deployments].some(([, seen]) => seen.site === site.name && !isTerminal(seen.status));
  if (running && random() < 0.95) return;
  const taskDefinition = await define(clients, site.name, image, name());
  ledger.definitions.add(taskDefinition);
  const { service } = await clients.ecs.updateService({
    cluster: CLUSTER,
    service: site.name,
    taskDefinition,
    deploymentConfiguration: site.configuration,
  });
  const arn = service?.currentServiceDeployment ?? "";
  ledger.deployments.set(arn, { site: site.name, status: "PENDING", hooks: new Set() });
}

/** Looks at a deployment that runs; answers a hook, or stops it, now and then. */
export async function look(witness: Witness): Promise<void> {
  const { clients, ledger, random } = witness;
  const [arn, seen] = witness.oneOf([...ledger.deployments].filter(([, { status }]) => !isTerminal(status))) ?? [];
  if (!arn || !seen) return;
  const deployment = await describe(witness, arn);
  note(seen, deployment);
  if (openHook(deployment) && random() < 0.5)
    return answer(witness, deployment, random() < 0.8 ? "CONTINUE" : "ROLLBACK");
  if (random() >= 0.02) return;
  await clients.ecs
    .stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" })
    .catch(ignore("ConflictException", "ServiceDeploymentNotFoundException"));
}

const openHook = ({ lifecycleHookDetails = [] }: ServiceDeployment): string | undefined =>
  lifecycleHookDetails.find(({ status }) => status === "AWAITING_ACTION")?.hookId;

async function answer(
  { clients }: Witness,
  deployment: ServiceDeployment,
  action: "CONTINUE" | "ROLLBACK",
): Promise<void> {
  const { serviceDeploymentArn } = deployment;
  await clients.ecs
    .continueServiceDeployment({ serviceDeploymentArn, hookId: openHook(deployment), action })
    .catch(ignore("InvalidParameterException", "ServiceDeploymentNotFoundException", "ConflictException"));
}

/** Lets a deployment that waits at a hook go on. */
export async function answerHook(witness: Witness, arn: string): Promise<void> {
  const deployment = await describe(witness, arn);
  if (openHook(deployment)) await answer(witness, deployment, "CONTINUE");
}

async function describe({ clients }: Witness, arn: string): Promise<ServiceDeployment> {
  const { serviceDeployments } = await clients.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
  const [deployment] = serviceDeployments ?? [];
  if (!deployment) throw new Error(`The deployment ${arn} vanished.`);
  return deployment;
}

/** @throws when what is shown now contradicts what was shown before. */
function note(seen: Seen, deployment: ServiceDeployment): void {
  const { status = "", serviceDeploymentArn, lifecycleHookDetails = [] } = deployment;
  if (isTerminal(seen.status) && status !== seen.status)
    throw new Error(`${serviceDeploymentArn} was ${seen.status} and is ${status}.`);
  const ids = lifecycleHookDetails.map(({ hookId = "" }) => hookId);
  for (const id of seen.hooks) if (!ids.includes(id)) throw new Error(`${serviceDeploymentArn}: hook ${id} vanished.`);
  for (const id of ids) seen.hooks.add(id);
  seen.status = status;
}

/** Looks at every deployment once. @returns those that still run. */
export async function review({ clients, ledger }: Witness): Promise<string[]> {
  const arns = [...ledger.deployments.keys()];
  for (let at = 0; at < arns.length; at += PAGE) {
    const serviceDeploymentArns = arns.slice(at, at + PAGE);
    const { serviceDeployments = [] } = await clients.ecs.describeServiceDeployments({ serviceDeploymentArns });
    const found = new Map(serviceDeployments.map((one) => [one.serviceDeploymentArn, one]));
    for (const arn of serviceDeploymentArns) {
      const [deployment, seen] = [found.get(arn), ledger.deployments.get(arn)];
      if (!deployment || !seen) throw new Error(`The deployment ${arn} vanished.`);
      note(seen, deployment);
    }
  }
  return arns.filter((arn) => !isTerminal(ledger.deployments.get(arn)?.status));
}
