import { isRecord } from "../../../wire/values.ts";

/** Small checks of JSON values, each of which says what is wrong at which path. */
export interface Message {
  /** As AWS writes it: `/widgets/0/properties/metrics/0`. */
  readonly dataPath: string;
  readonly message: string;
}

export type Json = Readonly<Record<string, unknown>>;

export const wrong = (dataPath: string, message: string): Message[] => [{ dataPath, message }];

export const record = (value: unknown): Json => (isRecord(value) ? value : {});

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A whole number between the bounds; absent is fine. */
export function integer(value: unknown, path: string, [least, most]: readonly [number, number]): Message[] {
  if (value === undefined) return [];
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
    ? []
    : wrong(path, `Should be an integer between ${least} and ${most}`);
}

export function oneOf(value: unknown, path: string, allowed: readonly unknown[]): Message[] {
  return value === undefined || allowed.includes(value)
    ? []
    : wrong(path, `Should be equal to one of the allowed values: ${allowed.join(", ")}`);
}

export function text(value: unknown, path: string): Message[] {
  return typeof value === "string" && value !== "" ? [] : wrong(path, "Should be a string that is not empty");
}
