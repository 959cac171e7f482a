import type { AwsClients } from "../aws/kernel.ts";
import type { LedgerState } from "./state.ts";

/** What the pipeline wrote down about images, by digest. */
export type Ledger = ReadonlyMap<string, LedgerState>;

/** Every parameter whose name ends in `/ledger` and whose value is a JSON record with a digest. */
export async function readLedger({ ssm }: AwsClients): Promise<Ledger> {
  const ledger = new Map<string, LedgerState>();
  let NextToken: string | undefined;
  do {
    const page = await ssm.getParametersByPath({ Path: "/", Recursive: true, NextToken });
    for (const { Name = "", Value = "" } of page.Parameters ?? []) {
      const record = Name.endsWith("/ledger") ? recordOf(Value) : undefined;
      const digest = /sha256:[0-9a-f]{64}/.exec(text(record, "digest") ?? "")?.[0];
      if (!record || !digest) continue;
      ledger.set(digest, {
        commit: text(record, "commit"),
        actor: text(record, "actor"),
        run: text(record, "run"),
        verdict: text(record, "verdict"),
      });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return ledger;
}

function recordOf(value: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // A parameter of that name that is no record is somebody else's.
    return undefined;
  }
}

function text(record: Record<string, unknown> | undefined, key: string): string | undefined {
  const value = record?.[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
