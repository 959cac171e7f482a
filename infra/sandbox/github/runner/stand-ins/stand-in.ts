import { GithubError } from "../../contract.ts";
import type { Frame, JobState, StepRun } from "../job/job-state.ts";

/** What a stand-in works with; it runs inside the runner, without a process of its own. */
export interface StandInRequest {
  readonly job: JobState;
  readonly frame: Frame;
  readonly run: StepRun;
  /** `with:` by lower-case name, as given; defaults are the stand-in's. */
  readonly inputs: Readonly<Record<string, string>>;
}

export type StandIn = (request: StandInRequest) => Promise<void>;

/** An input, or its default when it is not given or empty. */
export const input = (request: StandInRequest, name: string, fallback = ""): string =>
  request.inputs[name]?.trim() || fallback;

/** @throws {GithubError} for anything but YAML 1.2's booleans, as the toolkit's getBooleanInput does. */
export function flag(request: StandInRequest, name: string, fallback: boolean): boolean {
  const value = input(request, name, String(fallback));
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (/^(false|False|FALSE)$/.test(value)) return false;
  throw new GithubError(`input ${name} is "${value}"; allowed: true, false`);
}
