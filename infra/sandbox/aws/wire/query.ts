import type { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef } from "@smithy/types";
import type { AwsError } from "../kernel.ts";
import type { Operation } from "./model.ts";
import {
  type Answer,
  type Protocol,
  unknownOperation,
  type WireError,
  type WireRequest,
  wireError,
} from "./protocol.ts";
import { type Dialect, queryInput } from "./query-input.ts";
import { typedValue } from "./values.ts";
import { envelope, xmlText } from "./xml.ts";

/** awsQuery and ec2Query: a form in, XML out. */

/** Parameters of the body or, for GET, of the URL. */
async function formOf(request: WireRequest): Promise<URLSearchParams> {
  if (request.query.has("Action")) return request.query;
  return new URLSearchParams((await request.bytes()).toString("utf8"));
}

const text = 0;
const metadata = envelope("ResponseMetadata", [["RequestId", text]]);
const ref = (schema: NormalizedSchema): $SchemaRef => schema.ref;

/** Envelopes are made once per operation: the SDK caches what it derives from a schema on the schema. */
const envelopes = new Map<string, NormalizedSchema>();
function cached(key: string, make: () => NormalizedSchema): NormalizedSchema {
  const known = envelopes.get(key) ?? make();
  envelopes.set(key, known);
  return known;
}

function members(schema: NormalizedSchema): [string, $SchemaRef][] {
  return schema.isStructSchema() ? [...schema.structIterator()].map(([name, member]) => [name, ref(member)]) : [];
}

const resultEnvelope = (namespace: string, { name, output }: Operation): NormalizedSchema =>
  cached(`${namespace}#${name}`, () =>
    envelope(`${name}Response`, [
      ...(output.isStructSchema() ? [[`${name}Result`, ref(output)] as const] : []),
      ["ResponseMetadata", ref(metadata)],
    ]),
  );

/** EC2 writes the members into the response itself; an operation without result says `<return>true</return>`. */
const ec2Envelope = ({ name, output }: Operation): NormalizedSchema =>
  cached(`ec2#${name}`, () =>
    envelope(`${name}Response`, [
      ["requestId", text],
      ...(output.isStructSchema() ? members(output) : [["return", text] as const]),
    ]),
  );

const xmlHeaders = (requestId: string) => ({ "content-type": "text/xml", "x-amzn-requestid": requestId });

function result(dialect: Dialect, { model, operation, requestId }: Answer, output: unknown): string {
  const found = model.operations.get(operation);
  if (!found) return "";
  if (dialect === "query") {
    const value = { [`${operation}Result`]: output ?? {}, ResponseMetadata: { RequestId: requestId } };
    return xmlText(resultEnvelope(model.namespace, found), value, model.xmlNamespace);
  }
  const value = { requestId, ...(found.output.isStructSchema() ? (output as object) : { return: "true" }) };
  return xmlText(ec2Envelope(found), value, model.xmlNamespace);
}

const messageMembers = new Set(["message", "Message"]);

function errorText(dialect: Dialect, { model, requestId }: Answer, wire: WireError): string {
  const fields = wire.model ? members(wire.model.schema).filter(([name]) => !messageMembers.has(name)) : [];
  const detail = envelope("Error", [["Type", text], ["Code", text], ["Message", text], ...fields]);
  const value = {
    ...(dialect === "query" ? { Type: wire.fault === "client" ? "Sender" : "Receiver" } : {}),
    Code: wire.code,
    Message: wire.message,
    ...wire.fields,
  };
  if (dialect === "query") {
    const schema = envelope("ErrorResponse", [
      ["Error", ref(detail)],
      ["RequestId", text],
    ]);
    return xmlText(schema, { Error: value, RequestId: requestId }, model.xmlNamespace);
  }
  const errors = envelope("Errors", [["Error", ref(detail)]]);
  const schema = envelope("Response", [
    ["Errors", ref(errors)],
    ["RequestID", text],
  ]);
  return xmlText(schema, { Errors: { Error: value }, RequestID: requestId }, "");
}

function queryProtocol(dialect: Dialect): Protocol {
  return {
    async read(model, request) {
      const form = await formOf(request);
      const name = form.get("Action") ?? "";
      const operation = model.operations.get(name);
      if (!operation) throw unknownOperation("InvalidAction", name);
      return {
        operation: name,
        input: typedValue(operation.input, queryInput(operation.input, form, dialect), "text"),
      };
    },
    result: (answer, output) => ({
      status: 200,
      headers: xmlHeaders(answer.requestId),
      body: result(dialect, answer, output),
    }),
    error(answer: Answer, error: AwsError) {
      const wire = wireError(answer.model, error);
      return { status: wire.status, headers: xmlHeaders(answer.requestId), body: errorText(dialect, answer, wire) };
    },
  };
}

export const query: Protocol = queryProtocol("query");
export const ec2: Protocol = queryProtocol("ec2");
