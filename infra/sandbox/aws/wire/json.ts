import { JsonCodec2 } from "@smithy/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { AwsError } from "../kernel.ts";
import { type Answer, type Protocol, unknownOperation, type WireRequest, wireError } from "./protocol.ts";
import { isRecord, typedValue } from "./values.ts";

/** awsJson1_0 and awsJson1_1: the operation in `x-amz-target`, JSON both ways. */

/** 7 is Smithy's "epoch seconds", JSON's default form of a timestamp. */
const epochSeconds = 7;

export function jsonText(schema: NormalizedSchema, value: unknown, jsonName = false): string {
  if (schema.isUnitSchema()) return "{}";
  const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: epochSeconds }, jsonName });
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  const bytes: Uint8Array = serializer.flush();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** @throws AwsError SerializationException for anything but one JSON object (an empty body is `{}`). */
export function jsonObject(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new AwsError(
      "SerializationException",
      `The body is not JSON: ${error instanceof Error ? error.message : ""}`,
    );
  }
  if (!isRecord(parsed)) throw new AwsError("SerializationException", "The body must be a JSON object.");
  return parsed;
}

const targetOf = (request: WireRequest): string => String(request.headers["x-amz-target"] ?? "");

const headersOf = ({ model, requestId, request }: Answer): Record<string, string> => ({
  "content-type": /x-amz-json-1\.[01]/.exec(String(request.headers["content-type"]))
    ? String(request.headers["content-type"])
    : `application/x-amz-json-${model.jsonVersion}`,
  "x-amzn-requestid": requestId,
});

export const json: Protocol = {
  async read(model, request) {
    const name = targetOf(request).split(".").at(-1) ?? "";
    const operation = model.operations.get(name);
    if (!operation) throw unknownOperation("UnknownOperationException", name);
    return { operation: name, input: typedValue(operation.input, jsonObject(await request.bytes()), "json") };
  },
  result(answer, output) {
    const operation = answer.model.operations.get(answer.operation);
    const body = operation ? jsonText(operation.output, output) : "{}";
    return { status: 200, headers: headersOf(answer), body };
  },
  error(answer, error) {
    const wire = wireError(answer.model, error);
    const fields = wire.model ? (JSON.parse(jsonText(wire.model.schema, wire.fields)) as object) : wire.fields;
    const message = { message: wire.message, Message: wire.message };
    return {
      status: wire.status,
      headers: {
        ...headersOf(answer),
        "x-amzn-errortype": wire.shape,
        ...(wire.model
          ? { "x-amzn-query-error": `${wire.code};${wire.fault === "client" ? "Sender" : "Receiver"}` }
          : {}),
      },
      body: JSON.stringify({ __type: wire.shape, ...fields, ...message }),
    };
  },
};
