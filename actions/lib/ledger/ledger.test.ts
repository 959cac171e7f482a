import { describe, expect, test } from "@jest/globals";
import { chooseRecord, parseDestination } from "./choose.ts";
import { provenHistory, withBlocked } from "./ledger.ts";
import { type BlockedDigest, type LedgerRecord, parseBlocked, parseLedgerRecord } from "./record.ts";

const record = (letter: string): LedgerRecord => ({
  digest: `sha256:${letter.repeat(64)}`,
  image: `registry.test/karmacadabra/alpha@sha256:${letter.repeat(64)}`,
  commit: letter.repeat(40),
  run: "r",
  actor: "a",
  verdict: "DEPLOYED",
  at: "2026-01-01T00:00:00Z",
});
const [a, b, c] = [record("a"), record("b"), record("c")];
const blocked = (of: LedgerRecord): BlockedDigest => ({ digest: of.digest, reason: "r", actor: "a", at: "t" });
const trail = { history: [c, b, a], blocked: [], liveDigest: c.digest };

describe("choosing where to go back to", () => {
  test.each([
    ["previous", trail, b],
    ["previous", { ...trail, blocked: [blocked(b)] }, a],
    [`commit:${"a".repeat(12)}`, trail, a],
    [`digest:${a.digest}`, trail, a],
    [`digest:sha256:${"a".repeat(12)}`, { ...trail, blocked: [blocked(a)] }, a],
  ])("%s", (text, known, expected) => {
    const to = parseDestination(text);
    if (!to) throw new Error(`${text} is not understood`);
    expect(chooseRecord(to, known)).toEqual({ record: expected });
  });

  test.each([
    ["previous", { ...trail, history: [c] }, /no earlier proven deployment/],
    ["previous", { ...trail, blocked: [blocked(a), blocked(b)] }, /no earlier proven deployment/],
    [`commit:${"d".repeat(40)}`, trail, /was never proven here. Proven: bbbbbbbbbbbb/],
    [`commit:${"c".repeat(40)}`, trail, /is already live/],
  ])("%s is refused with a reason", (text, known, reason) => {
    const to = parseDestination(text);
    expect(to && chooseRecord(to, known)).toEqual({ refusal: expect.stringMatching(reason) });
  });

  test.each(["", "latest", "commit:xyz", "digest:sha256:12", "commit:../../etc"])("%s is not a destination", (text) => {
    expect(parseDestination(text)).toBeUndefined();
  });
});

describe("records", () => {
  test("a record survives its parameter", () => expect(parseLedgerRecord(JSON.stringify(a))).toEqual(a));
  test.each([undefined, "", "none", "{", '{"digest":"latest"}', JSON.stringify({ ...a, verdict: "ROLLED_BACK" })])(
    "%s is no proof",
    (value) => expect(parseLedgerRecord(value)).toBeUndefined(),
  );
  test("half-written block lists block nothing and break nothing", () => {
    expect(parseBlocked('[{"digest":')).toEqual([]);
  });
  test("the history leaves seeds out and joins equal neighbours", () => {
    const values = [b, b, a].map((one) => JSON.stringify(one));
    expect(provenHistory([...values, "seed"])).toEqual([b, a]);
  });
  test("a digest is blocked once, and the list stays small enough for SSM", () => {
    let entries: BlockedDigest[] = [];
    for (let i = 0; i < 40; i++)
      entries = withBlocked(entries, { ...blocked(a), digest: `d${i % 30}`, reason: "x".repeat(90) });
    expect(entries[0]?.digest).toBe("d9");
    expect(new Set(entries.map((entry) => entry.digest)).size).toBe(entries.length);
    expect(JSON.stringify(entries).length).toBeLessThan(4096);
  });
});
