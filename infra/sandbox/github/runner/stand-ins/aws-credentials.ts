import {
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { GithubError } from "../../contract.ts";
import { setVariable } from "../job/step-process.ts";
import { flag, input, type StandInRequest } from "./stand-in.ts";

/** GitHub's audience for AWS. */
const AUDIENCE = "sts.amazonaws.com";

/** `aws-actions/configure-aws-credentials`: OIDC and AssumeRoleWithWebIdentity, against AWS_ENDPOINT_URL. */
export async function configureAwsCredentials(request: StandInRequest): Promise<void> {
  const { job, run } = request;
  const role = input(request, "role-to-assume");
  const region = input(request, "aws-region");
  if (!region) throw new GithubError("input aws-region is missing; it is required");
  if (!role)
    throw new GithubError("input role-to-assume is missing; this stand-in knows OIDC only, and stored keys are no way");
  const endpoint = job.env.AWS_ENDPOINT_URL ?? job.run.request.env.AWS_ENDPOINT_URL;
  if (!endpoint) throw new GithubError("AWS_ENDPOINT_URL is not set; the stand-in never speaks to the real AWS");
  const token = await idToken(request, input(request, "audience", AUDIENCE));
  const credentials = await assume(request, { role, region, endpoint, token });
  for (const secret of [credentials.SecretAccessKey, credentials.SessionToken]) if (secret) job.masker.add(secret);
  if (credentials.AccessKeyId) job.masker.add(credentials.AccessKeyId);
  const set = (name: string, value: string | undefined) => setVariable(job, run, name, value ?? "");
  set("AWS_DEFAULT_REGION", region);
  set("AWS_REGION", region);
  set("AWS_ACCESS_KEY_ID", credentials.AccessKeyId);
  set("AWS_SECRET_ACCESS_KEY", credentials.SecretAccessKey);
  set("AWS_SESSION_TOKEN", credentials.SessionToken);
  await reportAccount(request, { region, endpoint, credentials });
}

async function idToken(request: StandInRequest, audience: string): Promise<string> {
  const { oidc } = request.job;
  if (!oidc)
    throw new GithubError(
      "Could not load credentials: this job has no OIDC token. It needs `permissions: id-token: write`, " +
        "and a called workflow needs it from its caller as well.",
    );
  const response = await fetch(`${oidc.url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${oidc.token}` },
  });
  const body = (await response.json()) as { value?: string; message?: string };
  if (!response.ok || !body.value)
    throw new GithubError(`the OIDC token was refused: ${response.status} ${body.message ?? ""}`);
  request.job.masker.add(body.value);
  return body.value;
}

interface Assumption {
  readonly role: string;
  readonly region: string;
  readonly endpoint: string;
  readonly token: string;
}

async function assume(request: StandInRequest, { role, region, endpoint, token }: Assumption): Promise<Credentials> {
  const client = new STSClient({ endpoint, region, credentials: { accessKeyId: "none", secretAccessKey: "none" } });
  const seconds = Number(input(request, "role-duration-seconds", "3600"));
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200)
    throw new GithubError(
      `role-duration-seconds is "${input(request, "role-duration-seconds")}"; allowed: 900 to 43200`,
    );
  try {
    const { Credentials: credentials } = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: role,
        RoleSessionName: input(request, "role-session-name", "GitHubActions"),
        WebIdentityToken: token,
        DurationSeconds: seconds,
      }),
    );
    if (!credentials) throw new Error("no credentials were returned");
    return credentials;
  } catch (error) {
    throw new GithubError(`Could not assume role ${role} with OIDC: ${(error as Error).message}`);
  } finally {
    client.destroy();
  }
}

async function reportAccount(
  request: StandInRequest,
  { region, endpoint, credentials }: { region: string; endpoint: string; credentials: Credentials },
): Promise<void> {
  const client = new STSClient({
    endpoint,
    region,
    credentials: {
      accessKeyId: credentials.AccessKeyId ?? "",
      secretAccessKey: credentials.SecretAccessKey ?? "",
      sessionToken: credentials.SessionToken ?? "",
    },
  });
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    const allowed = input(request, "allowed-account-ids");
    if (
      allowed &&
      !allowed
        .split(",")
        .map((id) => id.trim())
        .includes(Account ?? "")
    )
      throw new GithubError(`account ${Account} is not one of allowed-account-ids ${allowed}`);
    if (flag(request, "mask-aws-account-id", false) && Account) request.job.masker.add(Account);
    request.run.outputs["aws-account-id"] = Account ?? "";
    request.run.log(`Authenticated as ${Arn}`);
  } finally {
    client.destroy();
  }
}
