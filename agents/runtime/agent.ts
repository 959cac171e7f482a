import http, { type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createApplication } from "./application.ts";
import { type AgentConfig, type AgentIdentity, ConfigError, readConfig } from "./config.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { cardOf, descriptionOf, type HealthCheck, healthOf, type PageOptions } from "./pages.ts";
import { createPeers, type Peers } from "./peers.ts";
import type { Route } from "./routes.ts";
import { type RequestRecord, type StopReport, trackRequests } from "./server.ts";

/** What an agent is; the runtime does the rest. */
export interface AgentDefinition {
  /** Its own `agent.json`. */
  readonly manifest: AgentIdentity;
  /** Public address at which it is paid. */
  readonly wallet: string;
  readonly routes: (tools: AgentTools) => readonly Route[];
  /** What its health depends on, from memory alone. */
  readonly checks: () => Readonly<Record<string, HealthCheck>>;
}

export interface AgentTools {
  readonly peers: Peers;
  readonly log: Log;
  readonly now: () => Date;
}

export interface RunningAgent {
  readonly port: number;
  stop(): Promise<StopReport>;
}

/** What a test replaces. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly write: (line: string) => void;
}

const process_: Surroundings = {
  env: process.env,
  now: () => new Date(),
  write: (line) => process.stdout.write(line),
};

/**
 * Starts an agent and resolves once it listens.
 * @throws {ConfigError} with every wrong environment variable.
 */
export async function startAgent(
  definition: AgentDefinition,
  surroundings: Partial<Surroundings> = {},
): Promise<RunningAgent> {
  const { env, now, write } = { ...process_, ...surroundings };
  const identity = definition.manifest;
  const config = readConfig(identity, env);
  const log = logOf(identity, config, { env, now, write });
  const routes = definition.routes({ peers: createPeers(config, log), log, now });
  const pages = { ...definition, identity, config, routes, startedAt: now() };
  const app = createApplication({ routes, pages: pagesOf(pages), routePath: config.routePath, log });
  const metrics = createMetrics({ agent: identity.name, now, write });
  // The adaptor could also serve HTTP/2, so its type is wider than what it makes here.
  const listener = createAdaptorServer({ fetch: app.fetch, createServer: http.createServer }) as Server;
  const server = trackRequests(listener, (record) => {
    logRequest(log, record);
    if (!isProbe(record)) metrics.record(record);
  });
  const port = await server.listen(config.port);
  log.info("listening", { port, routePath: config.routePath || "/" });
  return {
    port,
    stop: async () => {
      const stopped = server.stop(Math.max(1, identity.container.stopTimeoutSeconds - 2) * 1000);
      log.info("stopping");
      const report = await stopped;
      metrics.stop();
      log[report.cut > 0 ? "error" : "info"]("stopped", { ...report });
      return report;
    },
  };
}

/** Runs an agent as this process: until SIGTERM or SIGINT, which end it with status 0 once nothing is in flight. */
export function runAgent(definition: AgentDefinition): void {
  const log = createLog({ ...process_, level: "info", base: { agent: definition.manifest.name }, secrets: [] });
  process.on("uncaughtException", (error) => {
    log.error("uncaught error", { error: error.message, stack: error.stack });
    process.exit(1);
  });
  const started = startAgent(definition).catch((error: Error) => {
    log.error(error.message, error instanceof ConfigError ? { problems: error.problems } : {});
    process.exit(1);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, async () => process.exit((await (await started).stop()).cut > 0 ? 1 : 0));
}

function logOf(identity: AgentIdentity, config: AgentConfig, { now, write }: Surroundings): Log {
  const base = { agent: identity.name, version: config.version, commit: config.commit };
  return createLog({ level: config.logLevel, base, secrets: config.secrets, now, write });
}

function pagesOf(options: PageOptions) {
  const [card, description] = [cardOf(options), descriptionOf(options)];
  return {
    "/": () => ({ body: description }),
    "/health": () => {
      const body = healthOf(options);
      return { body, status: body.status === "unhealthy" ? (503 as const) : (200 as const) };
    },
    "/.well-known/agent-card": () => ({ body: card }),
  };
}

/** A load balancer's good health checks are not worth a line every few seconds; everything else is. */
function logRequest(log: Log, record: RequestRecord): void {
  const { userAgent: _, aborted, ...facts } = record;
  const level = isProbe(record) && record.status === 200 ? "debug" : record.status >= 500 ? "error" : "info";
  log[level](`${record.method} ${record.path}`, { ...facts, ...(aborted ? { aborted } : {}) });
}

const isProbe = (record: RequestRecord): boolean => record.userAgent.startsWith("ELB-HealthChecker/");
