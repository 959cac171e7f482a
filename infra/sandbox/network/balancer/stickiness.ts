import { createHash } from "node:crypto";

/**
 * The cookies with which a load balancer keeps a client: AWSALBTG at its target group, AWSALB or AWSALBAPP-0 at its
 * target. A client learns nothing from one: it holds a digest of the subject, when the stickiness ends, and a check.
 * The cookie itself lasts seven days; the configured duration is inside and starts anew with each answer.
 * Source: AWS, "Sticky sessions for your Application Load Balancer".
 */
export interface Stickiness {
  /** How long a client stays after its last request, in sandbox seconds. */
  readonly seconds: number;
  /** Follows the application's cookie of this name; without it, the load balancer's own. */
  readonly appCookie?: string | undefined;
}

const COOKIE_DAYS = 7;
const VALUE = /^([0-9a-f]{32})([0-9a-f]{12})([0-9a-f]{8})$/;

const digest = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** What a cookie says of its subject (a group's ARN, a target's address). */
export const tokenOf = (subject: string): string => digest(subject, 32);

function toldOf(subject: string, endsAt: number): string {
  const told = `${tokenOf(subject)}${Math.round(endsAt).toString(16).padStart(12, "0")}`;
  return `${told}${digest(`check ${told}`, 8)}`;
}

/** The token in a cookie of that name, unless its stickiness is over or somebody changed it. @param now ms since 1970. */
export function keptToken(header: string | undefined, name: string, now: number): string | undefined {
  const [, token = "", ends = "", check] = VALUE.exec(cookieValue(header, name) ?? "") ?? [];
  if (!token || check !== digest(`check ${token}${ends}`, 8) || Number.parseInt(ends, 16) < now) return undefined;
  return token;
}

/** Set-Cookie values: the cookie and, for browsers that ask for SameSite across origins, its CORS twin. */
export function stickyCookies(name: string, subject: string, { seconds, now }: { seconds: number; now: number }) {
  const cookie = appCookie(name, subject, { seconds, now });
  return [cookie, `${cookie.replace("=", "CORS=")}; SameSite=None`];
}

/** The twin is the load balancer's own cookies' alone. */
export function appCookie(name: string, subject: string, { seconds, now }: { seconds: number; now: number }): string {
  const expires = new Date(now + COOKIE_DAYS * 86_400_000).toUTCString();
  return `${name}=${toldOf(subject, now + seconds * 1000)}; Expires=${expires}; Path=/`;
}

export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const mark = pair.indexOf("=");
    if (mark > 0 && pair.slice(0, mark).trim() === name) return pair.slice(mark + 1).trim();
  }
  return undefined;
}
