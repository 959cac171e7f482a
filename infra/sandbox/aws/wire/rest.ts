import { Readable } from "node:stream";
import type { NormalizedSchema } from "@smithy/core/schema";
import { AwsError } from "../kernel.ts";
import { decodedBody } from "./aws-chunked.ts";
import { jsonObject, jsonText } from "./json.ts";
import type { Operation, ServiceModel } from "./model.ts";
import { type Protocol, type WireRequest, type WireResponse, wireError } from "./protocol.ts";
import { findRoute, type Match } from "./route.ts";
import { isRecord, typedValue } from "./values.ts";
import { envelope, xmlText, xmlValue } from "./xml.ts";

/** REST-XML (S3) and REST-JSON: members are bound to path, query, headers and body by the schema's http traits. */

type Values = Record<string, unknown>;

/** How structures are written to and read from the body. */
interface BodyFormat {
  readonly contentType: string;
  readonly read: (schema: NormalizedSchema, bytes: Buffer) => unknown;
  readonly write: (schema: NormalizedSchema, value: unknown, model: ServiceModel) => string;
}

const membersOf = (schema: NormalizedSchema): [string, NormalizedSchema][] =>
  schema.isStructSchema() ? [...schema.structIterator()] : [];

function fromHeaders(schema: NormalizedSchema, request: WireRequest): Values {
  const values: Values = {};
  for (const [name, member] of membersOf(schema)) {
    const traits = member.getMergedTraits();
    const header = traits.httpHeader ? request.headers[traits.httpHeader.toLowerCase()] : undefined;
    if (header !== undefined) {
      const text = String(header);
      values[name] = typedValue(member, member.isListSchema() ? text.split(/\s*,\s*/) : text, "text");
    }
    const prefix = typeof traits.httpPrefixHeaders === "string" ? traits.httpPrefixHeaders.toLowerCase() : undefined;
    if (prefix === undefined) continue;
    const found = Object.entries(request.headers).filter(([key]) => key.startsWith(prefix));
    values[name] = Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), String(value)]));
  }
  return values;
}

function fromQuery(schema: NormalizedSchema, request: WireRequest): Values {
  const values: Values = {};
  for (const [name, member] of membersOf(schema)) {
    const { httpQuery } = member.getMergedTraits();
    if (httpQuery === undefined || !request.query.has(httpQuery)) continue;
    const all = request.query.getAll(httpQuery);
    values[name] = typedValue(member, member.isListSchema() ? all : all[0], "text");
  }
  return values;
}

const isBound = (member: NormalizedSchema): boolean => {
  const traits = member.getMergedTraits();
  return (
    Boolean(
      traits.httpHeader || traits.httpQuery || traits.httpLabel || traits.httpPayload || traits.httpQueryParams,
    ) ||
    typeof traits.httpPrefixHeaders === "string" ||
    Boolean(traits.httpResponseCode)
  );
};

async function fromBody(schema: NormalizedSchema, request: WireRequest, format: BodyFormat): Promise<Values> {
  const payload = membersOf(schema).find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload) {
    const [name, member] = payload;
    if (member.isBlobSchema() || member.isStringSchema()) {
      const body = decodedBody(request);
      if (member.isStreaming()) return { [name]: body };
      const bytes = Buffer.concat(await Readable.from(body).toArray());
      return bytes.length === 0 ? {} : { [name]: member.isStringSchema() ? bytes.toString("utf8") : bytes };
    }
    const bytes = await request.bytes();
    return bytes.length === 0 ? {} : { [name]: format.read(member, bytes) };
  }
  if (!membersOf(schema).some(([, member]) => !isBound(member))) return {};
  const value = format.read(schema, await request.bytes());
  return isRecord(value) ? value : {};
}

async function inputOf({ operation, labels }: Match, request: WireRequest, format: BodyFormat): Promise<Values> {
  const { input } = operation;
  return {
    ...(await fromBody(input, request, format)),
    ...fromQuery(input, request),
    ...fromHeaders(input, request),
    ...labels,
  };
}

