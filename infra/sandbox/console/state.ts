/** What the console shows, also served as JSON. Everything is read from the sandbox's AWS services. */
export interface ConsoleState {
  /** Sandbox time, ISO 8601. */
  readonly at: string;
  readonly services: readonly ServiceState[];
  readonly alarms: readonly AlarmState[];
  readonly stacks: readonly StackState[];
  /** Parts that could not be read, in a sentence each; the rest is shown all the same. */
  readonly problems: readonly string[];
}

export interface ServiceState {
  readonly name: string;
  readonly cluster: string;
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly image: ImageState | undefined;
  /** The last record in the ledger for this image, if there is one. */
  readonly ledger: LedgerState | undefined;
  readonly routes: readonly RouteState[];
  readonly targets: readonly TargetState[];
  /** Newest first; the first one may still be under way. */
  readonly deployments: readonly DeploymentState[];
  /** Newest first. */
  readonly events: readonly { readonly at: string; readonly message: string }[];
  /** Oldest first. */
  readonly logs: readonly string[];
}

export interface ImageState {
  readonly repository: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** Tags of the registry; the pipeline's is the commit. */
  readonly tags: readonly string[];
}

export interface LedgerState {
  readonly commit: string | undefined;
  readonly actor: string | undefined;
  readonly run: string | undefined;
  readonly verdict: string | undefined;
}

/** A listener rule of a service: where its traffic comes in and where it goes. */
export interface RouteState {
  readonly kind: "production" | "test" | "other";
  readonly url: string | undefined;
  readonly shares: readonly { readonly group: string; readonly percent: number }[];
}

export interface TargetState {
  readonly group: string;
  readonly address: string;
  readonly state: string;
  readonly reason: string | undefined;
}

export interface DeploymentState {
  readonly id: string;
  readonly status: string;
  readonly stage: string | undefined;
  readonly reason: string | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly strategy: string | undefined;
  readonly failedTasks: number;
  readonly revisions: readonly RevisionState[];
  readonly hooks: readonly HookState[];
}

export interface RevisionState {
  readonly role: "source" | "target";
  readonly id: string;
  readonly requested: number;
  readonly running: number;
  readonly production: number | undefined;
  readonly test: number | undefined;
}

export interface HookState {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly expiresAt: string | undefined;
  readonly onTimeout: string | undefined;
}

export interface AlarmState {
  readonly name: string;
  readonly state: string;
  readonly reason: string | undefined;
}

export interface StackState {
  readonly name: string;
  readonly status: string;
  readonly updatedAt: string | undefined;
}
