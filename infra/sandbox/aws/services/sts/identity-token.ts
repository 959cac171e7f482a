import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { AwsError } from "../../kernel.ts";

/** Public keys of an identity provider, by the issuer that its tokens name; `undefined` for an unknown issuer. */
export type IssuerKeys = (issuer: string) => Promise<JSONWebKeySet | undefined> | JSONWebKeySet | undefined;

const invalid = (message: string): AwsError => new AwsError("InvalidIdentityToken", message);

const isLoopback = (issuer: string): boolean =>
  URL.canParse(issuer) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(issuer).hostname);

/** Real milliseconds: an issuer on this machine either answers at once or is not there. */
const fetchTimeout = 5_000;

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeout) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

/**
 * The keys that an issuer on this machine publishes (OpenID Connect discovery). Other issuers are never fetched:
 * the sandbox opens no connection to the outside.
 */
export async function loopbackKeys(issuer: string): Promise<JSONWebKeySet | undefined> {
  if (!isLoopback(issuer)) return undefined;
  const base = issuer.replace(/\/$/, "");
  try {
    const { jwks_uri: uri } = await fetchJson(`${base}/.well-known/openid-configuration`).catch(() => ({
      jwks_uri: `${base}/.well-known/jwks`,
    }));
    return (await fetchJson(String(uri))) as unknown as JSONWebKeySet;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError("IDPCommunicationError", `The issuer's keys could not be fetched: ${reason}`);
  }
}

function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    if (iss) return iss;
  } catch {
    // answered below, like a token without issuer
  }
  throw invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
}

/**
 * The claims of a token whose signature, issuer and life time are right. The life time is measured in real time:
 * it bounds a real exchange between two processes, which a faster sandbox clock does not make faster.
 * @throws AwsError InvalidIdentityToken, ExpiredTokenException
 */
export async function verifiedClaims(token: string, keysOf: IssuerKeys): Promise<JWTPayload> {
  const issuer = issuerOf(token);
  const keys = (await keysOf(issuer)) ?? (await loopbackKeys(issuer));
  if (!keys) throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      requiredClaims: ["aud", "sub", "exp"],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new AwsError("ExpiredTokenException", "Token expired: the identity token's exp claim is in the past.");
    if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
      throw invalid(
        "Couldn't retrieve verification key from your identity provider, or the signature does not match it.",
      );
    throw invalid(`The identity token is not valid: ${error instanceof Error ? error.message : error}`);
  }
}
