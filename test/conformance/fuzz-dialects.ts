import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import { cbor } from "@smithy/core/cbor";

/** The protocols that the sandbox's port speaks, each by one request that is well formed. */
export interface Raw {
  readonly method: string;
  readonly path: string;
  /** In order, so that a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Dialect {
  readonly name: string;
  readonly good: Raw;
  /** What an error of this protocol lacks in the reply, if anything. */
  readonly lacks: (reply: Reply) => string | undefined;
}

export const signed = (service: string): readonly [string, string] => [
  "authorization",
  `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
];

const lacking = (parts: Record<string, unknown>): string | undefined => {
  const missing = Object.entries(parts).flatMap(([name, found]) => (found ? [] : [name]));
  return missing.length > 0 ? missing.join(", ") : undefined;
};

const element = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Code, message and request id in JSON: code in the body or the header. */
function jsonLacks({ headers, body }: Reply): string | undefined {
  const { __type, message, Message } = parsed(body.toString("utf8"));
  return lacking({
    code: __type ?? headers["x-amzn-errortype"],
    message: message ?? Message,
    "request id": headers["x-amzn-requestid"],
  });
}

const xmlLacks =
  (requestId: string) =>
  ({ body }: Reply): string | undefined => {
    const text = body.toString("utf8");
    return lacking({
      code: element(text, "Code"),
      message: element(text, "Message"),
      "request id": element(text, requestId),
    });
  };

function cborLacks(reply: Reply): string | undefined {
  if (!String(reply.headers["content-type"]).includes("cbor")) return "CBOR";
  const { __type, message } = cbor.deserialize(reply.body) as Record<string, unknown>;
  return lacking({ code: __type, message, "request id": reply.headers["x-amzn-requestid"] });
}

/** Errors of the OCI distribution specification have no request id. */
function registryLacks({ body }: Reply): string | undefined {
  const { errors } = parsed(body.toString("utf8")) as { errors?: { code?: string; message?: string }[] };
  return lacking({ code: errors?.[0]?.code, message: errors?.[0]?.message });
}

const form = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
const formType = ["content-type", "application/x-www-form-urlencoded"] as const;

/** @param token password of the registry, as GetAuthorizationToken gives it. */
export const dialectsOf = (token: string): readonly Dialect[] => [
  {
    name: "json",
    good: {
      method: "POST",
      path: "/",
      headers: [
        signed("ssm"),
        ["x-amz-target", "AmazonSSM.PutParameter"],
        ["content-type", "application/x-amz-json-1.1"],
      ],
      body: JSON.stringify({ Name: "/fuzz", Value: "v", Type: "String", Overwrite: true, Tags: [] }),
    },
    lacks: jsonLacks,
  },
  {
    name: "query",
    good: {
      method: "POST",
      path: "/",
      headers: [signed("iam"), formType],
      body: form({ Action: "ListRoles", Version: "2010-05-08", MaxItems: "10" }),
    },
    lacks: xmlLacks("RequestId"),
  },
  {
    name: "ec2",
    good: {
      method: "POST",
      path: "/",
      headers: [signed("ec2"), formType],
      body: form({ Action: "DescribeVpcs", Version: "2016-11-15", "Filter.1.Name": "vpc-id", "Filter.1.Value.1": "x" }),
    },
    lacks: xmlLacks("RequestID"),
  },
  {
    name: "rest-xml",
    good: {
      method: "PUT",
      path: "/fuzz?tagging",
      headers: [signed("s3"), ["content-type", "application/xml"]],
      body: "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
    },
    lacks: xmlLacks("RequestId"),
  },
  {
    name: "rest-json",
    good: {
      method: "PUT",
      path: "/2015-03-31/functions/fuzz/configuration",
      headers: [signed("lambda"), ["content-type", "application/json"]],
      body: JSON.stringify({ Description: "d", Timeout: 3, MemorySize: 128, Environment: { Variables: { A: "b" } } }),
    },
    lacks: jsonLacks,
  },
  {
    name: "cbor",
    good: {
      method: "POST",
      path: "/service/GraniteServiceVersion20100801/operation/PutMetricData",
      headers: [signed("monitoring"), ["smithy-protocol", "rpc-v2-cbor"], ["content-type", "application/cbor"]],
      body: cbor.serialize({
        Namespace: "fuzz",
        MetricData: [{ MetricName: "m", Value: 1, Timestamp: 1_767_225_600 }],
      }),
    },
    lacks: cborLacks,
  },
  {
    name: "registry",
    good: {
      method: "PUT",
      path: "/v2/fuzz/manifests/latest",
      headers: [
        ["authorization", `Basic ${token}`],
        ["content-type", "application/vnd.oci.image.manifest.v1+json"],
      ],
      body: JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${"0".repeat(64)}`, size: 1 }, layers: [] }),
    },
    lacks: registryLacks,
  },
  {
    name: "unsigned",
    good: {
      method: "POST",
      path: "/fuzz",
      headers: [formType],
      body: form({ Action: "Nothing", Version: "2010-05-08" }),
    },
    lacks: xmlLacks("RequestId"),
  },
];

const LONGEST_MS = 10_000;

/** Sends a request exactly as it is; `undefined` when the server closed the connection without a word. */
export function exchange(port: number, raw: Raw): Promise<Reply | undefined> {
  return new Promise((resolve, reject) => {
    const headers = raw.headers.flat();
    const body = typeof raw.body === "string" ? Buffer.from(raw.body) : raw.body;
    const sent = request({
      host: "127.0.0.1",
      port,
      method: raw.method,
      path: raw.path,
      headers: ["host", "127.0.0.1", "content-length", String(body.length), "connection", "close", ...headers],
      timeout: LONGEST_MS,
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(undefined));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("timeout", () =>
      reject(new Error(`no answer within ${LONGEST_MS} ms to ${raw.method} ${raw.path.slice(0, 80)}`)),
    );
    sent.on("error", () => resolve(undefined));
    sent.end(body);
  });
}
