import * as v from "valibot";
import { check, type Problem, sentenceOf } from "./problems.ts";

/** The parts of `agent.json` that the running agent itself needs. */
export interface AgentIdentity {
  readonly name: string;
  readonly purpose: string;
  readonly agentId: number;
  readonly container: { readonly port: number; readonly stopTimeoutSeconds: number };
  readonly route: { readonly path: string };
  readonly calls: readonly string[];
}

export interface AgentConfig {
  readonly version: string;
  /** Git commit the image was built from; `unknown` outside an image. */
  readonly commit: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Path under which the load balancer sends requests, without a slash at its end; it does not strip it. */
  readonly routePath: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** URL of each peer in `calls`; undefined when it is not configured. */
  readonly peers: ReadonlyMap<string, string | undefined>;
  /** Values that must never be written anywhere. */
  readonly secrets: readonly string[];
}

/** All faults of the environment at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${count} in the environment variables: ${problems.map(sentenceOf).join("; ")}`);
    this.problems = problems;
  }
}

/** Environment variable through which a peer is found; the same rule as `agents/naming.ts`. */
export const peerVariable = (peer: string): string => `${peer.toUpperCase().replaceAll("-", "_")}_URL`;

const SECRETS = ["PRIVATE_KEY", "OPENAI_API_KEY"];

/** @throws {ConfigError} with every wrong variable; an empty variable counts as not set. */
export function readConfig(identity: AgentIdentity, env: NodeJS.ProcessEnv): AgentConfig {
  const schema = schemaOf(identity);
  const given = Object.fromEntries(Object.keys(schema.entries).map((key) => [key, env[key]?.trim() || undefined]));
  const checked = check(schema, given);
  if (!checked.ok) throw new ConfigError(checked.problems);
  const values = checked.output;
  return {
    version: values.AGENT_VERSION,
    commit: values.AGENT_COMMIT,
    port: values.PORT,
    routePath: values.ROUTE_PATH,
    logLevel: values.LOG_LEVEL,
    peers: peersOf(identity, values),
    secrets: SECRETS.flatMap((key) => env[key]?.trim() || []),
  };
}

function peersOf(identity: AgentIdentity, values: Readonly<Record<string, unknown>>): AgentConfig["peers"] {
  const urlOf = (peer: string) => values[peerVariable(peer)];
  return new Map(identity.calls.map((peer) => [peer, urlOf(peer) === undefined ? undefined : String(urlOf(peer))]));
}

function schemaOf(identity: AgentIdentity) {
  const peers = Object.fromEntries(identity.calls.map((peer) => [peerVariable(peer), v.optional(peerUrl)]));
  return v.object({
    ...peers,
    AGENT_NAME: v.optional(
      v.pipe(v.literal(identity.name), v.description(`"${identity.name}", the agent this program is`)),
      identity.name,
    ),
    AGENT_VERSION: v.optional(word("a version such as 1.2.3"), "0.0.0"),
    AGENT_COMMIT: v.optional(word("a git commit"), "unknown"),
    PORT: v.optional(port, String(identity.container.port)),
    ROUTE_PATH: v.optional(routePath, identity.route.path),
    LOG_LEVEL: v.optional(
      v.pipe(v.picklist(["debug", "info", "warn", "error"]), v.description("debug, info, warn or error")),
      "info",
    ),
  });
}

const word = (allowed: string) => v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}$/), v.description(allowed));

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/),
  v.transform(Number),
  v.maxValue(65_535),
  v.description("a port, 0-65535 (0: any free one)"),
);

const routePath = v.pipe(
  v.string(),
  v.regex(/^\/$|^(\/[A-Za-z0-9_-]+)+$/),
  v.transform((path) => (path === "/" ? "" : path)),
  v.description("a URL path without a slash at its end, such as /my-agent"),
);

const peerUrl = v.pipe(
  v.string(),
  v.check(isPlainUrl),
  v.transform((url) => url.replace(/\/+$/, "")),
  v.description("an http or https URL without user, query or fragment, such as http://peer.internal:9000/path"),
);

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !/[?#]/.test(text);
}
