import type { Clock } from "../../../../clock.ts";
import type { AwsClients } from "../../../kernel.ts";
import type { Responses } from "../responses.ts";
import type { Value, ValueObject } from "../template/value.ts";

/** What a handler may use besides the properties. */
export interface Scope {
  readonly aws: AwsClients;
  readonly account: string;
  readonly region: string;
  readonly clock: Clock;
  readonly id: (length: number, alphabet?: string) => string;
  readonly log: (line: string) => void;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  /** Where custom resources answer. */
  readonly responses: Responses;
  /** Aborted when the stack operation is given up; a handler that waits stops then. */
  readonly signal: AbortSignal;
  /** Reports the physical id as soon as the resource exists, so that a failure afterwards still deletes it. */
  readonly initiated: (physicalId: string, attributes?: ValueObject) => void;
}

/** What exists after a create or update: `physicalId` is what Ref returns, `attributes` what Fn::GetAtt returns. */
export interface Made {
  readonly physicalId: string;
  readonly attributes?: ValueObject;
}

export interface Existing<P> {
  readonly physicalId: string;
  readonly properties: P;
  readonly attributes: ValueObject;
}

/** From what to what a part of a resource has to go. */
export interface Between<P> {
  readonly before: P;
  readonly after: P;
}

/** Creates, updates and deletes resources of one type by calling the service that owns them. */
export interface Handler<P> {
  readonly create: (properties: P, scope: Scope) => Promise<Made>;
  /** In-place update. Absent: every change replaces the resource. */
  readonly update?: (properties: P, existing: Existing<P>, scope: Scope) => Promise<Made>;
  /** Absent: nothing has to be deleted. Must succeed when the resource is already gone. */
  readonly delete?: (existing: Existing<P>, scope: Scope) => Promise<void>;
  /** Property with the custom name; replacing a resource that keeps it is refused, as AWS does. */
  readonly nameProperty?: string;
  /** Properties that replace the resource although the schema calls them updatable only under conditions. */
  readonly replaces?: (changed: readonly string[]) => boolean;
}

/** A handler whose properties the schema has already validated; `unknown` shapes end here. */
export type AnyHandler = Handler<ValueObject>;

/**
 * Gives a handler typed properties. The cast is sound because the engine calls a handler only with properties that
 * passed the CloudFormation schema of its type, and P describes that schema.
 */
export const handler = <P extends object>(typed: Handler<P>): AnyHandler => typed as unknown as AnyHandler;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Attributes of a resource, without those that have no value. */
export const attributes = (values: Readonly<Record<string, Value | undefined>>): ValueObject =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined));

/** What an AWS call must have returned; its absence is a bug of the service, named as such. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`The service answered without ${what}`);
  return value;
}

/** Runs a delete and ignores the errors that say that the resource is gone. `gone` matches the error's code. */
export async function unlessGone(gone: RegExp, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error && gone.test(error.name))) throw error;
  }
}

/** Tags to set and keys to remove, to get from one list of tags to another. */
export function tagChanges(before: readonly Tag[] = [], after: readonly Tag[] = []): { set: Tag[]; remove: string[] } {
  const old = new Map(before.map((tag) => [tag.Key, tag.Value]));
  const keys = new Set(after.map((tag) => tag.Key));
  return {
    set: after.filter((tag) => old.get(tag.Key) !== tag.Value),
    remove: [...old.keys()].filter((key) => !keys.has(key)),
  };
}
