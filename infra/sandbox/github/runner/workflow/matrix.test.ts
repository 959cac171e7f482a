import { describe, expect, test } from "@jest/globals";
import { expandMatrix, matrixSuffix } from "./matrix.ts";

describe("a matrix", () => {
  test("is the product of its vectors, in order", () => {
    expect(expandMatrix({ a: [1, 2], b: ["x", "y"] })).toEqual([
      { a: 1, b: "x" },
      { a: 1, b: "y" },
      { a: 2, b: "x" },
      { a: 2, b: "y" },
    ]);
  });

  test("exclude takes out every combination that agrees with it", () => {
    expect(expandMatrix({ a: [1, 2], b: ["x", "y"], exclude: [{ a: 1 }, { a: 2, b: "y" }] })).toEqual([
      { a: 2, b: "x" },
    ]);
  });

  test("include extends what it does not contradict and otherwise stands alone (the example of GitHub's documentation)", () => {
    const matrix = {
      fruit: ["apple", "pear"],
      animal: ["cat", "dog"],
      include: [
        { color: "green" },
        { color: "pink", animal: "cat" },
        { fruit: "apple", shape: "circle" },
        { fruit: "banana" },
        { fruit: "banana", animal: "cat" },
      ],
    };
    expect(expandMatrix(matrix)).toEqual([
      { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
      { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
      { fruit: "pear", animal: "cat", color: "pink" },
      { fruit: "pear", animal: "dog", color: "green" },
      { fruit: "banana" },
      { fruit: "banana", animal: "cat" },
    ]);
  });

  test("include alone lists the jobs", () => {
    expect(expandMatrix({ include: [{ agent: "alpha" }, { agent: "beta" }] })).toEqual([
      { agent: "alpha" },
      { agent: "beta" },
    ]);
  });

  test.each([
    [{ a: [] }, "Matrix vector 'a' does not contain any values"],
    [{ include: [] }, "does not contain any values"],
    [{ a: "x" }, "allowed: a list"],
    ["x", "allowed: a mapping of lists"],
    [{ a: Array.from({ length: 257 }, (_, i) => i) }, "makes 257 jobs; allowed: at most 256"],
  ])("%j is refused", (matrix, message) => {
    expect(() => expandMatrix(matrix)).toThrow(message);
  });

  test("names its jobs by their values", () => {
    expect(matrixSuffix({ agent: "alpha", node: { version: 20 } })).toBe(" (alpha, 20)");
    expect(matrixSuffix(null)).toBe("");
  });
});
