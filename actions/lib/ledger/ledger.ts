import { blockedParameter, imageParameter, ledgerParameter } from "../../../agents/naming.ts";
import type { Parameters } from "../aws/parameters.ts";
import { type BlockedDigest, type LedgerRecord, parseBlocked, parseLedgerRecord } from "./record.ts";

/** SSM's standard parameters hold 4 KB; a refused digest with its reason takes about 200 bytes. */
const BLOCKED_KEPT = 12;

/** What was deployed where, when and from which commit, for one agent on one stage. */
export interface Ledger {
  /** The last proven deployment. */
  live(): Promise<LedgerRecord | undefined>;
  /** Proven deployments, newest first; equal neighbours are one. */
  history(): Promise<LedgerRecord[]>;
  blocked(): Promise<BlockedDigest[]>;
  /** Records a proven deployment: first the image the template reads, then the record that makes it proven. */
  write(record: LedgerRecord): Promise<void>;
  block(entry: BlockedDigest): Promise<void>;
  /** Lifts the block of a digest, when a person forces it. */
  unblock(digest: string): Promise<void>;
}

export function openLedger(parameters: Parameters, stage: string, agent: string): Ledger {
  const names = {
    image: imageParameter(stage, agent),
    ledger: ledgerParameter(stage, agent),
    blocked: blockedParameter(stage, agent),
  };
  const blocked = async () => parseBlocked(await parameters.get(names.blocked));
  return {
    live: async () => parseLedgerRecord(await parameters.get(names.ledger)),
    history: async () => provenHistory((await parameters.history(names.ledger)).map((version) => version.value)),
    blocked,
    async write(record) {
      await parameters.put(names.image, record.image);
      await parameters.put(names.ledger, JSON.stringify(record));
    },
    block: async (entry) => parameters.put(names.blocked, JSON.stringify(withBlocked(await blocked(), entry))),
    async unblock(digest) {
      const entries = await blocked();
      const left = entries.filter((entry) => entry.digest !== digest);
      if (left.length < entries.length) await parameters.put(names.blocked, JSON.stringify(left));
    },
  };
}

/** @param values parameter values, newest first. */
export function provenHistory(values: readonly string[]): LedgerRecord[] {
  const records = values.flatMap((value) => parseLedgerRecord(value) ?? []);
  return records.filter((record, i) => record.digest !== records[i - 1]?.digest);
}

export function withBlocked(entries: readonly BlockedDigest[], entry: BlockedDigest): BlockedDigest[] {
  return [entry, ...entries.filter((other) => other.digest !== entry.digest)].slice(0, BLOCKED_KEPT);
}
