import { paginateDescribeStacks, type Stack } from "@aws-sdk/client-cloudformation";
import { paginateListServices } from "@aws-sdk/client-ecs";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { paginateGetParametersByPath } from "@aws-sdk/client-ssm";
import { BUCKET, LOG_GROUP } from "./errands.ts";
import { CLUSTER, REPOSITORY, type Site } from "./fleet-setup.ts";
import type { Witness } from "./witness.ts";

/** Compares what the sandbox has with what it had acknowledged. Every difference is one sentence. */
export async function differences(witness: Witness): Promise<string[]> {
  const found = await Promise.all([
    parameters(witness),
    counter(witness),
    lines(witness),
    objects(witness),
    images(witness),
    services(witness),
    definitions(witness),
    stacks(witness),
  ]);
  return found.flat();
}

function exactlyOnce(noun: string, acknowledged: Iterable<string>, found: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([one]) => `${noun} ${one} is there more than once`);
  const lost = [...acknowledged].filter((one) => !counts.has(one)).map((one) => `${noun} ${one} is lost`);
  return [...doubled, ...lost];
}

async function parameters({ ssm, ledger }: Witness): Promise<string[]> {
  const found: string[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path: "/kill" }))
    found.push(...Parameters.map(({ Name, Value }) => `${Name}=${Value}`));
  const acknowledged = [...ledger.parameters].map(([name, value]) => `${name}=${value}`);
  return exactlyOnce("parameter", acknowledged, found);
}

/** Overwrites in any order are fine; one that was acknowledged may not be undone, and none may count twice. */
async function counter({ ssm, ledger }: Witness): Promise<string[]> {
  const { version, value, asked } = ledger.counter;
  if (version === 0) return [];
  const { Parameter } = await ssm.getParameter({ Name: "/counter" });
  const now = Parameter?.Version ?? 0;
  const isRight = now === version ? Parameter?.Value === value : asked.includes(Parameter?.Value ?? "");
  const isPlausible = isRight && now >= version && now <= version + asked.length;
  ledger.counter = { version: now, value: Parameter?.Value ?? "", asked: [] };
  if (isPlausible) return [];
  return [`parameter /counter was version ${version} (${value}) and is version ${now} (${Parameter?.Value})`];
}

async function lines({ logs, ledger }: Witness): Promise<string[]> {
  const found: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await logs.filterLogEvents({ logGroupName: LOG_GROUP, nextToken });
    found.push(...(page.events ?? []).map(({ message = "" }) => message));
    nextToken = page.nextToken;
    if (nextToken === undefined) return exactlyOnce("log line", ledger.lines, found);
  }
}

async function objects({ s3, ledger }: Witness): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKET }))
    keys.push(...Contents.map(({ Key = "" }) => Key));
  const wrong = exactlyOnce("object", ledger.objects.keys(), keys);
  for (const key of keys) {
    const body = await s3
      .getObject({ Bucket: BUCKET, Key: key })
      .then(({ Body }) => Body?.transformToString())
      .catch(String);
    const expected = ledger.objects.get(key);
    if (expected !== undefined && body !== expected) wrong.push(`object ${key} holds ${body}, not ${expected}`);
    const isWhole = key === "replaced" ? body === "the same" : body?.length === 12;
    if (expected === undefined && !isWhole) wrong.push(`object ${key}, never acknowledged, holds ${body}`);
  }
  return wrong;
}

async function images({ clients: { ecr }, ledger }: Witness): Promise<string[]> {
  const found: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await ecr.describeImages({ repositoryName: REPOSITORY, nextToken });
    found.push(...(page.imageDetails ?? []).map(({ imageDigest = "" }) => imageDigest));
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  const wrong = exactlyOnce("image", ledger.images, found);
  for (let at = 0; at < found.length; at += 100) {
    const imageIds = found.slice(at, at + 100).map((imageDigest) => ({ imageDigest }));
    const { failures = [], images: got = [] } = await ecr.batchGetImage({ repositoryName: REPOSITORY, imageIds });
    wrong.push(...failures.map(({ imageId, failureReason }) => `image ${imageId?.imageDigest}: ${failureReason}`));
    const layerDigests = got.flatMap(({ imageManifest = "{}" }) =>
      (JSON.parse(imageManifest) as { layers: { digest: string }[] }).layers.map(({ digest }) => digest),
    );
    const { layers = [] } = await ecr.batchCheckLayerAvailability({ repositoryName: REPOSITORY, layerDigests });
    wrong.push(
      ...layers
        .filter(({ layerAvailability }) => layerAvailability !== "AVAILABLE")
        .map(({ layerDigest }) => `layer ${layerDigest} is lost`),
    );
  }
  return wrong;
}

