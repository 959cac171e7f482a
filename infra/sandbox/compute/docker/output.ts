/** One stream of a container's output, whose frames say whether they are stdout or stderr. Source: Engine API, "attach". */
const HEADER = 8;

export type OnLine = (line: string, stream: "stdout" | "stderr") => void;

/** Splits frames into lines as they arrive; call `end` for what has no line break at last. */
export class OutputReader {
  readonly #onLine: OnLine;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #rest = { stdout: "", stderr: "" };

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= HEADER) {
      const size = this.#bytes.readUInt32BE(4);
      if (this.#bytes.length < HEADER + size) return;
      const stream = this.#bytes[0] === 2 ? "stderr" : "stdout";
      this.#text(stream, this.#bytes.subarray(HEADER, HEADER + size).toString());
      this.#bytes = this.#bytes.subarray(HEADER + size);
    }
  }

  end(): void {
    for (const stream of ["stdout", "stderr"] as const)
      if (this.#rest[stream] !== "") this.#onLine(this.#rest[stream], stream);
  }

  #text(stream: "stdout" | "stderr", text: string): void {
    const lines = (this.#rest[stream] + text).split("\n");
    this.#rest[stream] = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line.replace(/\r$/, ""), stream);
  }
}
