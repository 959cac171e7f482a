import { createRequire } from "node:module";
import { join } from "node:path";
import { ActionError } from "../action.ts";

/** Packages that are taken from the checkout's own `node_modules` and never bundled: native ones, and the bundler. */

/** @throws {ActionError} when the package is not installed in the checkout at `root`. */
export function resolveInstalled(root: string, name: string): string {
  try {
    return createRequire(join(root, "package.json")).resolve(name);
  } catch {
    throw new ActionError(`${name} is not installed in ${root}. Run: npm ci`);
  }
}

/** @throws {ActionError} when the package is not installed, or does not load on this machine. */
export function loadInstalled<T>(root: string, name: string): T {
  const file = resolveInstalled(root, name);
  try {
    return createRequire(file)(file) as T;
  } catch (cause) {
    throw new ActionError(
      `${name} is installed in ${root} but does not load: ${(cause as Error).message}. Run: npm ci`,
    );
  }
}
