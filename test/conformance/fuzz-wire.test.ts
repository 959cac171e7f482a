import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { services } from "../../infra/sandbox/aws/services.ts";
import { type Dialect, dialectsOf, exchange, type Raw, type Reply, signed } from "./fuzz-dialects.ts";
import { type Harness, startHarness } from "./harness.ts";

/**
 * Requests that are wrong in every way that a client can be, in every protocol: always an error in the form of that
 * protocol, never a crash, never a stack trace or a path of this machine; and the next good request is answered.
 * FUZZ_RUNS says how many random ones there are of each kind (10).
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 10);
const wanted = new Set(["ssm", "iam", "ec2", "s3", "lambda", "cloudwatch", "ecr", "sts"]);
const names = ["json", "query", "ec2", "rest-xml", "rest-json", "cbor", "registry", "unsigned"];

let sandbox: Harness;
let dialects: readonly Dialect[];
beforeAll(async () => {
  jest.spyOn(console, "warn").mockImplementation(() => {}); // the CBOR decoder's, about random bytes
  sandbox = await startHarness(services.filter(({ id }) => wanted.has(id)));
  await sandbox.aws.s3.createBucket({ Bucket: "fuzz" });
  await sandbox.aws.ecr.createRepository({ repositoryName: "fuzz" });
  const { authorizationData } = await sandbox.aws.ecr.getAuthorizationToken({});
  dialects = dialectsOf(authorizationData?.[0]?.authorizationToken ?? "");
});
afterAll(() => sandbox.stop());

const dialect = (name: string): Dialect => {
  const found = dialects.find((one) => one.name === name);
  if (!found) throw new Error(`There is no dialect ${name}.`);
  return found;
};

const traces = /\n\s+at |node:internal|\.ts:\d+/;

/** @returns what is wrong with the reply, if anything. */
function complaint(reply: Reply, lacks: Dialect["lacks"]): string | undefined {
  const text = reply.body.toString("latin1");
  const shown = `${reply.status} ${text.slice(0, 300)}`;
  if (reply.status >= 500 && reply.status !== 501) return `failed: ${shown}`;
  if (traces.test(text) || text.includes(process.cwd()) || text.includes(sandbox.dataDir))
    return `tells too much: ${shown}`;
  const missing = reply.status >= 400 && reply.body.length > 0 ? lacks(reply) : undefined;
  return missing ? `lacks ${missing}: ${shown}` : undefined;
}

async function refuses(one: Dialect, raw: Raw, lacks = one.lacks): Promise<Reply | undefined> {
  const reply = await exchange(sandbox.port, raw);
  const text = reply && complaint(reply, lacks);
  if (text) throw new Error(`${raw.method} ${raw.path.slice(0, 100)} ${text}`);
  return reply;
}

async function stillAnswers({ good, lacks }: Dialect): Promise<void> {
  const reply = await exchange(sandbox.port, good);
  if (!reply) throw new Error("The sandbox no longer answers.");
  expect(complaint(reply, lacks)).toBeUndefined();
}

