import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Collection } from "../kernel.ts";
import { openStore, type Store } from "./store.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const logged: string[] = [];
/** A delay nobody waits for: the tests commit by themselves. */
const open = (folder = root, delay = 1e6): Store => openStore({ folder, delay, log: (line) => logged.push(line) });

interface Item {
  n: number;
  when?: Date;
  list?: number[];
}
const itemsOf = (store: Store, service = "ssm"): Collection<Item> => store.state(service).collection<Item>("items");

/** What a start on a copy of the folder would find, as if this process had been killed now. */
function afterKill<T>(look: (store: Store) => T): T {
  const copy = mkdtempSync(join(tmpdir(), "store-copy-"));
  cpSync(root, copy, { recursive: true });
  try {
    const store = open(copy);
    const seen = look(store);
    store.close();
    return seen;
  } finally {
    rmSync(copy, { recursive: true });
  }
}
const entriesAfterKill = () => afterKill((store) => [...itemsOf(store).entries()]);

describe("what is on disk when a request has been answered", () => {
  test("new, replaced and deleted entries, and entries changed in place", () => {
    const store = open();
    const items = itemsOf(store);
    const answer = store.begin();
    items.set("a", { n: 1, when: new Date(5) });
    items.set("b", { n: 2 });
    items.set("c", { n: 3, list: [1] });
    items.delete("b");
    answer();
    const again = store.begin();
    items.get("c")?.list?.push(2);
    for (const item of items.values()) if (item.n === 1) item.n = 10;
    again();
    expect(entriesAfterKill()).toEqual([
      ["a", { n: 10, when: new Date(5) }],
      ["c", { n: 3, list: [1, 2] }],
    ]);
    store.close();
  });

  test("an entry got before another request's commit and changed after it", () => {
    const store = open();
    const items = itemsOf(store);
    items.set("a", { n: 1 });
    const slow = store.begin();
    const held = items.get("a");
    store.begin()(); // somebody else is answered in between
    if (held) held.n = 2;
    slow();
    expect(entriesAfterKill()).toEqual([["a", { n: 2 }]]);
    store.close();
  });

  test("an entry that was deleted and made anew comes last, as in memory", () => {
    const store = open();
    const items = itemsOf(store);
    for (const key of ["a", "b"]) items.set(key, { n: 1 });
    store.commit();
    items.delete("a");
    items.set("a", { n: 1 });
    store.commit();
    expect(entriesAfterKill().map(([key]) => key)).toEqual(["b", "a"]);
    store.close();
  });

  test("keys and members with names that JavaScript or the format use themselves", () => {
    const store = open();
    const items = store.state("s3").collection<unknown>("items");
    const odd = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "nested": {"$date": "no"}}') as unknown;
    items.set("__proto__", odd);
    items.set("big", 2n ** 60n);
    items.set("never", new Date(Number.NaN));
    store.commit();
    const seen = afterKill((other) => [...other.state("s3").collection<unknown>("items").entries()]);
    expect(seen).toEqual([
      ["__proto__", odd],
      ["big", 2n ** 60n],
      ["never", null],
    ]);
    store.close();
  });
});

test("a change without any use of the collection is found by itself, and nothing is written when nothing changed", async () => {
  const store = open(root, 5);
  const item = { n: 1 };
  itemsOf(store).set("a", item);
  store.commit();
  item.n = 2;
  const isThere = () => readFileSync(join(root, "journal-0.jsonl"), "utf8").includes('{"n":2}');
  for (let waited = 0; !isThere() && waited < 4000; waited += 20) await new Promise((done) => setTimeout(done, 20));
  expect(isThere()).toBe(true);
  const size = readFileSync(join(root, "journal-0.jsonl")).length;
  for (const value of itemsOf(store).values()) expect(value.n).toBe(2);
  store.begin()();
  expect(readFileSync(join(root, "journal-0.jsonl")).length).toBe(size);
  store.close();
});

test("what waits for the commit happens after it", () => {
  const store = open();
  const state = store.state("s3");
  const seen: boolean[] = [];
  state.collection<Item>("items").set("a", { n: 1 });
  state.afterCommit(() => seen.push(existsSync(join(root, "journal-0.jsonl"))));
  expect(seen).toEqual([]);
  store.commit();
  expect(seen).toEqual([true]);
  store.close();
});

test("without a folder nothing is written and collections are plain maps", () => {
  const store = openStore({ folder: undefined, log: () => {} });
  expect(itemsOf(store)).toBeInstanceOf(Map);
  expect(itemsOf(store)).toBe(itemsOf(store));
  store.begin()();
  store.close();
  expect(readdirSync(root)).toEqual([]);
});

test("a long journal becomes a snapshot, also of services that this start does not have", async () => {
  const first = open();
  itemsOf(first, "ssm").set("kept", { n: 7 });
  first.close();
  const store = openStore({ folder: root, delay: 1, log: () => {} });
  const blobs = store.state("s3").collection<string>("blobs");
  for (let n = 0; n < 10; n++) {
    blobs.set("one", `${n}`.repeat(1024 * 1024));
    store.commit();
  }
  for (let waited = 0; !existsSync(join(root, "snapshot-1.jsonl")) && waited < 5000; waited += 10)
    await new Promise((done) => setTimeout(done, 10));
  blobs.set("two", "after");
  store.commit();
  expect(readdirSync(root).sort()).toEqual(["journal-1.jsonl", "snapshot-1.jsonl"]);
  store.close();
  const again = open();
  expect(again.state("s3").collection<string>("blobs").get("one")?.[0]).toBe("9");
  expect(again.state("s3").collection<string>("blobs").get("two")).toBe("after");
  expect(itemsOf(again, "ssm").get("kept")).toEqual({ n: 7 });
  again.close();
});

