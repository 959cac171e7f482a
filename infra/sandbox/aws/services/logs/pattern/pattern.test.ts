import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AwsError } from "../../../kernel.ts";
import { patternOf } from "./pattern.ts";

const access = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
const json = JSON.stringify({
  user: { id: 1, email: "john@example.com" },
  users: [
    { id: 2, email: "JD@example.com" },
    { id: 3, email: "jane@example.com" },
  ],
  actions: ["GET", "PUT"],
  coordinates: [[0, 1, 2]],
  latency: 512.5,
  eventType: "UpdateTrail",
  flag: true,
  nothing: null,
});

describe("text", () => {
  test.each([
    ["ERROR", "[ERROR] fatal", true],
    ["ERROR Exception", "[ERROR] no", false],
    ["?ERROR ?WARN", "WARN slow", true],
    ["ERROR -Exiting", "Exiting with ERRORCODE", false],
    ['"no space"', "there is no space", true],
    ["%ER+OR%", "ERRRROR", true],
    ["", "anything", true],
  ])("%j on %j: %s", (pattern, line, expected) => expect(patternOf(pattern).matches(line)).toBe(expected));
});

describe("JSON, with AWS's examples of compound conditions", () => {
  test.each([
    ['{ ($.user.id = 1) && ($.users[0].email = "JD@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    ['{ $.user.email = "john@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }', true],
    ['{ ($.user.email = "john@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }', false],
    ["{ $.latency >= 500 }", true],
    ["{ $.latency < 5e2 }", false],
    ["{ $.latency = * }", true],
    ['{ $.eventType = "Update*" }', true],
    ["{ $.eventType = %^Up% }", true],
    ["{ $.eventType != DeleteTrail }", true],
    ["{ $.users = 1 }", false],
    ["{ $.users != 1 }", false],
    ["{ $.nothing IS NULL }", true],
    ["{ $.other NOT EXISTS }", true],
    ["{ $.flag IS TRUE }", true],
  ])("%s: %s", (pattern, expected) => expect(patternOf(pattern).matches(json)).toBe(expected));

  test("no line without JSON matches", () => expect(patternOf("{ $.a NOT EXISTS }").matches("plain")).toBe(false));
});

describe("fields between spaces", () => {
  test.each([
    ["[ip, user, username, timestamp, request, status_code = 4*, bytes > 1000]", true],
    ["[ip, user, username, timestamp, request, status_code = 4* && status_code != 404, bytes]", false],
    ["[..., status_code, bytes]", true],
    ["[ip, user, ...]", true],
    ["[ip, ..., request = *html*, status_code = 4*, bytes]", true],
    ["[ip, user]", false],
    ["[w1=ERROR || w1=127.0.0.1, ...]", true],
  ])("%s: %s", (pattern, expected) => expect(patternOf(pattern).matches(access)).toBe(expected));

  test("fields are extracted by name, the others by number", () => {
    expect(patternOf("[..., request=*.html*, status_code=4*,]").extract(access)).toEqual({
      $1: "127.0.0.1",
      $2: "-",
      $3: "frank",
      $4: "10/Oct/2000:13:25:15 -0700",
      $request: "GET /index.html HTTP/1.0",
      $status_code: "404",
      $7: "1534",
    });
  });
});

test.each([
  ["{ $.a > x }", "needs a number"],
  ["{ $.a = 1 && }", "a condition is missing"],
  ["{ ($.a = 1 }", "closing parenthesis"],
  ["{ level = error }", "no condition on a JSON field"],
  ["[a, b = ]", "no condition on the field b"],
  ["[a, ..., ...]", "one ellipsis"],
  ["[a, b", "does not end as it begins"],
  ["%(%", "no regular expression"],
])("%s is refused: %s", (pattern, message) => expect(() => patternOf(pattern)).toThrow(message));

test("any text is a pattern or refused with an AwsError", () => {
  const piece = fc.constantFrom("{", "}", "[", "]", "(", ")", "&&", "||", "$.a", "=", "1", '"x"', "%", "*", ",", "...");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        expect(typeof patternOf(pieces.join(" ")).matches(json)).toBe("boolean");
      } catch (error) {
        expect(error).toBeInstanceOf(AwsError);
      }
    }),
  );
});
