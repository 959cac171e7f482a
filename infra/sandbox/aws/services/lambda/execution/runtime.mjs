/**
 * Runs in the child process of one execution environment: loads the function's handler and answers its parent's calls.
 * Parent to child: `{ kind: "invoke", … }`. Child to parent: `ready`, `log`, `result`, `failure` (see environment.ts).
 */
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const send = process.send.bind(process);
// The sandbox is gone, so this goes too, and all that the function started: it leads a process group of its own.
process.once("disconnect", () => process.kill(-process.pid, "SIGKILL"));
delete process.send; // a function has no parent to talk to; `disconnect` stays, Node itself calls it

/**
 * Providers of custom resources, the CDK's among them, answer CloudFormation by https to the host and path of the
 * request's ResponseURL. The sandbox's speaks http: such an answer goes to its own address, everything else as it is.
 */
const [, , sandbox, responsesPath] = process.argv;
const { hostname, port } = new URL(sandbox);
const secureRequest = https.request;
https.request = (first, ...more) => {
  const url = typeof first === "string" ? new URL(first) : first;
  const given = url instanceof URL && typeof more[0] === "object" ? more[0] : {};
  const path = given.path ?? url.path ?? `${url.pathname}${url.search ?? ""}`;
  if (!path.startsWith(responsesPath)) return secureRequest(first, ...more);
  const { method, headers } = url instanceof URL ? given : url;
  const listener = more.find((one) => typeof one === "function");
  return http.request({ hostname, port, path, method, headers }, listener);
};
syncBuiltinESMExports();

let requestId;
const LEVELS = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" };
for (const [method, level] of Object.entries(LEVELS))
  console[method] = (...args) => send({ kind: "log", level, requestId, text: format(...args) });

/** As Lambda shows errors: a name, a message and the stack's lines. */
function described(thrown) {
  if (thrown instanceof Error || (typeof thrown === "object" && thrown !== null && "stack" in thrown))
    return {
      errorType: String(thrown.name ?? "Error"),
      errorMessage: String(thrown.message ?? ""),
      trace: String(thrown.stack ?? "").split("\n"),
    };
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

class RuntimeFailure extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function isModule(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
    if (folder === dirname(folder)) return false;
  }
}

async function load(root, path) {
  const base = resolve(root, path);
  const require = createRequire(pathToFileURL(join(root, "package.json")));
  if (existsSync(`${base}.js`))
    return isModule(`${base}.js`) ? await import(pathToFileURL(`${base}.js`)) : require(`${base}.js`);
  if (existsSync(`${base}.mjs`)) return await import(pathToFileURL(`${base}.mjs`));
  if (existsSync(`${base}.cjs`)) return require(`${base}.cjs`);
  return require(base);
}

function importFailure(error, path) {
  if (error instanceof SyntaxError)
    return new RuntimeFailure("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
  const isMissing = error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND";
  if (!isMissing) return error;
  return new RuntimeFailure(
    "Runtime.ImportModuleError",
    `Error: ${error.message.split("\n")[0].replace(/'\/.*\/task\/[^']*'/, `'${path}'`)}`,
  );
}

/** `folder/file.outer.handler` names the export `outer.handler` of `folder/file`. */
async function findHandler(root, name) {
  const [, folder, file, exported] = /^((?:.*\/)?)([^./]*)\.(.+)$/.exec(name) ?? [];
  if (file === undefined) throw new RuntimeFailure("Runtime.MalformedHandlerName", "Bad handler");
  const path = `${folder}${file}`;
  let module;
  try {
    module = await load(root, path);
  } catch (error) {
    throw importFailure(error, path);
  }
  const reach = (from) => exported.split(".").reduce((value, key) => value?.[key], from);
  const handler = reach(module) ?? reach(module?.default);
  if (handler === undefined)
    throw new RuntimeFailure("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeFailure("Runtime.HandlerNotFound", `${name} is not a function`);
  return handler;
}

function contextOf(call, end) {
  const deadline = Date.now() + call.remainingMs;
  const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME } = process.env;
  const succeed = (value) => end(undefined, value);
  const fail = (error) => end(error ?? "handled");
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: call.functionArn,
    awsRequestId: call.requestId,
    clientContext: call.clientContext,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, value) => end(error ?? undefined, value),
    succeed,
    fail,
  };
}

/** What the handler answered, as JSON; `null` for nothing. */
function payloadOf(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? "null";
  } catch {
    throw new RuntimeFailure("Runtime.MarshalError", "Unable to stringify response body");
  }
}

/** The call that runs: whoever ends it first decides. */
let current;

function finish(error, value) {
  if (!current) return;
  const { requestId: id } = current;
  current = undefined;
  process.channel?.ref();
  const memoryBytes = process.memoryUsage().rss;
  try {
    if (error !== undefined && error !== null) throw error;
    send({ kind: "result", requestId: id, payload: payloadOf(value), memoryBytes });
  } catch (thrown) {
    send({ kind: "result", requestId: id, failure: described(thrown), memoryBytes });
  }
}

// Nothing is left to do and nobody answered: Lambda answers for the handler, with what a callback left or null.
process.on("beforeExit", () => finish(current?.error, current?.value));

const noCallbacks = process.env.AWS_EXECUTION_ENV === "AWS_Lambda_nodejs24.x";

async function run(handler, call) {
  requestId = call.requestId;
  const state = { requestId: call.requestId, error: undefined, value: undefined };
  current = state;
  process.channel?.unref();
  const endNow = (error, value) => {
    if (current === state) finish(error, value);
  };
  const context = contextOf(call, endNow);
  const callback = (error, value) => {
    Object.assign(state, { error: error ?? undefined, value });
    if (!context.callbackWaitsForEmptyEventLoop || error) setImmediate(() => endNow(state.error, value));
  };
  try {
    const returned = handler(JSON.parse(call.payload), context, callback);
    if (typeof returned?.then === "function") endNow(undefined, await returned);
    else if (noCallbacks) endNow(undefined, returned); // before Node 24, what a plain function returned was dropped
  } catch (error) {
    endNow(error ?? "undefined");
  }
}

function crash(name) {
  return (error) => {
    const failure = described(error);
    if (name) failure.errorType = name;
    send({ kind: "failure", requestId: current?.requestId, failure }, () => process.exit(128));
  };
}
process.on("uncaughtException", crash());
process.on("unhandledRejection", (error) => {
  const failure = described(error);
  crash("Runtime.UnhandledPromiseRejection")(
    Object.assign(new Error(`${failure.errorType}: ${failure.errorMessage}`), { stack: failure.trace.join("\n") }),
  );
});

try {
  const handler = await findHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  if (noCallbacks && handler.length >= 3)
    throw new RuntimeFailure(
      "Runtime.CallbackHandlerDeprecated",
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  process.on("message", (call) => void run(handler, call));
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "failure", failure: described(error) }, () => process.exit(1));
}
