import { AwsError } from "../../../kernel.ts";
import type { Existing, Scope } from "../resources/handler.ts";
import { type DynamicLookup, resolveDynamic, secretReference } from "../template/dynamic.ts";
import { isValueObject, type ValueObject } from "../template/value.ts";
import type { Snapshot, StackRecord } from "./model.ts";
import type { StackStore } from "./store.ts";

/** Why an operation is given up: another resource failed, a person cancelled it, or its time is over. */
export class Cancelled extends Error {}
/** The sandbox stops: the operation ends where it is and is reported as failed after the next start. */
export class Interrupted extends Error {}

/** One running change of one stack. */
export class Operation {
  readonly store: StackStore;
  readonly id: string;
  readonly #cancel = new AbortController();
  readonly #interrupt = new AbortController();
  /** For the way forward: ends when the operation is cancelled or interrupted. */
  readonly forward = AbortSignal.any([this.#cancel.signal, this.#interrupt.signal]);

  constructor(store: StackStore, id: string) {
    this.store = store;
    this.id = id;
  }

  get stack(): StackRecord {
    return this.store.current(this.id);
  }

  /** For rolling back and deleting: only the end of the sandbox stops these. */
  get back(): AbortSignal {
    return this.#interrupt.signal;
  }

  cancel(reason: Cancelled): void {
    this.#cancel.abort(reason);
  }

  interrupt(): void {
    this.#interrupt.abort(new Interrupted("The sandbox is stopping"));
  }

  get interrupted(): boolean {
    return this.#interrupt.signal.aborted;
  }

  /** @param signal `forward` or `back`: the rollback of a cancelled operation is not itself cancelled. */
  scope(resource: { logicalId: string; type: string }, signal: AbortSignal, initiated: Scope["initiated"]): Scope {
    const { context } = this.store;
    const { name, id } = this.stack;
    return {
      aws: context.aws,
      account: context.account,
      region: context.region,
      clock: context.clock,
      id: context.id,
      log: context.log,
      responses: this.store.responses,
      stackName: name,
      stackId: id,
      logicalId: resource.logicalId,
      type: resource.type,
      signal,
      initiated,
    };
  }

  /** Properties with dynamic references replaced; the result may hold secrets and is never stored. */
  async resolved(properties: ValueObject): Promise<ValueObject> {
    const value = await resolveDynamic(properties, this.#lookup);
    return isValueObject(value) ? value : {};
  }

  async existing(snapshot: Snapshot): Promise<Existing<ValueObject>> {
    const { physicalId, attributes } = snapshot;
    return { physicalId, attributes, properties: await this.resolved(snapshot.properties) };
  }

  readonly #lookup: DynamicLookup = async (service, rest) => {
    const { ssm, secretsmanager } = this.store.context.aws;
    if (service !== "secretsmanager") {
      const answer = await ssm.getParameter({ Name: rest, WithDecryption: service === "ssm-secure" });
      return answer.Parameter?.Value ?? "";
    }
    const { id, jsonKey, stage, version } = secretReference(rest);
    const { SecretString = "" } = await secretsmanager.getSecretValue({
      SecretId: id,
      VersionStage: stage,
      VersionId: version,
    });
    return jsonKey === undefined ? SecretString : jsonMember(SecretString, jsonKey, id);
  };
}

function jsonMember(text: string, key: string, secret: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && Object.hasOwn(value, key))
      return String((value as Record<string, unknown>)[key]);
  } catch {
    // The error below says enough; the parser's message would repeat the secret.
  }
  throw new Error(`Could not find a value associated with JSONKey ${key} in SecretString of ${secret}`);
}

/** A resource's failure in CloudFormation's words. */
export function failureReason(error: unknown, creating: boolean): string {
  if (error instanceof Cancelled) return `Resource ${creating ? "creation" : "update"} cancelled`;
  const message = error instanceof Error ? error.message : String(error);
  return `Resource handler returned message: "${message}" (HandlerErrorCode: ${errorCode(error)})`;
}

function errorCode(error: unknown): string {
  const name = error instanceof AwsError ? error.code : error instanceof Error ? error.name : "";
  if (/AlreadyExist|InUse|Duplicate/.test(name)) return "AlreadyExists";
  if (/NotFound|NoSuch/.test(name)) return "NotFound";
  if (/AccessDenied|Unauthorized/.test(name)) return "AccessDenied";
  if (/Throttl/.test(name)) return "Throttling";
  if (/Limit/.test(name)) return "ServiceLimitExceeded";
  return error instanceof AwsError ? "InvalidRequest" : "GeneralServiceException";
}
