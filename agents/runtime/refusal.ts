import type { Problem } from "./problems.ts";

/** An answer that is not the one asked for, with its reason; anything else that is thrown is an error of ours. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: RefusalStatus;
  /** Stable word for programs, e.g. `invalid_input`. */
  readonly code: string;
  readonly problems: readonly Problem[];
  constructor(refusal: { status: RefusalStatus; code: string; message: string; problems?: readonly Problem[] }) {
    super(refusal.message);
    this.status = refusal.status;
    this.code = refusal.code;
    this.problems = refusal.problems ?? [];
  }
}

export type RefusalStatus = 400 | 404 | 405 | 413 | 502 | 503;

export const notFound = (message: string): Refusal => new Refusal({ status: 404, code: "not_found", message });

export const invalidInput = (problems: readonly Problem[]): Refusal =>
  new Refusal({
    status: 400,
    code: "invalid_input",
    message: problems.length === 1 ? "1 problem in the input" : `${problems.length} problems in the input`,
    problems,
  });
