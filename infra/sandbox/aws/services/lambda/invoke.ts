import type { InvocationType, InvokeCommandInput, Lambda } from "@aws-sdk/client-lambda";
import { Uint8ArrayBlobAdapter } from "@smithy/core/serde";
import { AwsError, type Operations } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Executor } from "./execution/execute.ts";
import { type Store, type Target, targetOf } from "./model.ts";

/** Bytes; AWS's limits of a payload that is answered and of one that is queued. */
const MAX_SYNCHRONOUS = 6_291_456;
const MAX_QUEUED = 1_048_576;

const TAIL_BYTES = 4096;

/** The event as JSON text; a call without one gets `{}`. */
function eventText(payload: InvokeCommandInput["Payload"], type: InvocationType): string {
  const limit = type === "Event" ? MAX_QUEUED : MAX_SYNCHRONOUS;
  const bytes = Buffer.from((payload ?? "") as string | Uint8Array as string);
  if (bytes.length > limit)
    throw new AwsError(
      "RequestTooLargeException",
      `${bytes.length} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`,
      {
        status: 413,
      },
    );
  if (bytes.length === 0) return "{}";
  try {
    JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${reason}`);
  }
  return bytes.toString("utf8");
}

function clientContextOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(text, "base64").toString("utf8"));
  } catch {
    throw new AwsError("InvalidRequestContentException", "ClientContext must be JSON in base64.");
  }
}

/** An alias with weights sends a share of its calls to another version. */
export function routed({ context }: Store, target: Target): Target {
  const draw = Number.parseInt(context.id(8), 16) / 2 ** 32;
  const other = Object.entries(target.alias?.weights ?? {}).find(([, weight]) => draw < weight)?.[0];
  const version = target.stored.versions.find((one) => one.version === other);
  return version ? { ...target, version } : target;
}

export function invoking(store: Store, executor: Executor, queue: EventQueue): Operations<Lambda> {
  return {
    Invoke: async (input) => {
      const { InvocationType: type = "RequestResponse" } = input;
      const named = targetOf(store, input.FunctionName, input.Qualifier);
      const payload = eventText(input.Payload, type);
      if (type === "DryRun") return { StatusCode: 204 };
      const requestId = uuid(store.context);
      if (type === "Event") {
        queue.add({ name: named.stored.name, qualifier: named.qualifier, requestId, payload });
        return { StatusCode: 202 };
      }
      const target = routed(store, named);
      const clientContext = clientContextOf(input.ClientContext);
      const execution = await store.context.clock.hold(executor.execute({ target, requestId, payload, clientContext }));
      return {
        StatusCode: 200,
        ExecutedVersion: target.version.version,
        Payload: Uint8ArrayBlobAdapter.fromString(execution.payload),
        ...(execution.failure ? { FunctionError: "Unhandled" } : {}),
        ...(input.LogType === "Tail"
          ? { LogResult: Buffer.from(execution.log).subarray(-TAIL_BYTES).toString("base64") }
          : {}),
      };
    },
  };
}
