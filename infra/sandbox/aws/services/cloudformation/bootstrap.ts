import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { AwsClients } from "../../kernel.ts";

const STACK = "CDKToolkit";
const POLL_MS = 50;
/** Real time, because nothing that the stack creates takes sandbox time. */
const GIVE_UP_MS = 60_000;

/**
 * Bootstraps the account for the CDK, as an administrator does once: creates stack CDKToolkit from the template that
 * the installed CDK CLI would deploy. Does nothing when the stack exists; `cdk bootstrap` can update it afterwards.
 */
export async function bootstrapAccount(aws: AwsClients): Promise<void> {
  if (await bootstrapped(aws)) return;
  const TemplateBody = await readFile(templateFile(), "utf8");
  await aws.cloudformation.createStack({
    StackName: STACK,
    TemplateBody,
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    // What `cdk bootstrap` passes when nothing else is asked for: no key of its own, administrator rights for deployments.
    Parameters: [
      { ParameterKey: "FileAssetsBucketKmsKeyId", ParameterValue: "AWS_MANAGED_KEY" },
      { ParameterKey: "PublicAccessBlockConfiguration", ParameterValue: "true" },
      {
        ParameterKey: "CloudFormationExecutionPolicies",
        ParameterValue: "arn:aws:iam::aws:policy/AdministratorAccess",
      },
    ],
  });
  await created(aws);
}

/** The template inside the CDK CLI's package; read as data, so that it always fits the CLI that is installed. */
export function templateFile(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("aws-cdk/package.json")), "lib/api/bootstrap/bootstrap-template.yaml");
}

async function bootstrapped({ cloudformation }: AwsClients): Promise<boolean> {
  const { StackSummaries = [] } = await cloudformation.listStacks({});
  return StackSummaries.some(({ StackName, StackStatus }) => StackName === STACK && StackStatus !== "DELETE_COMPLETE");
}

async function created({ cloudformation }: AwsClients): Promise<void> {
  const end = Date.now() + GIVE_UP_MS;
  for (;;) {
    const { Stacks = [] } = await cloudformation.describeStacks({ StackName: STACK });
    const status = Stacks[0]?.StackStatus;
    if (status === "CREATE_COMPLETE") return;
    if (status !== "CREATE_IN_PROGRESS" || Date.now() > end) throw new Error(await failure(cloudformation, status));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function failure(cloudformation: AwsClients["cloudformation"], status: string | undefined): Promise<string> {
  const { StackEvents = [] } = await cloudformation.describeStackEvents({ StackName: STACK });
  const reasons = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === "CREATE_FAILED").map(
    ({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`,
  );
  return `Bootstrapping the account for the CDK ended ${status}. ${reasons.join("; ")}`;
}