async function services({ clients: { ecs }, ledger, sites }: Witness): Promise<string[]> {
  const arns: string[] = [];
  for await (const page of paginateListServices({ client: ecs }, { cluster: CLUSTER }))
    arns.push(...(page.serviceArns ?? []));
  const names = arns.map((arn) => arn.split("/").at(-1) ?? "");
  const back = names.filter((name) => ledger.deletedServices.has(name)).map((name) => `service ${name} is back`);
  return [...exactlyOnce("service", [...ledger.services, ...sites.map(({ name }) => name)], names), ...back];
}

async function definitions({ clients: { ecs }, ledger }: Witness): Promise<string[]> {
  const arns: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await ecs.listTaskDefinitions({ nextToken });
    arns.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
    if (nextToken === undefined) return exactlyOnce("task definition", ledger.definitions, arns);
  }
}

/** A stack ends as it was seen to end, or as the rules say: what was running at the kill is reported as failed. */
async function stacks({ cloudformation, ssm, ledger }: Witness): Promise<string[]> {
  const found: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudformation }, {})) found.push(...Stacks);
  const wrong = exactlyOnce(
    "stack",
    ledger.stacks.keys(),
    found.map(({ StackName = "" }) => StackName),
  );
  for (const { StackName = "", StackStatus = "" } of found) {
    const seen = ledger.stacks.get(StackName) ?? "CREATE_IN_PROGRESS";
    const mayBe = seen === "CREATE_IN_PROGRESS" ? ["CREATE_COMPLETE", "CREATE_FAILED"] : [seen];
    if (!mayBe.includes(StackStatus)) wrong.push(`stack ${StackName} was ${seen} and is ${StackStatus}`);
    ledger.stacks.set(StackName, StackStatus);
    const parameter = await ssm.getParameter({ Name: `/stacks/${StackName}` }).catch(() => undefined);
    if (StackStatus === "CREATE_COMPLETE" && parameter?.Parameter?.Value !== StackName)
      wrong.push(`the parameter of stack ${StackName} is lost`);
  }
  return wrong;
}

/** When everything is quiet: tasks, targets and weights of a service agree. `undefined` when they do. */
export async function disagreement({ clients: { ecs, elb } }: Witness, site: Site): Promise<string | undefined> {
  const { services: found } = await ecs.describeServices({ cluster: CLUSTER, services: [site.name] });
  const [service] = found ?? [];
  const { taskArns = [] } = await ecs.listTasks({ cluster: CLUSTER, serviceName: site.name });
  const { tasks = [] } = taskArns.length ? await ecs.describeTasks({ cluster: CLUSTER, tasks: taskArns }) : {};
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
  const addresses = running.map(({ containers }) => containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address);
  if (service?.runningCount !== 1 || service.pendingCount !== 0 || running.length !== 1)
    return `${site.name}: ${service?.runningCount} running, ${service?.pendingCount} pending, ${running.length} tasks`;
  const health = await Promise.all(
    site.groups.map(async (TargetGroupArn) => {
      const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn });
      return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        id: Target?.Id,
        state: TargetHealth?.State,
      }));
    }),
  );
  const leaked = health.flat().filter(({ id }) => !addresses.includes(id));
  if (leaked.length > 0) return `${site.name}: targets without a task: ${JSON.stringify(leaked)}`;
  const { Rules } = await elb.describeRules({ RuleArns: [site.rule] });
  const weights = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  const serving = weights.filter(({ Weight = 0 }) => Weight > 0).map(({ TargetGroupArn = "" }) => TargetGroupArn);
  const healthy = site.groups.filter((_, index) => health[index]?.some(({ state }) => state === "healthy"));
  if (serving.length !== 1 || !healthy.includes(serving[0] ?? ""))
    return `${site.name}: traffic goes to ${serving.join()}, healthy is ${healthy.join()}`;
  return undefined;
}
