import { NormalizedSchema } from "@smithy/core/schema";
import type { SchemaRef, StaticErrorSchema, StaticOperationSchema } from "@smithy/types";

/** A service as its SDK client describes it: operations, errors and protocol, all read from the exported schemas. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** `["PUT", "/{Key+}?x-id=PutObject", 200]` of REST protocols. */
  readonly http?: readonly [method: string, uri: string, status: number];
}

export interface ModelledError {
  readonly name: string;
  /** The code that query protocols write; often another than the shape's name. */
  readonly queryCode: string;
  readonly status: number;
  readonly fault: "client" | "server";
  readonly schema: NormalizedSchema;
}

export type ProtocolName = "json" | "query" | "ec2" | "rest-xml" | "rest-json";

export interface ServiceModel {
  readonly namespace: string;
  readonly protocol: ProtocolName;
  readonly jsonVersion: "1.0" | "1.1";
  readonly target: string;
  readonly version: string;
  readonly xmlNamespace: string;
  readonly operations: ReadonlyMap<string, Operation>;
  /** By shape name or query code. */
  readonly error: (code: string) => ModelledError | undefined;
}

interface ProtocolSettings {
  readonly defaultNamespace: string;
  readonly serviceTarget?: string;
  readonly version?: string;
  readonly xmlNamespace?: string;
}
interface ClientConfig {
  readonly protocol: { readonly constructor: { readonly name: string } };
  readonly protocolSettings: ProtocolSettings;
}
type ClientClass = new (config: object) => { readonly config: ClientConfig; destroy(): void };

const protocols: Readonly<Record<string, ProtocolName>> = {
  AwsJson1_0Protocol: "json",
  AwsJson1_1Protocol: "json",
  AwsQueryProtocol: "query",
  AwsEc2QueryProtocol: "ec2",
  S3RestXmlProtocol: "rest-xml",
  AwsRestXmlProtocol: "rest-xml",
  AwsRestJsonProtocol: "rest-json",
};

const isOperation = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;
const isError = (value: unknown): value is StaticErrorSchema => Array.isArray(value) && value[0] === -3;
const isClient = (value: unknown): value is ClientClass =>
  typeof value === "function" && value.name.endsWith("Client") && value.name !== "Client";

/** Schemas hold references as functions; the type says so only in part. */
const schemaOf = (ref: unknown): NormalizedSchema => NormalizedSchema.of(ref as SchemaRef);

function operationOf(schema: StaticOperationSchema): Operation {
  const traits = schemaOf(schema).getMergedTraits();
  return {
    name: schema[2],
    input: schemaOf(schema[4]),
    output: schemaOf(schema[5]),
    ...(traits.http ? { http: traits.http as Operation["http"] } : {}),
  };
}

function errorOf(schema: StaticErrorSchema): ModelledError {
  const normalized = schemaOf(schema);
  const traits = normalized.getMergedTraits();
  const fault = traits.error === "server" ? "server" : "client";
  const query = traits.awsQueryError as readonly [string, number] | undefined;
  const status = query?.[1] ?? (traits.httpError as number | undefined) ?? (fault === "server" ? 500 : 400);
  return { name: schema[2], queryCode: query?.[0] ?? schema[2], status, fault, schema: normalized };
}

function configOf(exports: readonly unknown[]): ClientConfig {
  const Client = exports.find(isClient);
  if (!Client) throw new Error("An SDK package must export its client, e.g. ECSClient; this one exports none.");
  const client = new Client({ region: "us-east-1", credentials: { accessKeyId: "-", secretAccessKey: "-" } });
  client.destroy();
  return client.config;
}

/** @param sdk the namespace of an SDK client package, e.g. `@aws-sdk/client-ecs`. */
export function modelOf(sdk: object): ServiceModel {
  const exports = Object.values(sdk);
  const { protocol, protocolSettings } = configOf(exports);
  const protocolName = protocol.constructor.name;
  const errors = new Map<string, ModelledError>();
  for (const error of exports.filter(isError).map(errorOf)) {
    errors.set(error.name, error);
    if (!errors.has(error.queryCode)) errors.set(error.queryCode, error);
  }
  return {
    namespace: protocolSettings.defaultNamespace,
    protocol: protocols[protocolName] ?? "json",
    jsonVersion: protocolName === "AwsJson1_0Protocol" ? "1.0" : "1.1",
    target: protocolSettings.serviceTarget ?? "",
    version: protocolSettings.version ?? "",
    xmlNamespace: protocolSettings.xmlNamespace ?? "",
    operations: new Map(exports.filter(isOperation).map((schema) => [schema[2], operationOf(schema)])),
    error: (code) => errors.get(code),
  };
}
