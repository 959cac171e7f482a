import type { NormalizedSchema } from "@smithy/core/schema";
import type { Operation, ServiceModel } from "./model.ts";
import type { WireRequest } from "./protocol.ts";

/** Which operation of a REST service a request means, from the `http` traits alone. */
export interface Match {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** `?acl`, `?list-type=2`: fixed parts of the query. */
  readonly literals: readonly (readonly [string, string])[];
  /** Query parameters and headers without which the operation makes no sense, e.g. `uploadId`. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Sent by current SDKs only, so it decides between otherwise equal routes and is never demanded. */
  readonly hint: string | undefined;
  /** S3: the bucket comes before the path of the trait, as the SDK's endpoint rules put it there. */
  readonly bucket: boolean;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function patternOf(path: string): { pattern: RegExp; labels: string[] } {
  const labels: string[] = [];
  const source = path.split(/(\{[^}]+\})/).map((part) => {
    const label = /^\{([^}+]+)(\+?)\}$/.exec(part);
    if (!label) return escaped(part);
    labels.push(label[1] ?? "");
    return label[2] ? "(.+)" : "([^/]+)";
  });
  return { pattern: new RegExp(`^${source.join("")}$`, "s"), labels };
}

function requiredMembers(schema: NormalizedSchema): NormalizedSchema[] {
  if (!schema.isStructSchema()) return [];
  const raw: unknown = schema.getSchema();
  const count = Array.isArray(raw) && typeof raw[6] === "number" ? raw[6] : 0;
  return [...schema.structIterator()].slice(0, count).map(([, member]) => member);
}

/** The bucket is a label that the trait's path does not name. */
function bucketLabel(operation: Operation, labels: readonly string[]): boolean {
  return requiredMembers(operation.input).some(
    (member) => member.getMemberName() === "Bucket" && member.getMergedTraits().httpLabel && !labels.includes("Bucket"),
  );
}

function routeOf(operation: Operation): Route | undefined {
  if (!operation.http) return undefined;
  const [method, uri] = operation.http;
  const [path = "/", search = ""] = uri.split("?");
  const { pattern, labels } = patternOf(path);
  const literals = [...new URLSearchParams(search)];
  const required = requiredMembers(operation.input).map((member) => member.getMergedTraits());
  return {
    operation,
    method,
    pattern,
    labels,
    literals: literals.filter(([name]) => name !== "x-id"),
    requiredQuery: required.flatMap(({ httpQuery }) => httpQuery ?? []),
    requiredHeaders: required.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
    hint: literals.find(([name]) => name === "x-id")?.[1],
    bucket: bucketLabel(operation, labels),
  };
}

const routes = new WeakMap<ServiceModel, readonly Route[]>();
function routesOf(model: ServiceModel): readonly Route[] {
  const known = routes.get(model) ?? [...model.operations.values()].flatMap((operation) => routeOf(operation) ?? []);
  routes.set(model, known);
  return known;
}

/** `/bucket/key` → `["bucket", "/key"]`. */
function splitBucket(path: string): [bucket: string, rest: string] {
  const end = path.indexOf("/", 1);
  return end < 0 ? [path.slice(1), "/"] : [path.slice(1, end), path.slice(end)];
}

function matchOf(route: Route, request: WireRequest): Match | undefined {
  if (route.method !== request.method) return undefined;
  if (!route.literals.every(([name, value]) => request.query.get(name) === value)) return undefined;
  if (!route.requiredQuery.every((name) => request.query.has(name))) return undefined;
  if (!route.requiredHeaders.every((name) => request.headers[name] !== undefined)) return undefined;
  const [bucket, path] = route.bucket ? splitBucket(request.path) : ["", request.path];
  const found = route.bucket && bucket === "" ? null : route.pattern.exec(path);
  if (!found) return undefined;
  const labels = route.labels.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]);
  return {
    operation: route.operation,
    labels: Object.fromEntries(route.bucket ? [["Bucket", decodeURIComponent(bucket)], ...labels] : labels),
  };
}

/** More fixed parts are more specific; the SDK's hint decides what is left. */
function weight(route: Route, request: WireRequest): number {
  const fixed = route.literals.length + route.requiredQuery.length + route.requiredHeaders.length;
  return fixed * 4 + (route.hint !== undefined && request.query.get("x-id") === route.hint ? 2 : 0);
}

/** @param preferred decides between operations that the request cannot tell apart (those the service implements). */
export function findRoute(
  model: ServiceModel,
  request: WireRequest,
  preferred: (operation: string) => boolean,
): Match | undefined {
  const found = routesOf(model)
    .flatMap((route) => {
      const match = matchOf(route, request);
      return match ? [{ match, weight: weight(route, request) + (preferred(route.operation.name) ? 1 : 0) }] : [];
    })
    .sort((a, b) => b.weight - a.weight);
  return found[0]?.match;
}
