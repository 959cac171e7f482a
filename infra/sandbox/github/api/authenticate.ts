import type { JobIdentity, TokenPurpose } from "../tokens.ts";

/** Whoever sent a request, by its token; `undefined` for nobody this sandbox knows. */
export type Authenticate = (
  authorization: string | undefined,
) => Promise<{ readonly purpose: TokenPurpose; readonly identity: JobIdentity } | undefined>;
