import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import {
  type CreateFunctionCommandInput,
  type InvokeCommandInput,
  type InvokeCommandOutput,
  Lambda,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { lambda } from "../../../infra/sandbox/aws/services/lambda/service.ts";
import { logs } from "../../../infra/sandbox/aws/services/logs/service.ts";
import { s3 } from "../../../infra/sandbox/aws/services/s3/service.ts";
import { sts } from "../../../infra/sandbox/aws/services/sts/service.ts";
import { startTarget, type Target } from "../target.ts";
import { zip } from "./zip.ts";

/** Functions for conformance tests: made with a role of their own, and gone afterwards. */
export interface Functions {
  readonly target: Target;
  readonly client: Lambda;
  readonly role: string;
  /** Creates a function of these files and waits until it is active. @returns its name. */
  readonly create: (
    files: Readonly<Record<string, string>>,
    more?: Partial<CreateFunctionCommandInput>,
  ) => Promise<string>;
  /** A function that answers `{ answer: 42 }`. */
  readonly simple: () => Promise<string>;
  /** Invokes and reads the answer as JSON. */
  readonly invoke: (
    name: string,
    event?: unknown,
    more?: Partial<InvokeCommandInput>,
  ) => Promise<InvokeCommandOutput & { readonly value: unknown }>;
  /** Messages in the function's log group that hold `text`; waits until there is one. */
  readonly logged: (name: string, text: string) => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export async function startFunctions(): Promise<Functions> {
  const target = await startTarget([iam, lambda, logs, s3, sts]);
  const client = new Lambda(target.config);
  const roles = new IAM(target.config);
  const RoleName = target.unique("role");
  const { Role } = await roles.createRole({ RoleName, AssumeRolePolicyDocument: trust });
  if (target.isAws) await new Promise((resolve) => setTimeout(resolve, 10_000)); // IAM becomes consistent
  const logClient = new CloudWatchLogs(target.config);
  const made: string[] = [];
  const create: Functions["create"] = async (files, more = {}) => {
    const FunctionName = target.unique("function");
    made.push(FunctionName);
    await client.createFunction({
      FunctionName,
      Role: Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zip(files) },
      ...more,
    });
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
    return FunctionName;
  };
  return {
    target,
    client,
    role: Role?.Arn ?? "",
    create,
    simple: () => create({ "index.js": "exports.handler = async () => ({ answer: 42 });" }),
    invoke: async (FunctionName, event = {}, more = {}) => {
      const answer = await client.invoke({ FunctionName, Payload: JSON.stringify(event), ...more });
      const text = answer.Payload?.transformToString() || "null";
      return { ...answer, value: JSON.parse(text) as unknown };
    },
    logged: async (name, text) => {
      for (let tries = 0; tries < 100; tries++) {
        const { events = [] } = await logClient
          .filterLogEvents({ logGroupName: `/aws/lambda/${name}` })
          .catch(() => ({ events: [] }));
        const found = events.flatMap(({ message = "" }) => (message.includes(text) ? [message] : []));
        if (found.length > 0) return found;
        await new Promise((resolve) => setTimeout(resolve, target.isAws ? 1000 : 50));
      }
      throw new Error(`${text} was not logged by ${name}`);
    },
    stop: async () => {
      for (const FunctionName of made) {
        await client.deleteFunction({ FunctionName }).catch(() => undefined);
        await logClient.deleteLogGroup({ logGroupName: `/aws/lambda/${FunctionName}` }).catch(() => undefined);
      }
      logClient.destroy();
      await roles.deleteRole({ RoleName });
      client.destroy();
      roles.destroy();
      await target.stop();
    },
  };
}
