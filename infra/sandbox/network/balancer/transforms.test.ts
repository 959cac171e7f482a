import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { compileTransforms, RewriteError } from "./transforms.ts";

const urlRewrite = (Regex: string, Replace: string) =>
  compileTransforms([{ Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex, Replace }] } }]).url ?? String;

describe("URL rewrites", () => {
  test.each([
    ["^/alpha/?(.*)$", "/$1", "/alpha/health?x=1", "/health?x=1"],
    ["^/alpha/?(.*)$", "/$1", "/alpha", "/"],
    ["^/alpha/?(.*)$", "/$1", "/beta", "/beta"],
    ["/v(\\d)/(\\w+)", "/$2/$1", "/v1/users/v2/x", "/users/1/v2/x"],
    ["x", "$&$$", "/x", "/$&$$"],
    ["^/(a)?b$", "/$1-$2", "/b", "/-"],
  ])("%s → %s makes of %s %s", (regex, replace, url, expected) => {
    expect(urlRewrite(regex, replace)(url)).toBe(expected);
  });

  test("taking the agent's prefix away leaves any path below it as it was", () => {
    const strip = urlRewrite("^/alpha(/.*)$", "$1");
    const segment = fc.string({ unit: fc.constantFrom(..."aZ09-._~!$&'()*+,;=:@%/?") });
    fc.assert(fc.property(segment, (rest) => strip(`/alpha/${rest}`) === `/${rest}`));
  });

  test.each([
    ["^/(.*)$", "$1"],
    ["^/.*$", "/a b"],
    ["^/.*$", "/a\r\nx: y"],
  ])("%s → %s is no path", (regex, replace) => {
    expect(() => urlRewrite(regex, replace)("/x")).toThrow(RewriteError);
  });
});
