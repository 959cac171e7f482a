import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { AwsError, type RequestContext } from "../kernel.ts";
import { cbor } from "./cbor.ts";
import { handlerOf, invoke, type Served } from "./dispatch.ts";
import { type ApiFaults, type Damage, type ErrorStyle, sendHalf } from "./faults.ts";
import { arnOf, type Credential, credentialOf, missingToken, unsignedTarget } from "./identify.ts";
import { json } from "./json.ts";
import type { ServiceModel } from "./model.ts";
import type { Protocol, WireRequest, WireResponse } from "./protocol.ts";
import { ec2, query } from "./query.ts";
import { restJson, restXml } from "./rest.ts";

/** One HTTP request to the sandbox's AWS half, from bytes to bytes. */
export interface Handling {
  readonly served: ReadonlyMap<string, Served>;
  readonly account: string;
  readonly region: string;
  readonly requestId: () => string;
  readonly faults: ApiFaults;
  /** Called when an operation is over, before its answer is made: writes what it changed. */
  readonly commit: (isRead: boolean) => void;
  readonly log: (line: string) => void;
}

/** Bodies that are not streamed; the largest at AWS is a CloudFormation template or log batch, of 1 MiB. */
const bodyLimit = 32 * 1024 * 1024;

async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit)
      throw new AwsError("RequestEntityTooLarge", `The body is larger than ${bodyLimit} bytes.`, { status: 413 });
    chunks.push(chunk);
  }
  return unpacked(Buffer.concat(chunks), message.headers["content-encoding"]);
}

/** Some operations (PutMetricData) are sent compressed when they are large. */
function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding !== "gzip") return body;
  try {
    return gunzipSync(body, { maxOutputLength: bodyLimit });
  } catch {
    throw new AwsError("SerializationException", "The body is not valid gzip, or larger than a request may be.");
  }
}

/** `bucket.s3.…` and `bucket.localhost`: the bucket goes back into the path. */
function withBucket(path: string, host: string): string {
  const bucket = /^([a-z0-9][a-z0-9.-]+)\.(?:s3[.-][a-z0-9.-]+|localhost)(?::\d+)?$/.exec(host)?.[1];
  return bucket && bucket !== "s3" ? `/${bucket}${path}` : path;
}

function wireRequest(message: IncomingMessage, s3: boolean): WireRequest {
  const [path = "/", search = ""] = (message.url ?? "/").split(/\?(.*)/s);
  let bytes: Promise<Buffer> | undefined;
  return {
    method: message.method ?? "GET",
    path: s3 ? withBucket(path, message.headers.host ?? "") : path,
    query: new URLSearchParams(search),
    headers: message.headers,
    bytes: () => {
      bytes ??= collect(message);
      return bytes;
    },
    stream: () => message,
  };
}

/** A header that came twice reads `rpc-v2-cbor, rpc-v2-cbor`. */
const isCbor = ({ headers }: WireRequest): boolean => /^rpc-v2-cbor\b/.test(String(headers["smithy-protocol"]));

/** A service's clients may speak several protocols; the request says which. */
function protocolOf(model: ServiceModel, request: WireRequest, implemented: (name: string) => boolean): Protocol {
  if (isCbor(request)) return cbor;
  if (request.headers["x-amz-target"] !== undefined) return json;
  if (model.protocol === "ec2") return ec2;
  if (model.protocol === "rest-xml") return restXml(implemented);
  if (model.protocol === "rest-json") return restJson(implemented);
  const isForm = /^application\/x-www-form-urlencoded/.test(String(request.headers["content-type"] ?? ""));
  return model.protocol === "query" || isForm || request.query.has("Action") ? query : json;
}

async function targetOf(handling: Handling, request: WireRequest, credential: Credential | undefined): Promise<Served> {
  if (credential) {
    const target = handling.served.get(credential.service);
    if (target) return target;
    throw new AwsError("NotImplemented", `The sandbox has no service ${JSON.stringify(credential.service)}.`, {
      status: 501,
    });
  }
  const form = request.query.has("Action")
    ? request.query
    : new URLSearchParams((await request.bytes()).toString("utf8"));
  const target = await unsignedTarget(handling.served, request, form);
  if (!target) throw missingToken();
  return target;
}

/** Errors before the service is known, in the form the client's protocol can read. */
const unplaced: ServiceModel = {
  namespace: "sandbox",
  protocol: "json",
  jsonVersion: "1.1",
  target: "",
  version: "",
  xmlNamespace: "",
  operations: new Map(),
  error: () => undefined,
};

