import { describe, expect, test } from "@jest/globals";
import { ConcurrencyGroups, type GroupRequest } from "./concurrency.ts";

/** Members of one group by number, and what became of them. */
function group(settings: Partial<GroupRequest> = {}) {
  const groups = new ConcurrencyGroups();
  const said: string[] = [];
  const enter = (owner: string, more: Partial<GroupRequest> = {}) =>
    groups.enter(
      { group: "g", owner, cancelInProgress: false, queue: "single", ...settings, ...more },
      { acquired: () => said.push(`${owner} runs`), cancelled: () => said.push(`${owner} cancelled`) },
    );
  return { enter, said };
}

describe("concurrency groups", () => {
  test("one runs, one waits, and the newest takes the waiting place", () => {
    const { enter, said } = group();
    const leave = enter("1");
    enter("2");
    enter("3");
    leave();
    expect(said).toEqual(["1 runs", "2 cancelled", "3 runs"]);
  });

  test("queue: max lets all wait in order, a hundred at most", () => {
    const { enter, said } = group({ queue: "max" });
    const leaves = Array.from({ length: 102 }, (_, i) => enter(String(i)));
    expect(said).toEqual(["0 runs", "101 cancelled"]);
    for (const leave of leaves) leave();
    expect(said.slice(2)).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 1} runs`));
  });

  test("cancel-in-progress asks the running one to stop, and waits until it has", () => {
    const { enter, said } = group({ cancelInProgress: true });
    const leave = enter("1");
    enter("2");
    expect(said).toEqual(["1 runs", "1 cancelled"]);
    leave();
    expect(said).toEqual(["1 runs", "1 cancelled", "2 runs"]);
  });

  test("names are case-insensitive, other groups do not matter, and one that leaves while waiting is forgotten", () => {
    const { enter, said } = group();
    const leave = enter("1");
    enter("2", { group: "other" });
    enter("3", { group: "G" })();
    leave();
    enter("4");
    expect(said).toEqual(["1 runs", "2 runs", "4 runs"]);
  });

  test("a job inside the holder does not wait for ever", () => {
    const { enter, said } = group();
    enter("7/fleet");
    enter("7/fleet/agent");
    enter("7/fleetwood");
    expect(said).toEqual(["7/fleet runs", "7/fleet/agent cancelled"]);
  });
});
