/** What a client was told. `asked` was never answered: it may be there or not, but not twice. */
export interface Ledger {
  /** Values by name, of parameters and of objects in S3. */
  readonly parameters: Map<string, string>;
  readonly objects: Map<string, string>;
  /** Version that the last acknowledged overwrite of the counter had, and how many overwrites were asked for after it. */
  counter: { version: number; value: string; asked: string[] };
  readonly lines: Set<string>;
  readonly images: Set<string>;
  readonly services: Set<string>;
  readonly deletedServices: Set<string>;
  readonly definitions: Set<string>;
  readonly deployments: Map<string, Seen>;
  /** By name, the status that was seen last. */
  readonly stacks: Map<string, string>;
}

/** A deployment as it was last shown. */
export interface Seen {
  readonly site: string;
  status: string;
  readonly hooks: Set<string>;
}

export const isTerminal = (status: string | undefined): boolean =>
  ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"].includes(status ?? "");

export const emptyLedger = (): Ledger => ({
  parameters: new Map(),
  objects: new Map(),
  counter: { version: 0, value: "", asked: [] },
  lines: new Set(),
  images: new Set(),
  services: new Set(),
  deletedServices: new Set(),
  definitions: new Set(),
  deployments: new Map(),
  stacks: new Map(),
});
