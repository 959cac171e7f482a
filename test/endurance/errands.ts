import { makeImage, RegistryClient } from "../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { CLUSTER, define, REPOSITORY } from "./fleet-setup.ts";
import type { Witness } from "./witness.ts";

/** What a client does besides deployments. Each enters in the ledger what it was told, and nothing else. */
export const LOG_GROUP = "/kill";
export const BUCKET = "kill";

export async function parameter({ ssm, ledger, name }: Witness): Promise<void> {
  const [Name, Value] = [`/kill/${name()}`, name()];
  await ssm.putParameter({ Name, Value, Type: "String" });
  ledger.parameters.set(Name, Value);
}

export async function count({ ssm, ledger, name }: Witness): Promise<void> {
  const Value = name();
  ledger.counter.asked.push(Value);
  const { Version = 0 } = await ssm.putParameter({ Name: "/counter", Value, Type: "String", Overwrite: true });
  const { counter } = ledger;
  counter.asked.splice(counter.asked.indexOf(Value), 1);
  if (Version > counter.version) ledger.counter = { ...counter, version: Version, value: Value };
}

export async function log({ logs, ledger, name, stream }: Witness): Promise<void> {
  const place = { logGroupName: LOG_GROUP, logStreamName: stream };
  await logs.createLogStream(place).catch(ignore("ResourceAlreadyExistsException"));
  const messages = Array.from({ length: 3 }, name);
  const timestamp = Date.now();
  await logs.putLogEvents({ ...place, logEvents: messages.map((message) => ({ message, timestamp })) });
  for (const message of messages) ledger.lines.add(message);
}

export async function object({ s3, ledger, name, random }: Witness): Promise<void> {
  // One of few keys now and then, so that objects are replaced, not only made.
  const Key = random() < 0.3 ? "replaced" : name();
  const Body = Key === "replaced" ? "the same" : name();
  await s3.putObject({ Bucket: BUCKET, Key, Body });
  ledger.objects.set(Key, Body);
}

export async function push({ endpoint, clients, ledger, name }: Witness): Promise<void> {
  const tag = name();
  const image = await makeImage({ files: { "app/index.mjs": tag } });
  const reference = await new RegistryClient(endpoint, clients.ecr).push(REPOSITORY, tag, image);
  ledger.images.add(reference.split("@")[1] ?? "");
}

/** Makes a service without tasks, or deletes one. */
export async function service({ clients, ledger, name, random, image }: Witness): Promise<void> {
  const [known] = ledger.services;
  if (known && random() < 0.3) {
    ledger.services.delete(known); // from here until the answer it may be there or not
    await clients.ecs.deleteService({ cluster: CLUSTER, service: known, force: true });
    ledger.deletedServices.add(known);
    return;
  }
  const serviceName = `idle-${name()}`;
  const taskDefinition = await define(clients, serviceName, image, "idle");
  ledger.definitions.add(taskDefinition);
  await clients.ecs.createService({
    cluster: CLUSTER,
    serviceName,
    taskDefinition,
    desiredCount: 0,
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0"] } },
  });
  ledger.services.add(serviceName);
}

/** A stack with one parameter, named as the stack is. */
export async function stack({ cloudformation, ledger, name }: Witness): Promise<void> {
  const StackName = `stack-${name()}`;
  const Properties = { Name: `/stacks/${StackName}`, Type: "String", Value: StackName };
  const TemplateBody = JSON.stringify({ Resources: { P: { Type: "AWS::SSM::Parameter", Properties } } });
  await cloudformation.createStack({ StackName, TemplateBody });
  ledger.stacks.set(StackName, "CREATE_IN_PROGRESS");
  const { Stacks } = await cloudformation.describeStacks({ StackName });
  ledger.stacks.set(StackName, Stacks?.[0]?.StackStatus ?? "");
}

export const ignore =
  (...names: readonly string[]) =>
  (error: unknown): void => {
    if (!(error instanceof Error && names.includes(error.name))) throw error;
  };
