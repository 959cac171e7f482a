import { AwsError } from "../aws/kernel.ts";
import type { RepositoryIdentity } from "../github/contract.ts";
import type { Sandbox } from "../sandbox.ts";

/** One role per purpose of the workflows, as an administrator makes them once; the values are repository variables. */
const ROLES = {
  AWS_READ_ROLE: "github-read",
  AWS_DEPLOY_ROLE: "github-deploy",
  AWS_INFRA_ROLE: "github-infra",
} as const;

/**
 * Does to the sandbox's account what an administrator does once to a real one: trusts the GitHub that runs the
 * workflows, and makes a role for each of their purposes. @param issuer URL of GitHub's OIDC issuer.
 * @returns the roles' ARNs by the name of the repository variable that holds them.
 */
export async function trustGithub(
  { aws, account }: Sandbox,
  issuer: string,
  { owner, ownerId, name, id }: RepositoryIdentity,
): Promise<Record<string, string>> {
  const provider = issuer.replace(/^https?:\/\//, "");
  await unlessThere(aws.iam.createOpenIDConnectProvider({ Url: issuer, ClientIDList: ["sts.amazonaws.com"] }));
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${provider}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${provider}:sub`]: `repo:${owner}@${ownerId}/${name}@${id}:*` },
        },
      },
    ],
  });
  for (const role of Object.values(ROLES)) {
    await unlessThere(aws.iam.createRole({ RoleName: role, AssumeRolePolicyDocument: trust }));
    // After a restart on another port the issuer is another one.
    await aws.iam.updateAssumeRolePolicy({ RoleName: role, PolicyDocument: trust });
  }
  return Object.fromEntries(
    Object.entries(ROLES).map(([variable, role]) => [variable, `arn:aws:iam::${account}:role/${role}`]),
  );
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof AwsError && error.code.startsWith("EntityAlreadyExists"))) throw error;
  }
}
