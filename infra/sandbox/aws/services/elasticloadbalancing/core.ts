import type { ServiceContext } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import type { DataPlane } from "./data-plane.ts";
import { validationError } from "./errors.ts";
import type { Records } from "./records.ts";

/** What every operation works with. */
export interface Core {
  readonly context: ServiceContext;
  readonly records: Records;
  readonly plane: DataPlane;
}

export const arnOf = ({ account, region }: ServiceContext, resource: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`;

interface Paged {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
}

/** One page of a describe call. @param input PageSize is 1-400. */
export function paged<T>(items: readonly T[], { Marker, PageSize = 400 }: Paged): { items: T[]; NextMarker?: string } {
  if (!Number.isInteger(PageSize) || PageSize < 1 || PageSize > 400) {
    throw validationError(`Page size '${PageSize}' is not valid; it must be between 1 and 400`);
  }
  const { items: page, nextToken } = pageOf(items, { token: Marker, limit: PageSize, invalidToken: "ValidationError" });
  return { items: page, ...(nextToken ? { NextMarker: nextToken } : {}) };
}

/** Names of load balancers and target groups follow the same rules. @param kind begins the message. */
export function checkName(kind: string, name: string): void {
  if (name.length === 0 || name.length > 32) {
    throw validationError(`${kind} name '${name}' cannot be longer than '32' characters or empty`);
  }
  if (!/^[a-zA-Z0-9-]+$/.test(name)) {
    throw validationError(
      `${kind} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (name.startsWith("-") || name.endsWith("-")) {
    throw validationError(`${kind} name '${name}' cannot begin or end with '-'`);
  }
}
