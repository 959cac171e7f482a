import { describe, expect, test } from "@jest/globals";
import { parseCommand } from "../log/commands.ts";
import { parsePairs } from "./command-files.ts";

describe("command files", () => {
  const parse = (text: string) => {
    const faults: string[] = [];
    return { pairs: parsePairs(text, "GITHUB_OUTPUT", faults), faults };
  };

  test("hold lines and blocks", () => {
    const text = "a=1\nb=x=y\n\nc<<EOF\none\ntwo=2\nEOF\nd=\ne<<X\nX\n";
    expect(parse(text)).toEqual({ pairs: { a: "1", b: "x=y", c: "one\ntwo=2", d: "", e: "" }, faults: [] });
  });

  test("a value may hold <<", () => {
    expect(parse("a=x<<y")).toEqual({ pairs: { a: "x<<y" }, faults: [] });
  });

  test("faults are told", () => {
    expect(parse("a<<EOF\nnever ends").faults).toEqual([
      "Invalid value in GITHUB_OUTPUT: matching delimiter not found 'EOF'",
    ]);
    expect(parse("just text").faults[0]).toContain("Invalid format in GITHUB_OUTPUT: 'just text'");
  });
});

describe("workflow commands", () => {
  test("have properties and escaped data", () => {
    expect(parseCommand("::error file=a%2Cb.ts,line=3,title=T%3A::one%0Atwo %25")).toEqual({
      name: "error",
      properties: { file: "a,b.ts", line: "3", title: "T:" },
      data: "one\ntwo %",
    });
    expect(parseCommand("  ::endgroup::")).toEqual({ name: "endgroup", properties: {}, data: "" });
    expect(parseCommand("see std::vector::push")).toBeUndefined();
  });
});
