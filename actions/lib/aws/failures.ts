import { ActionError } from "../action.ts";

const named = (error: unknown): error is Error =>
  typeof error === "object" && error !== null && "name" in error && "message" in error;

/** True when `error` is the AWS error of one of these codes, e.g. `ParameterNotFound`. */
export const isAwsError = (error: unknown, ...codes: string[]): boolean => named(error) && codes.includes(error.name);

const REFUSED = ["AccessDeniedException", "AccessDenied", "UnauthorizedOperation"];
const EXPIRED = ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"];

/** The permission is missing: a check that only informs may be skipped, a change may not. */
export const isDenied = (error: unknown): boolean => isAwsError(error, ...REFUSED);

/** Says an AWS or network failure in the user's words; anything else passes through unchanged. */
export function explainAwsFailure(error: unknown): unknown {
  if (!named(error) || error instanceof ActionError) return error;
  const fix = remedy(error);
  if (!fix) return error;
  return new ActionError(`AWS answered ${error.name}: ${error.message}\n${fix}`, { cause: error });
}

function remedy(error: Error): string | undefined {
  if (EXPIRED.includes(error.name))
    return "The credentials of this job are not valid (any more). Run aws-actions/configure-aws-credentials again before this step, or ask for a longer session with its input `role-duration-seconds`.";
  if (REFUSED.includes(error.name))
    return "The role of this job lacks this permission. Its policy belongs to infra/aws/policies.";
  if (error.name === "CredentialsProviderError")
    return "This job has no AWS credentials. Run aws-actions/configure-aws-credentials before this step.";
  if ("code" in error && (error.code === "ECONNREFUSED" || error.code === "ENOTFOUND"))
    return "AWS could not be reached. Check AWS_REGION and AWS_ENDPOINT_URL of this job.";
  if (error.name === "ThrottlingException")
    return "AWS throttled the account for longer than the retries last. Run again.";
  return "$metadata" in error ? "Run again; if it stays, the request or the account is at fault." : undefined;
}