const half = (body: Raw["body"]): Raw["body"] => body.slice(0, Math.floor(body.length / 2));
const withHeaders = (good: Raw, ...more: Raw["headers"]): Raw => ({ ...good, headers: [...good.headers, ...more] });
const without = (good: Raw, name: string): Raw => ({ ...good, headers: good.headers.filter(([key]) => key !== name) });
/** Bytes; more than the sandbox takes in one request. */
const GIANT = Buffer.alloc(33 * 1024 * 1024, "a");
/** A few KB that unpack to twice that. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

/** Each makes a bad request of a good one. */
const damages: readonly (readonly [string, (good: Raw) => Raw | readonly Raw[]])[] = [
  ["no body", (good) => ({ ...good, body: "" })],
  ["a truncated body", (good) => ({ ...good, body: half(good.body) })],
  [
    "bytes of no kind",
    (good) => ({ ...good, body: Uint8Array.from({ length: 300 }, (_, index) => (index * 151) % 256) }),
  ],
  ["a giant body", (good) => ({ ...good, body: GIANT })],
  ["another content type", (good) => withHeaders(without(good, "content-type"), ["content-type", "image/png"])],
  ["no content type", (good) => without(good, "content-type")],
  ["gzip that is none", (good) => withHeaders(good, ["content-encoding", "gzip"])],
  [
    "gzip that unpacks to far more than is allowed",
    (good) => ({ ...withHeaders(good, ["content-encoding", "gzip"]), body: BOMB }),
  ],
  ["an unknown content encoding", (good) => withHeaders(good, ["content-encoding", "br, rot13"])],
  [
    "aws-chunked that is none",
    (good) =>
      withHeaders(
        good,
        ["x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"],
        ["content-encoding", "aws-chunked"],
      ),
  ],
  [
    "bad syntax of the signature",
    (good) =>
      [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b/c",
        "AWS4-HMAC-SHA256 Credential=////",
        "AWS4-HMAC-SHA256 Credential=a/1/r/__proto__/aws4_request",
        "AWS4-HMAC-SHA256 Credential=a/1/r/constructor/aws4_request",
        "Bearer x",
        "Basic !!!",
        "=",
        "\u00ff",
      ].map((value) => withHeaders(without(good, "authorization"), ["authorization", value])),
  ],
  ["every header twice", (good) => withHeaders(good, ...good.headers)],
  [
    "very many headers",
    (good) => withHeaders(good, ...Array.from({ length: 900 }, (_, n) => [`x-${n}`, "v"] as const)),
  ],
  [
    "paths that leave, end or break",
    (good) =>
      [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cx",
        "//",
        "/%",
        "/%zz",
        "/%00",
        "/a/../b",
        `/${"a/".repeat(3000)}`,
        "/?x=%zz",
        "/fuzz/%E0%A4%A",
        "/v2/../x/manifests/y",
        "/v2/fuzz/manifests/%",
        "/v2/fuzz/blobs/../../../etc/passwd",
        "http://[",
        "*",
      ].map((path) => ({ ...good, path })),
  ],
  [
    "methods that nobody expects",
    (good) => ["GET", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "PROPFIND"].map((method) => ({ ...good, method })),
  ],
  [
    "deep nesting",
    (good) => [
      { ...good, body: `{"Name":${nested(100_000, "[", "]")}}` },
      { ...good, body: nested(50_000, "<a>", "</a>") },
      { ...good, body: `Action=ListRoles&${"a.".repeat(20_000)}=1` },
      { ...good, body: Buffer.alloc(100_000, 0x81) }, // CBOR: a list of one list of one list …
    ],
  ],
  [
    "keys that pollute prototypes",
    (good) => [
      { ...good, body: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"Name":"x"}' },
      {
        ...good,
        body: "Action=ListRoles&__proto__.polluted=1&constructor.prototype.polluted=1&Tags.member.__proto__=1",
      },
      { ...good, body: "<__proto__><polluted>1</polluted></__proto__>" },
      ...["__proto__", "constructor", "hasOwnProperty"].map((name) =>
        withHeaders(without({ ...good, body: `Action=${name}` }, "x-amz-target"), [
          "x-amz-target",
          `AmazonSSM.${name}`,
        ]),
      ),
    ],
  ],
  [
    "numbers and dates out of range",
    (good) => [
      { ...good, body: '{"Name":1e400,"Tier":-0,"Overwrite":99999999999999999999999,"Tags":1e-400}' },
      { ...good, body: "Action=ListRoles&MaxItems=1e999" },
      { ...good, body: "Action=DescribeVpcs&MaxResults=NaN&NextToken=%00" },
      { ...good, body: "<Tagging><TagSet>1e999</TagSet></Tagging>" },
      withHeaders(good, ["date", "yesterday"], ["x-amz-date", "99999999T999999Z"], ["if-modified-since", "never"]),
    ],
  ],
  [
    "entities, comments and declarations in XML",
    (good) =>
      [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Tagging>&b;</Tagging>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Tagging>&a;</Tagging>',
        "<Tagging><!--",
        "<Tagging></Bagging>",
        "<?xml?><a/><b/>",
      ].map((body) => ({ ...good, body })),
  ],
];

