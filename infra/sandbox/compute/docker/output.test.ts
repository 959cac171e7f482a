import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { OutputReader } from "./output.ts";

const frame = (stream: "stdout" | "stderr", text: string): Buffer => {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
};

test("however the bytes arrive, the lines are the same", () => {
  const words = fc.string({ unit: fc.constantFrom("a", "é", "\n", "b", "\r\n") });
  const frames = fc.array(fc.record({ stream: fc.constantFrom("stdout" as const, "stderr" as const), text: words }));
  fc.assert(
    fc.property(frames, fc.array(fc.nat(20)), (written, sizes) => {
      const bytes = Buffer.concat(written.map(({ stream, text }) => frame(stream, text)));
      const seen = { stdout: [] as string[], stderr: [] as string[] };
      const reader = new OutputReader((line, stream) => seen[stream].push(line));
      let start = 0;
      for (const size of sizes) {
        reader.push(bytes.subarray(start, start + size));
        start += size;
      }
      reader.push(bytes.subarray(start));
      reader.end();
      for (const stream of ["stdout", "stderr"] as const) {
        const text = written.map((one) => (one.stream === stream ? one.text : "")).join("");
        const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
        if (lines.at(-1) === "") lines.pop();
        expect(seen[stream]).toEqual(lines);
      }
    }),
  );
});
