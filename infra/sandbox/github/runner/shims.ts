import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Writes an `npm` that comes before the real one in a job's PATH. `npm ci` of a tree whose package.json and lock
 * file are those of the checkout that the sandbox runs from links that checkout's node_modules: the same packages,
 * without a network. Everything else goes to the real npm.
 */
export function writeShims(dir: string, installedFrom: string | undefined): void {
  mkdirSync(dir, { recursive: true });
  const real = findOnPath("npm");
  if (!installedFrom || !real) return;
  const script = `#!/bin/sh
installed=${quote(installedFrom)}
if [ "$1" = ci ] && [ -d "$installed/node_modules" ] &&
  cmp -s package.json "$installed/package.json" && cmp -s package-lock.json "$installed/package-lock.json"; then
  rm -rf node_modules && ln -s "$installed/node_modules" node_modules || exit 1
  echo "(sandbox) npm ci: same lock file as the sandbox's own checkout; linked its node_modules"
  exit 0
fi
exec ${quote(real)} "$@"
`;
  writeFileSync(join(dir, "npm"), script, { mode: 0o755 });
}

function findOnPath(command: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