/** Of a form: `Tags.member.1..Key=…`, whose keys say how the value is nested. */
const parameters = fc
  .tuple(
    fc.constantFrom("CreateRole", "TagRole", "ListRoles", "x"),
    fc.array(
      fc.tuple(
        fc
          .array(fc.constantFrom("Action", "RoleName", "Tags", "member", "1", "2", "Key", "Value", "__proto__", ""), {
            maxLength: 50,
          })
          .map((parts) => parts.join(".")),
        fc.string(),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([action, extra]) => new URLSearchParams([["Action", action], ...extra]).toString());

describe.each(names)("%s", (name) => {
  test.each(damages)("%s", async (_, damage) => {
    const one = dialect(name);
    const bad = damage(one.good);
    for (const raw of Array.isArray(bad) ? (bad as readonly Raw[]) : [bad as Raw])
      await refuses(one, raw, anyForm(raw, one));
    await stillAnswers(one);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("values of any type, and members that do not exist", async () => {
    const one = dialect(name);
    const body = fc.oneof(
      parameters,
      fc.json({ maxDepth: 3 }),
      fc
        .dictionary(
          fc.constantFrom("Name", "Value", "Tags", "MetricData", "Timeout", "Environment", "config", "layers"),
          fc.jsonValue(),
        )
        .map((value) => JSON.stringify(value)),
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        await refuses(one, { ...one.good, body: value }, one.lacks);
      }),
      { numRuns: RUNS },
    );
    await stillAnswers(one);
  });
});

test("random paths and methods of buckets and keys", async () => {
  const one = dialect("rest-xml");
  const parts = fc.array(
    fc.constantFrom("/", "a", "%", "%2F", "..", "?", "uploads", "delete", "=", "&", "partNumber", "é"),
    { maxLength: 10 },
  );
  const method = fc.constantFrom("PUT", "POST", "DELETE", "PATCH");
  const sha = fc.constantFrom("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  await fc.assert(
    fc.asyncProperty(method, parts, sha, fc.string(), async (verb, path, hash, body) => {
      const raw = withHeaders({ ...one.good, method: verb, path: `/${encodeURI(path.join(""))}`, body }, [
        "x-amz-content-sha256",
        hash,
      ]);
      await refuses(one, raw, anyForm(raw, one));
    }),
    { numRuns: RUNS },
  );
  await stillAnswers(one);
});

/** A request that no longer says its protocol may be refused in the form of another, but in one of them. */
function anyForm(raw: Raw, one: Dialect): Dialect["lacks"] {
  if (
    raw.path === one.good.path &&
    raw.method === one.good.method &&
    raw.headers.every((pair) => one.good.headers.includes(pair))
  )
    return one.lacks;
  return (reply) => {
    const missing = dialects.map(({ lacks }) => attempt(lacks, reply));
    return missing.includes(undefined) ? undefined : missing.join("; ");
  };
}

function attempt(lacks: Dialect["lacks"], reply: Reply): string | undefined {
  try {
    return lacks(reply);
  } catch (error) {
    return String(error);
  }
}

test("HTTP that is none: broken chunks, endless headers, half a request", async () => {
  const pieces = [
    `POST / HTTP/1.1\r\nhost: x\r\n${signed("ssm").join(": ")}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nnonsense\r\n`,
    `POST / HTTP/1.1\r\nhost: x\r\n${signed("ssm").join(": ")}\r\ncontent-length: 10\r\ntransfer-encoding: chunked\r\n\r\n`,
    `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(40_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: x\r\n bad header\r\n\r\n`,
    `POST / HTTP/1.1\r\nhost: x\r\n${signed("ssm").join(": ")}\r\nx-amz-target: AmazonSSM.PutParameter\r\ncontent-length: 100\r\n\r\n{"Na`,
    "\u0000\u0001\u0002",
  ];
  for (const piece of pieces) {
    const text = await new Promise<string>((resolve) => {
      let seen = "";
      const socket = connect(sandbox.port, "127.0.0.1", () => socket.end(piece));
      socket.on("data", (data) => {
        seen += data.toString("latin1");
      });
      socket.on("error", () => resolve(seen)).on("close", () => resolve(seen));
    });
    expect(text).not.toMatch(traces);
    expect(text).not.toMatch(/^HTTP\/1\.1 500/);
  }
  await stillAnswers(dialect("json"));
});
