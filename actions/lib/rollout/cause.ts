/** Why a deployment was red: a claim, what supports it, what to do. */
export interface Cause {
  /** Stable name, e.g. `crash-at-start`; tests and docs key on it. */
  readonly kind: string;
  readonly title: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  /** 0-100; how specific the evidence is. The likeliest cause comes first. */
  readonly weight: number;
}
