import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { type Descriptor, readDescriptor } from "../host/descriptor.ts";

/** A wrong call of a command: shown as one sentence, exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Parses a command's arguments; an unknown or malformed one is a UsageError. */
export function parsed<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function positiveNumber(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`--${name} is "${value}"; allowed: a number above 0.`);
}

export const repositoryRoot = join(import.meta.dirname, "../../..");
export const descriptorFile = join(repositoryRoot, ".sandbox/running.json");

/** The running sandbox. @throws {UsageError} when there is none, with how to start it. */
export function runningSandbox(): Descriptor {
  const descriptor = readDescriptor(descriptorFile);
  if (!descriptor)
    throw new UsageError("No sandbox is running here. Start one with `npm start` or `npm run sandbox -- up`.");
  return descriptor;
}
