import { strToU8, zipSync } from "fflate";

/** A function's zip from its files' texts; the same texts give the same bytes. */
export const zip = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])), {
    mtime: new Date(2026, 0, 1),
  });
