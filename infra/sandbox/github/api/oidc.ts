import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { JobIdentity } from "../tokens.ts";
import type { Authenticate } from "./authenticate.ts";

export type SubjectForm = "immutable" | "names";

export interface OidcOptions {
  readonly issuer: () => string;
  readonly authenticate: Authenticate;
  /** Real time: verifiers compare with theirs. */
  readonly now: () => Date;
  readonly subject?: SubjectForm;
}

/** How long a token is valid; GitHub's are as short-lived. */
const LIFETIME_SECONDS = 300;
const KEY_ID = "sandbox-github";

/** The OIDC issuer of GitHub Actions: discovery, keys, and tokens for jobs with `id-token: write`. */
export function createOidc({ issuer, authenticate, now, subject = "immutable" }: OidcOptions): Hono {
  const keys = onDemand(() => generateKeyPair("RS256"));
  const app = new Hono();
  app.get("/_oidc/.well-known/openid-configuration", (c) =>
    c.json({
      issuer: issuer(),
      jwks_uri: `${issuer()}/.well-known/jwks`,
      subject_types_supported: ["public", "pairwise"],
      response_types_supported: ["id_token"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
      claims_supported: CLAIMS,
    }),
  );
  app.get("/_oidc/.well-known/jwks", async (c) => {
    const jwk = await exportJWK((await keys()).publicKey);
    return c.json({ keys: [{ ...jwk, kid: KEY_ID, alg: "RS256", use: "sig" }] });
  });
  app.get("/_oidc/token", async (c) => {
    const caller = await authenticate(c.req.header("authorization"));
    if (caller?.purpose !== "oidc") return c.json({ message: "Bad credentials" }, 401);
    const { identity } = caller;
    const issued = Math.floor(now().getTime() / 1000);
    const token = await new SignJWT(claimsOf(identity))
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: KEY_ID })
      .setIssuer(issuer())
      .setAudience(c.req.query("audience") || `https://github.com/${identity.repository.owner}`)
      .setSubject(subjectOf(identity, subject))
      .setJti(randomUUID())
      .setIssuedAt(issued)
      .setNotBefore(issued - LIFETIME_SECONDS)
      .setExpirationTime(issued + LIFETIME_SECONDS)
      .sign((await keys()).privateKey);
    return c.json({ value: token, count: token.length });
  });
  app.all("*", (c) => c.json({ message: "Not Found" }, 404));
  return app;
}

/** `repo:owner@id/name@id:environment:prod`, or `ref:` for a job without an environment. */
export function subjectOf({ repository, environment, event, ref }: JobIdentity, form: SubjectForm): string {
  const { owner, ownerId, name, id } = repository;
  const prefix = form === "immutable" ? `repo:${owner}@${ownerId}/${name}@${id}` : `repo:${owner}/${name}`;
  if (environment !== undefined) return `${prefix}:environment:${environment.replaceAll(":", "%3A")}`;
  return event === "pull_request" ? `${prefix}:pull_request` : `${prefix}:ref:${ref}`;
}

function claimsOf(job: JobIdentity): Record<string, string> {
  const { repository } = job;
  return {
    ...{ ref: job.ref, sha: job.sha, ref_type: job.ref.startsWith("refs/tags/") ? "tag" : "branch" },
    ref_protected: "false",
    repository: `${repository.owner}/${repository.name}`,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(repository.ownerId),
    repository_visibility: "private",
    ...{ run_id: String(job.runId), run_number: String(job.runNumber), run_attempt: String(job.attempt) },
    ...{ actor: job.actor, actor_id: String(repository.ownerId), event_name: job.event },
    ...{ head_ref: job.headRef, base_ref: job.baseRef, workflow: job.workflow },
    ...{ workflow_ref: job.workflowRef, workflow_sha: job.sha },
    ...{ job_workflow_ref: job.jobWorkflowRef, job_workflow_sha: job.sha },
    ...(job.environment === undefined ? {} : { environment: job.environment }),
    runner_environment: "self-hosted",
  };
}

const CLAIMS = [
  ...["sub", "aud", "exp", "iat", "iss", "jti", "nbf", "ref", "sha", "repository", "repository_id"],
  ...["repository_owner", "repository_owner_id", "run_id", "run_number", "run_attempt", "repository_visibility"],
  ...["actor", "actor_id", "workflow", "workflow_ref", "workflow_sha", "head_ref", "base_ref", "event_name"],
  ...["ref_type", "ref_protected", "environment", "job_workflow_ref", "job_workflow_sha", "runner_environment"],
];

/** An RSA key takes a while to make; most sandboxes' first seconds do not need it. */
function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
