import { ActionError } from "../action.ts";

/** How every client is made. `endpoint` is set only where `AWS_ENDPOINT_URL` says so (the sandbox). */
export interface AwsSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string][];
}

/**
 * Region and endpoint as the AWS CLI reads them; credentials come from the SDK's own chain.
 * Retries are the SDK's standard mode: exponential back-off with jitter, 8 attempts, so a throttled call waits its turn.
 * @throws {ActionError} when no region is known.
 */
export function awsSettings(env: NodeJS.ProcessEnv, region?: string): AwsSettings {
  const chosen = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!chosen)
    throw new ActionError(
      "No AWS region is set. Give the input `region`, or run aws-actions/configure-aws-credentials before this step.",
    );
  return {
    region: chosen,
    ...(env.AWS_ENDPOINT_URL ? { endpoint: env.AWS_ENDPOINT_URL } : {}),
    maxAttempts: 8,
    customUserAgent: [["karmacadabra-delivery", "0.1.0"]],
  };
}