function unplacedProtocol(request: WireRequest, credential: Credential | undefined): Protocol {
  if (isCbor(request)) return cbor;
  if (request.headers["x-amz-target"] !== undefined) return json;
  if (/x-www-form-urlencoded/.test(String(request.headers["content-type"]))) return query;
  return credential && credential.service !== "s3" ? restJson(() => false) : restXml(() => false);
}

/** Anything that is not an AwsError is a defect of the sandbox: it is logged and answered as AWS's InternalFailure. */
function awsError(error: unknown, log: Handling["log"], where: string): AwsError {
  if (error instanceof AwsError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`internal failure in ${where}: ${text}`);
  // Its text may name files of this machine: it is for the log alone.
  return new AwsError("InternalFailure", `The sandbox failed in ${where}; its log says why.`, { status: 500 });
}

/** Reading fails by an AwsError or, for what only the decoders notice, by any other: both are the client's fault. */
async function read(protocol: Protocol, model: ServiceModel, request: WireRequest) {
  try {
    return await protocol.read(model, request);
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError(
      "SerializationException",
      `The request cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** How this client reads error codes. */
function styleOf(protocol: Protocol, model: ServiceModel): ErrorStyle {
  if (protocol === query) return "query";
  if (protocol === ec2) return "ec2";
  if (protocol === cbor || protocol === json) return "json";
  return model.protocol === "rest-xml" ? "s3" : "rest-json";
}

interface Answered {
  readonly wire: WireResponse;
  /** What a fault does to it. */
  readonly damage?: Damage | undefined;
}

const NOTHING: WireResponse = { status: 200, headers: {}, body: "" };

async function answer(handling: Handling, request: WireRequest, credential: Credential | undefined): Promise<Answered> {
  const requestId = handling.requestId();
  let model = unplaced;
  let protocol = unplacedProtocol(request, credential);
  let operation = "";
  const where = () => `${credential?.service ?? "an unsigned request"} ${operation}`.trim();
  try {
    const target = await targetOf(handling, request, credential);
    model = await target.model();
    protocol = protocolOf(model, request, (name) => handlerOf(target.service, name) !== undefined);
    const call = await read(protocol, model, request);
    operation = call.operation;
    const context: RequestContext = { requestId, caller: callerOf(handling, credential) };
    const style = styleOf(protocol, model);
    const damage = handling.faults.isQuiet
      ? undefined
      : await handling.faults.strike({ service: target.id, operation, input: call.input, style });
    if (damage === "reset") return { wire: NOTHING, damage };
    const output = await invoke(target, call, context);
    handling.commit(/^(?:BatchGet|Describe|Filter|Get|Head|List)/.test(operation));
    return { wire: protocol.result({ model, operation, requestId, request }, output), damage };
  } catch (error) {
    return { wire: protocol.error({ model, operation, requestId, request }, awsError(error, handling.log, where())) };
  }
}

function callerOf({ served, account, region }: Handling, credential: Credential | undefined): RequestContext["caller"] {
  if (!credential) return { account, region, accessKeyId: "anonymous", arn: `arn:aws:iam::${account}:anonymous` };
  const arn = arnOf(served, credential, account);
  return { account, region: credential.region || region, accessKeyId: credential.accessKeyId, arn };
}

async function send(message: IncomingMessage, response: ServerResponse, wire: WireResponse): Promise<void> {
  response.statusCode = wire.status;
  for (const [name, value] of Object.entries(wire.headers))
    response.setHeader(name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, " "));
  if (wire.body instanceof Readable) {
    if (message.method === "HEAD") wire.body.destroy();
    else return pipeline(wire.body, response);
  }
  // What the client still sends is read and dropped, so that it sees the answer instead of a reset connection.
  if (!message.readableEnded) message.resume();
  if (message.method === "HEAD") response.end();
  else response.end(wire.body);
}

/** Routes that are no AWS operation (a registry) come first unless the request carries an AWS signature. */
async function plain(handling: Handling, message: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (!URL.canParse(message.url ?? "", "http://sandbox")) return false;
  for (const { service } of handling.served.values()) if (await service.http?.(message, response)) return true;
  return false;
}

export async function handle(handling: Handling, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const signed = wireRequest(message, false);
    const credential = credentialOf(signed);
    if (!credential && (await plain(handling, message, response))) return;
    const request = credential?.service === "s3" ? wireRequest(message, true) : signed;
    const { wire, damage } = await answer(handling, request, credential);
    if (damage === "reset") message.socket.resetAndDestroy();
    else if (damage === "half") await sendHalf(response, wire);
    else await send(message, response, wire);
  } catch (error) {
    const { message: text } = awsError(error, handling.log, `${message.method} ${message.url}`);
    if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" }).end(text);
    else response.destroy();
  }
}
