import type { AwsClients } from "../../../kernel.ts";
import { nameOf } from "../arns.ts";

/** Whether ECS may use a role that a service names: the role exists and its trust policy lets ECS assume it. */

const PRINCIPAL = "ecs.amazonaws.com";

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Whether a trust policy's statement allows ECS to assume the role. Conditions are not evaluated. */
function allows(statement: unknown): boolean {
  if (!isObject(statement) || statement.Effect !== "Allow") return false;
  const principals = isObject(statement.Principal) ? list(statement.Principal.Service) : [];
  const actions = list(statement.Action).map((action) => String(action).toLowerCase());
  return principals.includes(PRINCIPAL) && actions.some((action) => ["sts:assumerole", "sts:*", "*"].includes(action));
}

/** @param policy the trust policy's JSON, percent-encoded as IAM returns it. Pure. */
export function trustsEcs(policy: string | undefined): boolean {
  try {
    const document: unknown = JSON.parse(decodeURIComponent(policy ?? ""));
    return isObject(document) && list(document.Statement).some(allows);
  } catch {
    return false;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && /^NoSuchEntity/.test(error.name);

/** A sandbox that was started without IAM cannot know, and believes the role. */
export async function isAssumable(aws: AwsClients, roleArn: string | undefined): Promise<boolean> {
  if (!roleArn) return false;
  try {
    const { Role } = await aws.iam.getRole({ RoleName: nameOf(roleArn) });
    return trustsEcs(Role?.AssumeRolePolicyDocument);
  } catch (error) {
    return !isMissing(error);
  }
}

/** What follows "Service deployment rolled back because" where ECS may not use the infrastructure role. */
export const missingPermissions = (roleArn: string | undefined): string =>
  `of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`;
