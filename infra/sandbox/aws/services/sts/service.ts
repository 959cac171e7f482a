import type { Credentials, STS } from "@aws-sdk/client-sts";
import type { JWTPayload } from "jose";
import {
  type AwsClients,
  AwsError,
  type Caller,
  type Operations,
  type ServiceContext,
  type ServiceModule,
} from "../../kernel.ts";
import { type IssuerKeys, verifiedClaims } from "./identity-token.ts";
import { type TrustRequest, trusts } from "./trust.ts";

/** Sessions: who holds which temporary key, and until when. */
interface Session {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly arn: string;
  readonly userId: string;
  readonly expiration: Date;
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const roleName = (arn: string): string => arn.split("/").at(-1) ?? "";

interface Issue {
  readonly arn: string;
  readonly userId: string;
  /** Seconds; AWS allows 900 to 43200. */
  readonly seconds: number;
}

function checkDuration(seconds: number): void {
  if (seconds >= 900 && seconds <= 43_200) return;
  throw new AwsError(
    "ValidationError",
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
  );
}

/**
 * A session bounds real work (builds, uploads, process starts), which a faster clock does not speed up; so its
 * life is `seconds` of real time, which is `scale` times as many of the sandbox's.
 */
const expirationOf = ({ clock }: ServiceContext, seconds: number): Date =>
  new Date(clock.now().getTime() + seconds * 1000 * clock.scale);

function issuing(context: ServiceContext) {
  const sessions = context.state.collection<Session>("sessions");
  return ({ arn, userId, seconds }: Issue): Required<Credentials> => {
    checkDuration(seconds);
    const AccessKeyId = `ASIA${context.id(16, upper)}`;
    const SessionToken = context.id(256, base64);
    const Expiration = expirationOf(context, seconds);
    sessions.set(AccessKeyId, {
      accessKeyId: AccessKeyId,
      sessionToken: SessionToken,
      arn,
      userId,
      expiration: Expiration,
    });
    return { AccessKeyId, SecretAccessKey: context.id(40, base64), SessionToken, Expiration };
  };
}

interface Role {
  readonly id: string;
  readonly trustPolicy: string;
}

/** The role as IAM knows it; `undefined` when there is none. */
async function findRole({ aws }: ServiceContext, arn: string): Promise<Role | undefined> {
  try {
    const { Role } = await aws.iam.getRole({ RoleName: roleName(arn) });
    if (Role?.Arn !== arn) return undefined;
    return { id: Role.RoleId ?? "", trustPolicy: decodeURIComponent(Role.AssumeRolePolicyDocument ?? "{}") };
  } catch (error) {
    if (error instanceof AwsError && ["NoSuchEntity", "NotImplemented"].includes(error.code)) return undefined;
    throw error;
  }
}

const denied = (action: string, arn: string, caller: string): AwsError =>
  new AwsError("AccessDenied", `User: ${caller} is not authorized to perform: ${action} on resource: ${arn}`, {
    status: 403,
  });

const stringClaims = (claims: JWTPayload): [string, string][] =>
  Object.entries(claims).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));

/** Condition keys `<issuer host and path>:<claim>`, as trust policies name them. */
function conditionKeys(issuer: string, claims: JWTPayload): TrustRequest["context"] {
  const audience = claims.aud === undefined ? [] : [["aud", claims.aud] as const];
  return Object.fromEntries(
    [...stringClaims(claims), ...audience].map(([name, value]) => [`${issuer}:${name}`, value]),
  );
}

