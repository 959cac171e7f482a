import { mkdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type TestSite, testSite } from "../testing.ts";
import { NO_COMMIT } from "./push-event.ts";

describe("the sandbox's repository", () => {
  let site: TestSite;
  beforeEach(() => {
    site = testSite();
  });
  afterEach(() => site.remove());

  test("a folder without git, or without a commit, gives one clear error", async () => {
    await expect(site.open()).rejects.toThrow(/demo is not a git repository, and the sandbox deploys commits\. Clone/);
    site.git("init", "--quiet");
    await expect(site.open()).rejects.toThrow(/has no commit yet.*Run: git add -A && git commit/);
  });

  test("a push moves main and describes what changed", async () => {
    const first = site.commit({ "a b.txt": "1", gone: "1" }, "first\n\nbody");
    const repository = await site.open();
    expect(await repository.head()).toBeUndefined();
    expect((await repository.pushCommit()).payload).toMatchObject({ before: NO_COMMIT, after: first, created: true });
    site.git("rm", "--quiet", "gone");
    const second = site.commit({ "a b.txt": "2", "ü.txt": "1" }, "second");
    const event = await repository.pushCommit();
    expect(event).toMatchObject({ name: "push", ref: "refs/heads/main", sha: second });
    expect(event.payload).toMatchObject({
      ...{ before: first, after: second, created: false, forced: false },
      commits: [{ id: second, message: "second", added: ["ü.txt"], removed: ["gone"], modified: ["a b.txt"] }],
      repository: { full_name: "sandbox/demo", default_branch: "main" },
    });
    expect(await repository.head()).toBe(second);
  });

  test("the same commit again is a push without commits, an older one is forced", async () => {
    const first = site.commit({ a: "1" });
    const repository = await site.open();
    await repository.pushCommit();
    const second = site.commit({ a: "2" });
    await repository.pushCommit();
    expect((await repository.pushCommit()).payload).toMatchObject({ before: second, after: second, commits: [] });
    const back = await repository.pushCommit(first.slice(0, 10));
    expect(back.payload).toMatchObject({ before: second, after: first, forced: true });
    await expect(repository.pushCommit("nope")).rejects.toThrow(/commit "nope" is not in .*; allowed: a commit id/);
    await expect(repository.pushCommit("--help")).rejects.toThrow(/is no commit/);
  });

  test("what is not committed is noted, and survives a reopening of the bare repository", async () => {
    site.commit({ a: "1" });
    const repository = await site.open();
    expect(await repository.uncommitted()).toEqual([]);
    await repository.pushCommit();
    site.write({ a: "2", "new/file": "1" });
    mkdirSync(`${site.checkout}/empty`);
    expect([...(await repository.uncommitted())].sort()).toEqual(["a", "new/"]);
    const again = await site.open();
    expect(await again.head()).toBe(await repository.head());
    expect(await again.read("main", "a")).toBe("1");
    expect(await again.list("main", "new")).toEqual([]);
  });
});
