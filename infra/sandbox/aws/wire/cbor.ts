import { CborCodec, cbor as format } from "@smithy/core/cbor";
import { AwsError } from "../kernel.ts";
import { type Protocol, unknownOperation, wireError } from "./protocol.ts";
import { isRecord, typedValue } from "./values.ts";

/** Smithy RPC v2 with CBOR: what current versions of the AWS CLI speak to CloudWatch. */

const pathPattern = /^\/service\/[^/]+\/operation\/([^/]+)$/;
const headers = (requestId: string) => ({
  "content-type": "application/cbor",
  "smithy-protocol": "rpc-v2-cbor",
  "x-amzn-requestid": requestId,
});

/** CBOR marks a timestamp with tag 1; the decoder leaves the tag to its caller. */
function untagged(value: unknown): unknown {
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(untagged);
  if (!isRecord(value)) return value;
  if ("tag" in value && "value" in value && Object.keys(value).length === 2) return value.value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untagged(item)]));
}

function decoded(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = untagged(format.deserialize(bytes));
    if (isRecord(value)) return value;
  } catch {
    // answered below, as for a body that is CBOR but no map
  }
  throw new AwsError("SerializationException", "The body must be one CBOR map.");
}

export const cbor: Protocol = {
  async read(model, request) {
    const name = pathPattern.exec(request.path)?.[1] ?? "";
    const operation = model.operations.get(name);
    if (!operation) throw unknownOperation("UnknownOperationException", name);
    return { operation: name, input: typedValue(operation.input, decoded(await request.bytes()), "json") };
  },
  result(answer, output) {
    const operation = answer.model.operations.get(answer.operation);
    if (!operation || operation.output.isUnitSchema())
      return { status: 200, headers: headers(answer.requestId), body: "" };
    const serializer = new CborCodec().createSerializer();
    serializer.write(operation.output, output ?? {});
    return { status: 200, headers: headers(answer.requestId), body: serializer.flush() };
  },
  error(answer, error) {
    const wire = wireError(answer.model, error);
    const body = { __type: `${answer.model.namespace}#${wire.shape}`, message: wire.message, ...wire.fields };
    return {
      status: wire.status,
      headers: { ...headers(answer.requestId), "x-amzn-query-error": `${wire.code};Sender` },
      body: format.serialize(body),
    };
  },
};
