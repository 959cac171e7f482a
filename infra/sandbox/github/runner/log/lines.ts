import { StringDecoder } from "node:string_decoder";

/** A longer line is cut: a log is for reading, and a stream without a line end must not fill the memory. */
export const MAX_LINE = 1024 * 1024;

/** Turns chunks of bytes into whole lines; masking works on whole lines, so a secret split over chunks stays hidden. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #emit: (line: string) => void;
  #rest = "";
  #dropping = false;

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    this.#text(this.#decoder.write(chunk));
  }

  end(): void {
    this.#text(this.#decoder.end());
    if (this.#rest && !this.#dropping) this.#emit(this.#rest);
    this.#rest = "";
    this.#dropping = false;
  }

  #text(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!this.#dropping) this.#emit(line);
      this.#dropping = false;
    }
    if (this.#rest.length <= MAX_LINE) return;
    if (!this.#dropping) this.#emit(`[a line of more than ${MAX_LINE} characters is not shown]`);
    this.#dropping = true;
    this.#rest = "";
  }
}
