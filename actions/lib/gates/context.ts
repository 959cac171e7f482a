import type { AgentManifest } from "../../../agents/manifest.ts";
import type { TargetState } from "../aws/balancer.ts";
import type { Clock } from "../clock.ts";
import type { Http } from "./http.ts";

/** What the gates of one pause are told. */
export interface GateContext {
  readonly manifest: AgentManifest;
  /** Full git sha that the version under test must say it is. */
  readonly commit: string;
  /** Listener and route, e.g. `http://lb.example.com:8080/alpha`. */
  readonly baseUrl: string;
  /** Tasks that should serve. */
  readonly desired: number;
  readonly targets: () => Promise<readonly TargetState[]>;
  readonly http: Http;
  readonly clock: Clock;
}
