import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Indexed } from "./indexed.ts";

interface Item {
  readonly owner: string | undefined;
}

const action = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), remove: fc.boolean() });

/** Owners never change, so an item's owner follows from its key. */
const owners: Readonly<Record<string, string | undefined>> = { a: "one", b: "one", c: "two", d: undefined };

test("what belongs to an owner is what a walk over everything finds, in the same order", () => {
  fc.assert(
    fc.property(fc.array(action), fc.array(action), (before, after) => {
      const items = new Map<string, Item>();
      for (const { key } of before) items.set(key, { owner: owners[key] });
      const indexed = new Indexed(items, (item) => item.owner);
      for (const { key, remove } of after)
        if (remove) indexed.delete(key);
        else indexed.set(key, { owner: owners[key] });
      for (const owner of ["one", "two", "nobody"])
        expect(indexed.of(owner)).toEqual([...items.values()].filter((item) => item.owner === owner));
      expect([...indexed.keys()]).toEqual([...items.keys()]);
    }),
  );
});