async function registeredProvider({ aws }: ServiceContext, arn: string): Promise<string[] | undefined> {
  try {
    const { ClientIDList } = await aws.iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn });
    return ClientIDList ?? [];
  } catch (error) {
    if (error instanceof AwsError && ["NoSuchEntity", "NotImplemented"].includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * With the issuer registered as an identity provider in IAM, the role must exist and its trust policy must allow the
 * token, as at AWS. Without (an account before its one-time set-up) every well-signed token is accepted, and the log says so.
 */
async function authorizeToken(context: ServiceContext, arn: string, claims: JWTPayload): Promise<Role | undefined> {
  const action = "sts:AssumeRoleWithWebIdentity";
  const issuer = String(claims.iss)
    .replace(/^https?:\/\//, "")
    .replace(/\/$/, "");
  const provider = `arn:aws:iam::${context.account}:oidc-provider/${issuer}`;
  const audiences = await registeredProvider(context, provider);
  const role = await findRole(context, arn);
  if (!audiences) {
    context.log(
      `sts: ${claims.iss} is no identity provider of this account yet; AWS would refuse its token for ${arn}`,
    );
    return role;
  }
  if (![claims.aud].flat().some((audience) => audience !== undefined && audiences.includes(audience)))
    throw new AwsError("InvalidIdentityToken", "Incorrect token audience");
  const request: TrustRequest = {
    action,
    principal: { type: "Federated", arn: provider },
    account: context.account,
    context: conditionKeys(issuer, claims),
  };
  if (!role || !trusts(role.trustPolicy, request))
    throw new AwsError("AccessDenied", `Not authorized to perform ${action}`, { status: 403 });
  return role;
}

/** Names under which a service is trusted, where they are not `<id>.amazonaws.com`. Source: IAM, "AWS service principals". */
const SERVICE_NAMES: Partial<Record<keyof AwsClients, readonly string[]>> = {
  ecs: ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"],
  autoscaling: ["application-autoscaling.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"],
};

function principalOf({ service, arn }: Caller): TrustRequest["principal"] {
  if (!service) return { type: "AWS", arn };
  return { type: "Service", names: SERVICE_NAMES[service] ?? [`${service}.amazonaws.com`] };
}

function operationsOf(context: ServiceContext, keysOf: IssuerKeys): Operations<STS> {
  const issue = issuing(context);
  const sessions = context.state.collection<Session>("sessions");
  const assume = (roleArn: string, role: Role | undefined, session: string, seconds = 3600) => {
    const id = role?.id ?? `AROA${context.id(17, upper)}`;
    const arn = `arn:aws:sts::${context.account}:assumed-role/${roleName(roleArn)}/${session}`;
    const userId = `${id}:${session}`;
    return { Credentials: issue({ arn, userId, seconds }), AssumedRoleUser: { Arn: arn, AssumedRoleId: userId } };
  };
  return {
    GetCallerIdentity: (_, { caller }) => ({
      Account: caller.account,
      Arn: caller.arn,
      UserId: sessions.get(caller.accessKeyId)?.userId ?? caller.account,
    }),
    AssumeRole: async ({ RoleArn = "", RoleSessionName = "", DurationSeconds }, { caller }) => {
      const role = await findRole(context, RoleArn);
      const principal = principalOf(caller);
      const request = { action: "sts:AssumeRole", principal, account: context.account, context: {} };
      if (!role || !trusts(role.trustPolicy, request)) throw denied(request.action, RoleArn, caller.arn);
      return assume(RoleArn, role, RoleSessionName, DurationSeconds);
    },
    AssumeRoleWithWebIdentity: async ({
      RoleArn = "",
      RoleSessionName = "",
      WebIdentityToken = "",
      DurationSeconds,
    }) => {
      const claims = await verifiedClaims(WebIdentityToken, keysOf);
      const role = await authorizeToken(context, RoleArn, claims);
      const audience = [claims.aud].flat()[0];
      return {
        ...assume(RoleArn, role, RoleSessionName, DurationSeconds),
        SubjectFromWebIdentityToken: claims.sub,
        Provider: claims.iss,
        Audience: audience,
      };
    },
    GetSessionToken: ({ DurationSeconds = 43_200 }, { caller }) => ({
      Credentials: issue({ arn: caller.arn, userId: caller.account, seconds: DurationSeconds }),
    }),
  };
}

function identifying(context: ServiceContext) {
  const sessions = context.state.collection<Session>("sessions");
  return (accessKeyId: string, sessionToken: string | undefined): string | undefined => {
    const session = sessions.get(accessKeyId);
    if (!session) {
      if (!accessKeyId.startsWith("ASIA")) return undefined;
      throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", {
        status: 403,
      });
    }
    if (session.sessionToken !== sessionToken)
      throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", {
        status: 403,
      });
    if (context.clock.now() >= session.expiration)
      throw new AwsError("ExpiredToken", "The security token included in the request is expired", { status: 403 });
    return session.arn;
  };
}

/** @param keysOf keys of further trusted issuers; those on this machine are found by themselves. */
export const stsTrusting = (keysOf: IssuerKeys): ServiceModule => ({
  id: "sts",
  sdk: () => import("@aws-sdk/client-sts"),
  create: (context) => ({ operations: operationsOf(context, keysOf), identify: identifying(context) }),
});

/** Temporary credentials: assumed roles, web identity, and who a caller is. */
export const sts: ServiceModule = stsTrusting(() => undefined);
