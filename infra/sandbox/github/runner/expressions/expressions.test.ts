// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions are the subject
import { describe, expect, test } from "@jest/globals";
import { evaluateCondition, evaluateTemplate, type Scope } from "./expressions.ts";
import { segmentsOf } from "./segments.ts";

const contexts = {
  github: { ref: "refs/heads/main", event: { commits: [{ id: "a" }, { id: "b" }] } },
  matrix: { agent: "alpha", n: 2 },
  needs: { build: { result: "success", outputs: { list: '["x","y"]' } } },
};
const scope = (status?: Partial<Scope["status"]>): Scope => ({
  contexts,
  status: { success: true, failure: false, cancelled: false, ...status },
});

describe("expressions", () => {
  test.each([
    ["plain", "plain"],
    ["${{ matrix.n }}", 2],
    ["${{ fromJSON(needs.build.outputs.list) }}", ["x", "y"]],
    ["${{ matrix.agent }}-${{ matrix.n }}", "alpha-2"],
    ["a ${{ format('{0}}}', 'it''s }}') }} b", "a it's }}} b"],
    ["${{ github.event.commits.*.id }}", ["a", "b"]],
    ["${{ matrix.missing }}", null],
    ["x${{ matrix.missing }}y", "xy"],
    ["${{ contains('Main', 'main') && 'yes' || 'no' }}", "yes"],
    ["${{ case(matrix.n == 1, 'one', matrix.n == 2, 'two', 'many') }}", "two"],
    ["${{ not closed", "${{ not closed"],
  ])("%s is %j", (template, value) => {
    expect(evaluateTemplate(template, scope())).toEqual(value);
  });

  test("keys and values of a mapping, and items of a list", () => {
    const template = { "k-${{ matrix.n }}": ["${{ matrix.agent }}", true, null] };
    expect(evaluateTemplate(template, scope())).toEqual({ "k-2": ["alpha", true, null] });
  });

  test("a fault names the expression", () => {
    expect(() => evaluateTemplate("${{ fromJSON('{') }}", scope())).toThrow(
      /The expression \$\{\{ fromJSON\('\{'\) }} failed/,
    );
    expect(() => evaluateTemplate("${{ nope.x }}", scope())).toThrow(/nope/);
  });

  test.each([
    [undefined, {}, true],
    [undefined, { success: false, failure: true }, false],
    ["matrix.n == 2", {}, true],
    ["matrix.n == 2", { success: false, failure: true }, false],
    ["${{ failure() }}", { success: false, failure: true }, true],
    ["always() && matrix.n == 3", { success: false, failure: true }, false],
    ["'always()' == 'always()'", { success: false, failure: true }, false],
    ["!cancelled()", { success: false, failure: true }, true],
    ["!cancelled()", { success: false, cancelled: true }, false],
    [false, {}, false],
    ["${{ false }} ", {}, false],
    ["x ${{ false }}", {}, true],
  ])("if: %s with %j is %s", (condition, status, holds) => {
    expect(evaluateCondition(condition, scope(status))).toBe(holds);
  });

  test("segments keep }} inside quotes", () => {
    expect(segmentsOf("a${{ '}}' }}b")).toEqual([
      { kind: "text", text: "a" },
      { kind: "expression", text: "'}}'" },
      { kind: "text", text: "b" },
    ]);
  });
});
