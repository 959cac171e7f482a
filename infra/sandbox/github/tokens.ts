import { jwtVerify, SignJWT } from "jose";
import type { RepositoryIdentity } from "./contract.ts";
import type { Permissions } from "./runner/workflow/permissions.ts";

/** Who a job is: what its tokens say, and what the OIDC token is made of. */
export interface JobIdentity {
  readonly repository: RepositoryIdentity;
  readonly runId: number;
  readonly runNumber: number;
  readonly attempt: number;
  readonly job: string;
  readonly ref: string;
  readonly sha: string;
  readonly event: string;
  readonly actor: string;
  readonly workflow: string;
  /** `owner/repo/.github/workflows/deploy.yml@refs/heads/main` of the run's own file, and of the file with the job. */
  readonly workflowRef: string;
  readonly jobWorkflowRef: string;
  readonly environment?: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly permissions: Permissions;
}

/** `github`: GITHUB_TOKEN. `oidc`: asks for OIDC tokens only. `runner`: the runner itself (deployments, groups). */
export type TokenPurpose = "github" | "oidc" | "runner";

/** GitHub prefixes its installation tokens so that scanners find them; so does the sandbox. */
const PREFIX = "ghs_";

/** Signs a job's identity, so that the API knows the job without a registry of runs. Valid for a day. */
export async function mintToken(secret: string, purpose: TokenPurpose, identity: JobIdentity): Promise<string> {
  const token = await new SignJWT({ purpose, identity })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime("24h")
    .sign(Buffer.from(secret));
  return purpose === "github" ? PREFIX + token : token;
}

/** @returns `undefined` for a token that this sandbox did not sign, or that is too old. */
export async function readToken(
  secret: string,
  token: string,
): Promise<{ purpose: TokenPurpose; identity: JobIdentity } | undefined> {
  try {
    const bare = token.startsWith(PREFIX) ? token.slice(PREFIX.length) : token;
    const { payload } = await jwtVerify(bare, Buffer.from(secret), { algorithms: ["HS256"] });
    return { purpose: payload.purpose as TokenPurpose, identity: payload.identity as JobIdentity };
  } catch {
    return undefined;
  }
}
