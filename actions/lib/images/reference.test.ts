import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ActionError } from "../action.ts";
import { digestReference, isEcrRegistry, isLocalRegistry, parseDigestUri, parseRepositoryUri } from "./reference.ts";

const hex = "0123456789abcdef".repeat(4);
const uri = `123456789012.dkr.ecr.us-east-1.amazonaws.com/karmacadabra/alpha@sha256:${hex}`;

describe("an image's reference", () => {
  test("is read into registry, repository and digest", () => {
    expect(parseDigestUri(uri)).toEqual({
      registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com",
      repository: "karmacadabra/alpha",
      digest: `sha256:${hex}`,
      uri,
    });
    expect(parseDigestUri(`127.0.0.1:4566/alpha@sha256:${hex}`).registry).toBe("127.0.0.1:4566");
  });

  test.each([
    ["a tag", "127.0.0.1:4566/alpha:latest", "tag can move"],
    ["a tag beside a digest", `127.0.0.1:4566/alpha:v1@sha256:${hex}`, "tag as well as a digest"],
    ["no digest", "127.0.0.1:4566/alpha", "no digest"],
    ["a short digest", "127.0.0.1:4566/alpha@sha256:abc", "64 lower-case"],
    ["no registry", `alpha@sha256:${hex}`, "registry's host"],
    ["a bare Docker Hub name", `library/node@sha256:${hex}`, "registry's host"],
    ["an upper-case repository", `localhost/Alpha@sha256:${hex}`, "not a repository's name"],
    ["a way out of the repository", `localhost/../v2/alpha@sha256:${hex}`, "not a repository's name"],
    ["nothing", "", "no digest"],
  ])("refuses %s", (_title, text, reason) => {
    expect(() => parseDigestUri(text)).toThrow(ActionError);
    expect(() => parseDigestUri(text)).toThrow(reason);
  });

  test("what is written is read back, whatever the name", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(
        word,
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 65_535 }),
        (h, path, port) => {
          const reference = digestReference({ registry: `${h}:${port}`, repository: path.join("/") }, `sha256:${hex}`);
          expect(parseDigestUri(reference.uri)).toEqual(reference);
        },
      ),
    );
  });

  test("a repository's address has neither tag nor digest", () => {
    expect(parseRepositoryUri("127.0.0.1:4566/karmacadabra/alpha")).toEqual({
      registry: "127.0.0.1:4566",
      repository: "karmacadabra/alpha",
    });
    expect(() => parseRepositoryUri(uri)).toThrow("without tag and digest");
    expect(() => parseRepositoryUri("127.0.0.1:4566/alpha:v1")).toThrow("without tag and digest");
  });

  test("Amazon ECR is known by its host names", () => {
    const ecr = ["123456789012.dkr.ecr.us-east-1.amazonaws.com", "123456789012.dkr-ecr.us-east-1.on.aws"];
    expect(ecr.every(isEcrRegistry)).toBe(true);
    const others = ["public.ecr.aws", "dkr.ecr.us-east-1.amazonaws.com.example.com", "127.0.0.1:4566"];
    expect(others.some(isEcrRegistry)).toBe(false);
  });

  test("only this machine's registries may speak plain HTTP", () => {
    expect(["localhost", "localhost:5000", "127.0.0.1:4566", "127.0.0.2"].every(isLocalRegistry)).toBe(true);
    expect(
      ["localhost.example.com", "example.com:5000", "10.0.0.1", "127.0.0.1.example.com"].some(isLocalRegistry),
    ).toBe(false);
  });
});