function headerText(member: NormalizedSchema, value: unknown): string {
  if (value instanceof Date)
    return member.getSchema() === 5
      ? value.toISOString()
      : member.getSchema() === 7
        ? `${+value / 1000}`
        : value.toUTCString();
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function outputHeaders(output: NormalizedSchema, values: Values): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, member] of membersOf(output)) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    if (httpHeader) headers[httpHeader.toLowerCase()] = headerText(member, value);
    else if (typeof httpPrefixHeaders === "string" && isRecord(value))
      for (const [key, item] of Object.entries(value))
        headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = String(item);
  }
  return headers;
}

/** The one S3 answer whose root element is the member itself (`s3UnwrappedXmlOutput`, which the SDK's schema drops). */
const unwrapped = "GetBucketLocationOutput";

function outputBody(
  operation: Operation,
  values: Values,
  model: ServiceModel,
  format: BodyFormat,
): WireResponse["body"] {
  const { output } = operation;
  const payload = membersOf(output).find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload) {
    const [name, member] = payload;
    const value = values[name];
    if (value === undefined || value === null) return "";
    if (member.isStructSchema()) return format.write(member, value, model);
    return value as WireResponse["body"];
  }
  if (output.getName() === unwrapped) {
    const text = String(values.LocationConstraint ?? "");
    return `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${model.xmlNamespace}">${text}</LocationConstraint>`;
  }
  return membersOf(output).some(([, member]) => !isBound(member)) ? format.write(output, values, model) : "";
}

function statusOf(operation: Operation, values: Values): number {
  const bound = membersOf(operation.output).find(([, member]) => member.getMergedTraits().httpResponseCode);
  const value = bound ? values[bound[0]] : undefined;
  if (typeof value === "number") return value;
  return values.ContentRange ? 206 : (operation.http?.[2] ?? 200);
}

function restProtocol(
  format: BodyFormat,
  writeError: Protocol["error"],
): (implemented: (name: string) => boolean) => Protocol {
  return (implemented) => ({
    async read(model, request) {
      const match = findRoute(model, request, implemented);
      if (!match)
        throw new AwsError("MethodNotAllowed", `No operation of this service is ${request.method} ${request.path}.`, {
          status: 405,
        });
      return { operation: match.operation.name, input: await inputOf(match, request, format) };
    },
    result({ model, operation, requestId }, output) {
      const found = model.operations.get(operation);
      const values = isRecord(output) ? output : {};
      if (!found) return { status: 200, headers: {}, body: "" };
      const body = outputBody(found, values, model, format);
      return {
        status: statusOf(found, values),
        headers: {
          ...(body === "" ? {} : { "content-type": format.contentType }),
          ...outputHeaders(found.output, values),
          "x-amz-request-id": requestId,
        },
        body,
      };
    },
    error: writeError,
  });
}

const xmlBody: BodyFormat = {
  contentType: "application/xml",
  read: (schema, bytes) => (bytes.length === 0 ? {} : xmlValue(schema, bytes)),
  write: (schema, value, model) => xmlText(schema, value, model.xmlNamespace),
};

const jsonBody: BodyFormat = {
  contentType: "application/json",
  read: (schema, bytes) => typedValue(schema, jsonObject(bytes), "json"),
  write: (schema, value) => jsonText(schema, value, true),
};

const s3Error = envelope("Error", [
  ["Code", 0],
  ["Message", 0],
  ["Resource", 0],
  ["RequestId", 0],
]);

export const restXml = restProtocol(xmlBody, ({ model, requestId, request }, error) => {
  const { code, message, status } = wireError(model, error);
  const value = { Code: code, Message: message, Resource: request.path, RequestId: requestId };
  return {
    status,
    headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
    body: request.method === "HEAD" ? "" : xmlText(s3Error, value, ""),
  };
});

export const restJson = restProtocol(jsonBody, ({ model, requestId }, error) => {
  const { shape, message, status, fields } = wireError(model, error);
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, "x-amzn-errortype": shape },
    body: JSON.stringify({ ...fields, message, Message: message }),
  };
});
