import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LineSplitter, MAX_LINE } from "./lines.ts";
import { Masker } from "./masker.ts";

const masking = (...secrets: string[]) => {
  const masker = new Masker();
  for (const secret of secrets) masker.add(secret);
  return masker;
};

/** What a log shows of text that arrives in these chunks. */
function shown(masker: Masker, chunks: readonly Buffer[]): string {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(masker.mask(line)));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines.join("\n");
}

const secret = fc
  .string({ minLength: 4, maxLength: 40, unit: "grapheme" })
  .filter((s) => s.trim().length >= 4 && !/[\r\n*]/.test(s));
const noise = fc.string({ maxLength: 30, unit: "grapheme" }).filter((s) => !s.includes("*"));

describe("masking", () => {
  test("never shows a secret, however the output is cut into chunks", () => {
    fc.assert(
      fc.property(secret, noise, noise, fc.array(fc.nat(200), { maxLength: 8 }), (value, before, after, cuts) => {
        const bytes = Buffer.from(`${before}${value}${after}\n${value}`);
        const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
        expect(shown(masking(value), chunks)).not.toContain(value.trim());
      }),
    );
  });

  test("hides the forms in which tools print a secret", () => {
    fc.assert(
      fc.property(secret, fc.nat(5), (value, padding) => {
        const trimmed = value.trim();
        const masker = masking(value);
        expect(masker.mask(`x ${JSON.stringify(trimmed)}`)).not.toContain(JSON.stringify(trimmed).slice(1, -1));
        expect(masker.mask(encodeURIComponent(trimmed))).not.toContain(encodeURIComponent(trimmed));
        if (Buffer.byteLength(trimmed) < 9) return;
        const encoded = Buffer.from(`${"u".repeat(padding)}${trimmed}:tail`).toString("base64");
        expect(masker.mask(encoded)).not.toBe(encoded);
      }),
    );
  });

  test("overlapping secrets leave no rest of each other", () => {
    expect(masking("abcd", "cdef").mask("-abcdef-")).toBe("-***-");
    expect(masking("ab", "abcd").mask("abcd ab")).toBe("*** ***");
  });

  test("each line of a secret of several lines is hidden", () => {
    expect(masking("first line\nsecond line").mask("a second line b")).toBe("a *** b");
  });

  test("an empty secret hides nothing", () => {
    expect(masking("", "  \n ").mask("a b")).toBe("a b");
  });

  test("masks inside values", () => {
    expect(masking("key1").maskAll({ a: ["key1", 1, null], b: { c: "xkey1" } })).toEqual({
      a: ["***", 1, null],
      b: { c: "x***" },
    });
  });
});

describe("lines", () => {
  test("a line without an end does not fill the memory, and the next one is shown", () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (let i = 0; i < 5; i++) splitter.push(Buffer.alloc(MAX_LINE / 2, "x"));
    splitter.push(Buffer.from("\nnext"));
    splitter.end();
    expect(lines).toEqual([`[a line of more than ${MAX_LINE} characters is not shown]`, "next"]);
  });
});
