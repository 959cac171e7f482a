import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormation, type StackStatus } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";
import { scaledClock } from "../../../clock.ts";
import { type Aws, startAws } from "../../server.ts";
import { services } from "../../services.ts";

/** For tests of this service: a sandbox over HTTP with the SDK's clients, and waiting for a stack to come to rest. */
export interface Rig {
  readonly endpoint: string;
  readonly aws: Aws["aws"];
  readonly cloudformation: CloudFormation;
  readonly ssm: SSM;
  readonly iam: IAM;
  readonly s3: S3;
  /** Waits for the end of what runs on a stack. @returns its status. */
  readonly settled: (name: string) => Promise<StackStatus | "GONE">;
  readonly create: (
    name: string,
    template: object,
    parameters?: Record<string, string>,
  ) => Promise<StackStatus | "GONE">;
  readonly update: (
    name: string,
    template: object,
    parameters?: Record<string, string>,
  ) => Promise<StackStatus | "GONE">;
  readonly remove: (name: string) => Promise<StackStatus | "GONE">;
  readonly outputs: (name: string) => Promise<Record<string, string>>;
  /** `LogicalId STATUS` of every event, oldest first. */
  readonly events: (name: string) => Promise<string[]>;
  readonly reasons: (name: string) => Promise<string>;
  /** Stops; with `keep` the next rig continues with the same folder. */
  readonly stop: (keep?: boolean) => Promise<void>;
  readonly dataDir: string;
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const Capabilities = ["CAPABILITY_NAMED_IAM" as const];

export async function rig(dataDir?: string): Promise<Rig> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "cloudformation-")));
  const running = await startAws({ services, dataDir: folder, clock: scaledClock(60) });
  const options = { endpoint: running.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  const cloudformation = new CloudFormation(options);
  const clients = { ssm: new SSM(options), iam: new IAM(options), s3: new S3(options) };
  const settled = (name: string) => waitFor(cloudformation, name);
  const Parameters = (values: Record<string, string> = {}) =>
    Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  return {
    ...clients,
    endpoint: running.endpoint,
    aws: running.aws,
    cloudformation,
    dataDir: folder,
    settled,
    create: async (StackName, template, values) => {
      const TemplateBody = JSON.stringify(template);
      await cloudformation.createStack({ StackName, TemplateBody, Parameters: Parameters(values), Capabilities });
      return settled(StackName);
    },
    update: async (StackName, template, values) => {
      const TemplateBody = JSON.stringify(template);
      await cloudformation.updateStack({ StackName, TemplateBody, Parameters: Parameters(values), Capabilities });
      return settled(StackName);
    },
    remove: async (StackName) => {
      await cloudformation.deleteStack({ StackName });
      return settled(StackName);
    },
    outputs: async (StackName) => {
      const { Stacks = [] } = await cloudformation.describeStacks({ StackName });
      return Object.fromEntries((Stacks[0]?.Outputs ?? []).map((one) => [one.OutputKey ?? "", one.OutputValue ?? ""]));
    },
    events: async (StackName) => {
      const { StackEvents = [] } = await cloudformation.describeStackEvents({ StackName });
      return StackEvents.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`).reverse();
    },
    reasons: async (StackName) => {
      const { StackEvents = [] } = await cloudformation.describeStackEvents({ StackName });
      return StackEvents.map((event) => event.ResourceStatusReason ?? "").join("\n");
    },
    stop: async (keep = false) => {
      for (const client of [cloudformation, ...Object.values(clients)]) client.destroy();
      await running.stop();
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitFor(cloudformation: CloudFormation, StackName: string): Promise<StackStatus | "GONE"> {
  for (;;) {
    const status = await statusOf(cloudformation, StackName);
    if (status === "GONE" || status === "REVIEW_IN_PROGRESS" || !status.endsWith("_IN_PROGRESS")) return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function statusOf(cloudformation: CloudFormation, StackName: string): Promise<StackStatus | "GONE"> {
  try {
    const { Stacks = [] } = await cloudformation.describeStacks({ StackName });
    return Stacks[0]?.StackStatus ?? "GONE";
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return "GONE";
    throw error;
  }
}

/** An SSM parameter as a template resource: the cheapest resource with a name, a value and attributes. */
export const parameter = (Name: unknown, Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Name, Type: "String", Value },
  ...more,
});
