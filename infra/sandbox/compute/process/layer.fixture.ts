import { Readable } from "node:stream";
import { type Header, pack as packTar } from "tar-stream";

export type HeaderArgument = Partial<Header> & Pick<Header, "name">;

/** For tests: a tar archive of the entries. */
export function pack(entries: readonly (HeaderArgument & { content?: string })[]): Readable {
  const archive = packTar();
  for (const { content, ...header } of entries) archive.entry(header, content ?? "");
  archive.finalize();
  return Readable.from(archive as AsyncIterable<Uint8Array>);
}
