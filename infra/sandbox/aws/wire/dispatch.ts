import { type AwsClients, AwsError, type RequestContext, type RunningService, type ServiceModule } from "../kernel.ts";
import { refusalReason } from "../refusals.ts";
import { modelOf, type Operation, type ServiceModel } from "./model.ts";
import { type Problem, problemsOf } from "./validate.ts";
import { copyOf, isRecord } from "./values.ts";

/** A service of a running sandbox: its model (loaded on first use) and what it implements. */
export interface Served {
  readonly id: keyof AwsClients;
  readonly service: RunningService;
  readonly model: () => Promise<ServiceModel>;
}

type Handler = (input: unknown, request: RequestContext) => unknown;

const namespaces = new WeakMap<object, Promise<ServiceModel>>();

/** Models are kept for the life of the process: tests start many sandboxes. */
function modelFor(sdk: ServiceModule["sdk"]): Promise<ServiceModel> {
  const known = namespaces.get(sdk);
  if (known) return known;
  const loading = (async () => modelOf(typeof sdk === "function" ? ((await sdk()) as object) : sdk))();
  namespaces.set(sdk, loading);
  return loading;
}

export const serve = (module: ServiceModule, service: RunningService): Served => ({
  id: module.id,
  service,
  model: () => modelFor(module.sdk),
});

export function handlerOf(service: RunningService, operation: string): Handler | undefined {
  const { operations } = service;
  const handler: unknown = Object.hasOwn(operations, operation) ? Reflect.get(operations, operation) : undefined;
  return typeof handler === "function" ? (input, request) => handler.call(operations, input, request) : undefined;
}

const notImplemented = (id: string, operation: string): AwsError =>
  new AwsError(
    "NotImplemented",
    `${id}.${operation} is not implemented by the sandbox: ${refusalReason(id, operation)}. What is: infra/sandbox/aws/IMPLEMENTED.md.`,
    { status: 501 },
  );

/** The code that a service of this protocol answers for input that its schema refuses. */
function validationCode(model: ServiceModel, problems: readonly Problem[]): string {
  const missing = problems.some((problem) => problem.missing);
  if (model.protocol === "json" || model.protocol === "rest-json") return "ValidationException";
  if (model.protocol === "query") return "ValidationError";
  if (model.protocol === "ec2") return missing ? "MissingParameter" : "InvalidParameterValue";
  return "InvalidRequest";
}

function check(model: ServiceModel, operation: Operation, input: unknown): void {
  const problems = problemsOf(operation.input, input);
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected`;
  const text = problems.map((problem) => problem.text).join("; ");
  throw new AwsError(validationCode(model, problems), `${operation.name}: ${count}: ${text}.`);
}

/** @throws AwsError of the service, or NotImplemented, or a validation error that names every problem of the input. */
export async function invoke(
  served: Served,
  call: { readonly operation: string; readonly input: unknown },
  request: RequestContext,
): Promise<unknown> {
  const model = await served.model();
  const operation = model.operations.get(call.operation);
  if (!operation) throw new AwsError("UnknownOperationException", `${served.id} has no operation ${call.operation}.`);
  const handler = handlerOf(served.service, call.operation);
  if (!handler) throw notImplemented(served.id, call.operation);
  check(model, operation, call.input);
  return handler(call.input, request);
}

/** A call from another service: same checks, and neither side can reach into the other's objects. */
async function inProcess(served: Served, method: string, input: unknown, request: RequestContext): Promise<unknown> {
  const operation = method.charAt(0).toUpperCase() + method.slice(1);
  const known = (await served.model()).operations.get(operation);
  if (!known) throw new AwsError("UnknownOperationException", `${served.id} has no operation ${operation}.`);
  const given = copyOf(known.input, isRecord(input) ? input : {});
  return copyOf(known.output, await invoke(served, { operation, input: given }, request));
}

/** `aws.ecs.describeServices(input)` for every service, without a socket. */
export function clientsOf(served: ReadonlyMap<string, Served>, requestContext: () => RequestContext): AwsClients {
  const client = (id: string) =>
    new Proxy(Object.create(null) as object, {
      get: (_, method) => {
        if (typeof method !== "string" || method === "then") return undefined;
        return async (input: unknown) => {
          const target = served.get(id);
          if (!target) throw new AwsError("NotImplemented", `This sandbox was started without ${id}.`, { status: 501 });
          return inProcess(target, method, input, requestContext());
        };
      },
    });
  const clients = new Map<string, object>();
  return new Proxy(Object.create(null) as object, {
    get: (_, id) => {
      if (typeof id !== "string" || id === "then") return undefined;
      const known = clients.get(id) ?? client(id);
      clients.set(id, known);
      return known;
    },
  }) as AwsClients;
}
