import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { SECTIONS } from "./sections.ts";

/** Every row of the list has a story, so a story that goes, or is skipped, is missed. */

const source = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");

/** Titles of stories as they are written. Of `test.each` the title is what stands alone before a function. */
function titlesIn(text: string): string[] {
  const plain = [...text.matchAll(/^\s*test\(\s*"((?:[^"\\]|\\.)*)"/gm)];
  const each = [...text.matchAll(/^\s*\]?\)?\(?\s*"(\d\.\d(?:[^"\\]|\\.)*)",\s*(?:async )?\(/gm)];
  return [...plain, ...each].map(([, title = ""]) => title);
}

const files = readdirSync(import.meta.dirname).filter((file) => /\.(stories|test)\.ts$/.test(file));
const titles = files.flatMap((file) => titlesIn(source(file)));

test.each(Object.keys(SECTIONS))("every row of section %s has a story", (section) => {
  const missing = Object.entries(SECTIONS[section] ?? {}).filter(
    ([, begin]) => !titles.some((title) => title.startsWith(begin)),
  );
  expect(missing).toEqual([]);
});

test("every file of stories is run", () => {
  const tests = files.filter((file) => file.endsWith(".test.ts")).map(source);
  const lost = files.filter(
    (file) => file.endsWith(".stories.ts") && !tests.some((text) => text.includes(`"./${file}"`)),
  );
  expect(lost).toEqual([]);
});

test("a story that is skipped or renamed is missed", () => {
  expect(titlesIn('test("2.4 one", async () => {')).toEqual(["2.4 one"]);
  expect(titlesIn('])("2.4 %s more", async (what) => {')).toEqual(["2.4 %s more"]);
  expect(titlesIn('test.skip("2.4 one", async () => {')).toEqual([]);
});