describe("damage is set aside and said, never half read", () => {
  const fill = () => {
    const store = open();
    itemsOf(store, "ssm").set("a", { n: 1 });
    itemsOf(store, "iam").set("b", { n: 2 });
    store.commit();
    itemsOf(store, "iam").set("c", { n: 3 });
    store.close();
  };
  const compacted = () => {
    fill();
    const journal = join(root, "journal-0.jsonl");
    // A damaged journal makes the next start write a snapshot of what came before the damage: here, everything.
    writeFileSync(journal, `${readFileSync(journal, "utf8")}damage\n`);
    open().close();
    logged.length = 0;
    return join(root, "snapshot-1.jsonl");
  };
  const seen = () =>
    afterKill((store) => ({ ssm: [...itemsOf(store, "ssm").keys()], iam: [...itemsOf(store, "iam").keys()] }));

  test("a line in the middle of the journal", () => {
    fill();
    const journal = join(root, "journal-0.jsonl");
    writeFileSync(journal, readFileSync(journal, "utf8").replace('"n":3', '"n":4'));
    expect(seen()).toEqual({ ssm: ["a"], iam: ["b"] });
    expect(logged.at(-1)).toContain("journal-0.jsonl.corrupt-1");
  });

  test("one service's line of the snapshot: the others keep theirs", () => {
    const snapshot = compacted();
    writeFileSync(snapshot, readFileSync(snapshot, "utf8").replace('"n":1', '"n":9'));
    expect(seen()).toEqual({ ssm: [], iam: ["b", "c"] });
    expect(logged.at(-1)).toMatch(/snapshot-1\.jsonl\.corrupt-1 and ssm start empty/);
  });

  test.each([
    ["cut off", (text: string) => text.slice(0, 10)],
    ["no snapshot at all", () => "{}"],
    ["empty", () => ""],
  ])("a snapshot that is %s", (_, damage) => {
    const snapshot = compacted();
    writeFileSync(snapshot, damage(readFileSync(snapshot, "utf8")));
    expect(seen()).toEqual({ ssm: [], iam: [] });
    expect(logged.at(-1)).toContain("every service starts empty");
  });
});

test("property: wherever the journal is cut, the state is that after some commit, and the last whole one", () => {
  const key = fc.constantFrom("a", "b", "c", "__proto__");
  const step = fc.oneof(
    fc.record({ do: fc.constant("set" as const), key, n: fc.nat(9) }),
    fc.record({ do: fc.constant("change" as const), key, n: fc.nat(9) }),
    fc.record({ do: fc.constant("walk" as const), key, n: fc.nat(9) }),
    fc.record({ do: fc.constantFrom("delete" as const, "commit" as const), key, n: fc.nat(9) }),
  );
  const run = (items: Collection<Item>, { do: what, key, n }: { do: string; key: string; n: number }) => {
    const item = what === "change" ? items.get(key) : undefined;
    if (item) item.list = [...(item.list ?? []), n];
    if (what === "set") items.set(key, { n });
    if (what === "delete") items.delete(key);
    if (what === "walk") for (const one of items.values()) if (one.n > n) one.n = n;
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
      const folder = mkdtempSync(join(root, "case-"));
      const journal = join(folder, "journal-0.jsonl");
      const store = open(folder);
      const items = itemsOf(store);
      const states = [{ bytes: 0, text: "[]" }];
      for (const one of [...steps, { do: "commit", key: "a", n: 0 }]) {
        run(items, one);
        if (one.do !== "commit") continue;
        store.commit();
        const bytes = existsSync(journal) ? readFileSync(journal).length : 0;
        states.push({ bytes, text: JSON.stringify([...items.entries()]) });
      }
      store.close();
      const cut = Math.floor(share * (states.at(-1)?.bytes ?? 0));
      if (existsSync(journal)) truncateSync(journal, cut);
      const expected = states.filter(({ bytes }) => bytes <= cut).at(-1)?.text;
      const again = open(folder);
      expect(JSON.stringify([...itemsOf(again).entries()])).toBe(expected);
      itemsOf(again).set("later", { n: 1 });
      again.close();
      const third = open(folder);
      expect([...itemsOf(third).keys()].at(-1)).toBe("later");
      third.close();
    }),
    { numRuns: 150 },
  );
});

test("a value that work in the background got, and changed after others' commits, is written with the next commit", () => {
  const store = open();
  const items = itemsOf(store);
  items.set("a", { n: 1 });
  const held = items.get("a");
  store.commit();
  store.begin()();
  if (held) held.n = 2;
  items.set("b", { n: 3 });
  store.begin()();
  expect(entriesAfterKill()).toEqual([
    ["a", { n: 2 }],
    ["b", { n: 3 }],
  ]);
  store.close();
});
