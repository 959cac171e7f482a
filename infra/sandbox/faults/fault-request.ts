import * as v from "valibot";
import { FAULT_KINDS, type FaultKind, type FaultRequest, type FaultScope } from "./fault.ts";

/** A fault that cannot be: every problem, each with what was given and what is allowed. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

type ScopeMember = keyof FaultScope;
type Parameter = "seconds" | "status" | "rate";

interface Allowance {
  readonly scope: readonly ScopeMember[];
  readonly parameters: readonly Parameter[];
  /** Lowest and highest `status`. */
  readonly status?: readonly [least: number, most: number];
  readonly required?: Parameter;
  /** How often it acts unless told; without it, until it is cleared. */
  readonly count?: number;
}

const tasks: Allowance = { scope: ["agent", "revision"], parameters: [] };
const calls: Allowance = { scope: ["service", "operation", "agent"], parameters: [] };

/** What each kind can be narrowed down to and told. */
const ALLOWANCES: Readonly<Record<FaultKind, Allowance>> = {
  "task-crash": tasks,
  "start-failure": tasks,
  "memory-leak": tasks,
  "spot-reclaim": tasks,
  // A matcher accepts codes up to 499 at most, so a status from 500 on fails every health check.
  "health-flap": { ...tasks, parameters: ["status"], status: [500, 599] },
  "slow-answers": { ...tasks, parameters: ["seconds"] },
  "failing-answers": { ...tasks, parameters: ["status"], status: [400, 599] },
  "api-throttle": { ...calls, parameters: ["rate"] },
  "api-error": { ...calls, parameters: ["status"], status: [500, 599] },
  "api-latency": { ...calls, parameters: ["seconds"] },
  "connection-reset": calls,
  "half-response": calls,
  "expired-credentials": calls,
  "blob-missing": { scope: ["agent"], parameters: [] },
  "clock-jump": { scope: [], parameters: ["seconds"], required: "seconds", count: 1 },
};

const PARAMETERS: readonly Parameter[] = ["seconds", "status", "rate"];
const SCOPE_MEMBERS: readonly ScopeMember[] = ["service", "operation", "agent", "revision"];

const KINDS = `one of ${Object.keys(FAULT_KINDS).join(", ")}`;
const text = (what: string) => v.pipe(v.string(what), v.nonEmpty(what));
const SHAPE = v.strictObject({
  kind: v.picklist(Object.keys(FAULT_KINDS) as FaultKind[], KINDS),
  scope: v.exactOptional(
    v.strictObject(
      {
        service: v.exactOptional(text("the id of an AWS service, e.g. ecs")),
        operation: v.exactOptional(text("an operation, e.g. DescribeServices")),
        agent: v.exactOptional(text("the name of an ECS service")),
        revision: v.exactOptional(text("the ARN of a service revision or a task definition")),
      },
      `an object with some of ${SCOPE_MEMBERS.join(", ")}`,
    ),
  ),
  probability: v.exactOptional(within("a number above 0, up to 1", (n) => n > 0 && n <= 1)),
  count: v.exactOptional(within("a whole number from 1", (n) => Number.isInteger(n) && n >= 1)),
  seconds: v.exactOptional(within("a number of seconds", () => true)),
  status: v.exactOptional(within("a whole number, an HTTP status", Number.isInteger)),
  rate: v.exactOptional(within("a number of calls per second, from 0", (n) => n >= 0)),
});

function within(what: string, holds: (value: number) => boolean) {
  return v.pipe(
    v.number(what),
    v.check((value) => Number.isFinite(value) && holds(value), what),
  );
}

/** @throws {FaultError} naming every problem of what somebody wants to break. */
export function checkedFault(wanted: unknown): FaultRequest {
  const given = typeof wanted === "object" && wanted !== null ? withoutUndefined(wanted) : wanted;
  const { success, output, issues } = v.safeParse(SHAPE, given, { abortPipeEarly: true });
  const problems = [...(issues ?? []).map(problemOf), ...ofKind(given)];
  if (!success || problems.length > 0) throw new FaultError(problems);
  const { count } = ALLOWANCES[output.kind];
  return count === undefined ? output : { count, ...output };
}

/** An absent member and one that is undefined mean the same. */
function withoutUndefined(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === undefined) return [];
      return [[key, key === "scope" && typeof member === "object" && member ? withoutUndefined(member) : member]];
    }),
  );
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "the fault";
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = path.startsWith("scope.") ? SCOPE_MEMBERS : Object.keys(SHAPE.entries);
    return `${path}: is no member; allowed: ${known.join(", ")}.`;
  }
  if (issue.type === "strict_object" && path === "kind") return `kind: is missing; allowed: ${KINDS}.`;
  const got = issue.input === undefined ? "is missing" : `is ${JSON.stringify(issue.input)}`;
  return `${path}: ${got}; allowed: ${allowed(issue)}.`;
}

const allowed = (issue: v.BaseIssue<unknown>): string =>
  issue.message.startsWith("Invalid ") ? (issue.expected ?? "another value") : issue.message;

/** What is wrong for this kind, though it might be right for another. */
function ofKind(given: unknown): string[] {
  if (typeof given !== "object" || given === null) return [];
  const { kind, scope, status, seconds } = given as Partial<FaultRequest>;
  if (typeof kind !== "string" || !Object.hasOwn(ALLOWANCES, kind)) return [];
  const allowance = ALLOWANCES[kind];
  const foreign = SCOPE_MEMBERS.filter(
    (member) => Object.hasOwn(Object(scope), member) && !allowance.scope.includes(member),
  );
  const useless = PARAMETERS.filter((name) => name in given && !allowance.parameters.includes(name));
  return [
    ...foreign.map((member) => `scope.${member}: does not narrow down ${kind}; allowed: ${listed(allowance.scope)}.`),
    ...useless.map((name) => `${name}: means nothing to ${kind}; allowed: ${listed(allowance.parameters)}.`),
    ...statusProblems(kind, status, allowance.status),
    ...(typeof seconds === "number" && seconds < 0 && kind !== "clock-jump"
      ? [`seconds: is ${seconds}; allowed for ${kind}: a number from 0.`]
      : []),
    ...(allowance.required && !(allowance.required in given)
      ? [`${allowance.required}: is missing; ${kind} needs it.`]
      : []),
  ];
}

function statusProblems(kind: string, status: unknown, range: Allowance["status"]): string[] {
  if (typeof status !== "number" || !range || (status >= range[0] && status <= range[1])) return [];
  return [`status: is ${status}; allowed for ${kind}: ${range[0]} to ${range[1]}.`];
}

const listed = (names: readonly string[]): string => names.join(", ") || "none";
