import type { ServiceContext } from "./kernel.ts";

/** An id in the form of a UUID, e.g. `3f9a1c02-…-…-…-…`, of the sandbox's own randomness: a seed gives the same ones again. */
export const uuid = ({ id }: Pick<ServiceContext, "id">): string =>
  id(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
