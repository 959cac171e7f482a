import { toJsonSchema } from "@valibot/to-json-schema";
import type { AgentConfig, AgentIdentity } from "./config.ts";
import type { Route } from "./routes.ts";

/** One thing that health looks at. It may only look at what is in memory: never at a chain, a model or a peer. */
export interface HealthCheck {
  /** `degraded`: it works, with less than it could; `failed`: it cannot do its work. */
  readonly status: "ok" | "degraded" | "failed";
  readonly detail: string;
}

/** The one health shape of all agents. Only `unhealthy` is answered with 503. */
export interface Health {
  readonly status: "healthy" | "degraded" | "unhealthy";
  readonly agent: string;
  readonly version: string;
  readonly commit: string;
  readonly startedAt: string;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export interface PageOptions {
  readonly identity: AgentIdentity;
  readonly config: AgentConfig;
  readonly startedAt: Date;
  /** The agent's public address; what it is paid at. */
  readonly wallet: string;
  readonly routes: readonly Route[];
  readonly checks: () => Readonly<Record<string, HealthCheck>>;
}

export function healthOf({ identity, config, startedAt, checks }: PageOptions): Health {
  const all = { ...checks(), ...peerChecks(config) };
  const worst = Object.values(all).map((check) => check.status);
  const status = worst.includes("failed") ? "unhealthy" : worst.includes("degraded") ? "degraded" : "healthy";
  const { version, commit } = config;
  return { status, agent: identity.name, version, commit, startedAt: startedAt.toISOString(), checks: all };
}

/** The one agent card shape of all agents, at `/.well-known/agent-card`. */
export function cardOf({ identity, config, wallet, routes }: PageOptions) {
  return {
    schemaVersion: "1.0.0",
    agentId: identity.agentId,
    name: identity.name,
    description: identity.purpose,
    version: config.version,
    commit: config.commit,
    wallet,
    payment: {
      enforced: false,
      note: "Prices are stated in X-Price, but payment is not enforced: every request is answered.",
      currency: "GLUE",
      decimals: 6,
    },
    skills: routes.map(({ method, path, summary, pricing, input }) => ({
      id: path.slice(1),
      description: summary,
      endpoint: { method, path },
      pricing,
      inputSchema: toJsonSchema(input, { errorMode: "ignore", typeMode: "input" }),
    })),
  };
}

/** GET /: what this is and what can be asked of it. */
export function descriptionOf({ identity, config, routes }: PageOptions) {
  return {
    agent: identity.name,
    description: identity.purpose,
    version: config.version,
    commit: config.commit,
    health: "GET /health",
    card: "GET /.well-known/agent-card",
    endpoints: routes.map(({ method, path, summary }) => ({ endpoint: `${method} ${path}`, summary })),
  };
}

function peerChecks({ peers }: AgentConfig): Record<string, HealthCheck> {
  const checks = [...peers].map(([peer, url]): [string, HealthCheck] => [
    `peer:${peer}`,
    url ? { status: "ok", detail: "configured" } : { status: "degraded", detail: "not configured" },
  ]);
  return Object.fromEntries(checks);
}
