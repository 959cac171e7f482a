import { AwsError } from "../kernel.ts";

/** One page of a listing. Tokens are opaque to clients, as AWS's are: the position, in base64. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly token: string | undefined;
  /** Items per page. */
  readonly limit: number;
  /** The service's error code for a token that it did not hand out. */
  readonly invalidToken?: string;
}

const encode = (position: number): string => Buffer.from(`page:${position}`).toString("base64url");

function decode(token: string, code: string): number {
  const position = /^page:(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (position === undefined) throw new AwsError(code, "The specified token is not valid.");
  return Number(position);
}

/** @param items everything there is, in a stable order. */
export function pageOf<T>(
  items: readonly T[],
  { token, limit, invalidToken = "InvalidNextToken" }: PageRequest,
): Page<T> {
  const start = token ? decode(token, invalidToken) : 0;
  const end = start + limit;
  return { items: items.slice(start, end), nextToken: end < items.length ? encode(end) : undefined };
}

/** `pageOf` for the operations whose input says `nextToken` and `maxResults`. */
export const page = <T>(
  items: readonly T[],
  { nextToken, maxResults }: { readonly nextToken?: string; readonly maxResults?: number },
  defaultSize: number,
): Page<T> =>
  pageOf(items, { token: nextToken, limit: maxResults ?? defaultSize, invalidToken: "InvalidParameterException" });
