import { HOP_BY_HOP } from "../http-semantics.ts";

/** What goes on to the other side. @param raw names and values in turn, and so is the result. */
export function passedOn(raw: readonly (string | Buffer)[]): string[] {
  const result: string[] = [];
  const text = (part: string | Buffer = "") => (typeof part === "string" ? part : part.toString("latin1"));
  for (let i = 0; i < raw.length; i += 2) {
    const name = text(raw[i]);
    if (!HOP_BY_HOP.has(name.toLowerCase())) result.push(name, text(raw[i + 1]));
  }
  return result;
}
