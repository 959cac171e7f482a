import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { cloudwatch } from "../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { iam } from "../../infra/sandbox/aws/services/iam/service.ts";
import { s3 } from "../../infra/sandbox/aws/services/s3/service.ts";
import { ssm } from "../../infra/sandbox/aws/services/ssm/service.ts";
import { sts } from "../../infra/sandbox/aws/services/sts/service.ts";
import { type Harness, startHarness } from "./harness.ts";

/** Whatever arrives, the server answers something AWS-like below 500 (501: not implemented) and lives on. */
let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness([ssm, iam, s3, cloudwatch, sts]);
});
afterAll(() => sandbox.stop());

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, Signature=0`;
const isCivil = (status: number): boolean => (status >= 200 && status < 500) || status === 501;

interface Attempt {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | string | undefined;
}

async function answers({ method = "POST", path = "/", headers, body }: Attempt): Promise<void> {
  const response = await fetch(sandbox.endpoint + path, {
    method,
    headers,
    body: body === undefined ? null : Buffer.from(body),
  });
  const text = await response.text();
  if (!isCivil(response.status)) throw new Error(`${response.status}: ${text.slice(0, 500)}`);
  expect(text).not.toContain(process.cwd());
}

const runs = { numRuns: 60 };
const bytes = fc.uint8Array({ maxLength: 300 });
const json = fc.json().map((text) => text);

describe("arbitrary bodies", () => {
  test("JSON", async () => {
    const operation = fc.constantFrom(
      "PutParameter",
      "GetParameters",
      "DescribeParameters",
      "Nonsense",
      "__proto__",
      "constructor",
    );
    await fc.assert(
      fc.asyncProperty(operation, fc.oneof(bytes, json), (name, body) =>
        answers({ headers: { authorization: signed("ssm"), "x-amz-target": `AmazonSSM.${name}` }, body }),
      ),
      runs,
    );
  });

  test("query", async () => {
    const key = fc.array(
      fc.constantFrom("Action", "RoleName", "Tags", "member", "1", "2", "Key", "Value", "__proto__", ""),
      { maxLength: 50 },
    );
    const pairs = fc.array(
      fc.tuple(
        key.map((parts) => parts.join(".")),
        fc.string(),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("CreateRole", "TagRole", "ListRoles", "x"), pairs, (action, extra) => {
        const body = new URLSearchParams([["Action", action], ...extra]).toString();
        return answers({
          headers: { authorization: signed("iam"), "content-type": "application/x-www-form-urlencoded" },
          body,
        });
      }),
      runs,
    );
  });

  test("XML, headers, chunks and odd paths", async () => {
    const path = fc.array(
      fc.constantFrom("/", "a", "%", "%2F", "..", "?", "uploads", "delete", "=", "&", "partNumber", "é"),
      { maxLength: 10 },
    );
    const method = fc.constantFrom("PUT", "POST", "DELETE", "PATCH");
    const sha = fc.constantFrom("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    await fc.assert(
      fc.asyncProperty(method, path, sha, fc.oneof(bytes, fc.string()), (verb, parts, hash, body) =>
        answers({
          method: verb,
          path: `/${encodeURI(parts.join(""))}`,
          headers: { authorization: signed("s3"), "x-amz-content-sha256": hash },
          body,
        }),
      ),
      runs,
    );
  });

  test("CBOR", async () => {
    const headers = { authorization: signed("monitoring"), "smithy-protocol": "rpc-v2-cbor" };
    const path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
    await fc.assert(
      fc.asyncProperty(bytes, (body) => answers({ path, headers, body })),
      runs,
    );
  });

  test("credentials and targets of no known kind", async () => {
    const headerText = fc.stringMatching(/^[ -~]{0,80}$/);
    await fc.assert(
      fc.asyncProperty(headerText, headerText, json, (authorization, target, body) =>
        answers({ headers: { authorization, "x-amz-target": target }, body }),
      ),
      runs,
    );
  });
});

test("bytes that are not HTTP at all", async () => {
  const { port } = sandbox;
  const send = (data: Uint8Array) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(data));
      socket
        .on("error", () => resolve())
        .on("close", () => resolve())
        .resume();
    });
  await fc.assert(fc.asyncProperty(bytes, send), { numRuns: 20 });
  await answers({
    headers: { authorization: signed("ssm"), "x-amz-target": "AmazonSSM.DescribeParameters" },
    body: "{}",
  });
});

test("JSON nested deeper than a stack", async () => {
  const body = `{"Names":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  await answers({ headers: { authorization: signed("ssm"), "x-amz-target": "AmazonSSM.GetParameters" }, body });
});
