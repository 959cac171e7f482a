import type * as v from "valibot";
import { type AgentConfig, peerVariable } from "./config.ts";
import type { Log } from "./log.ts";
import { check } from "./problems.ts";
import { notFound, Refusal } from "./refusal.ts";
import { REQUEST_ID } from "./server.ts";

/** Calls to other agents. Their addresses come from the environment alone, never from a request. */
export interface Peers {
  /**
   * POSTs `body` to `path` of `peer` and checks the answer.
   * @throws {Refusal} 503 when the peer is not configured, 502 when it is down or answers something else,
   *   404 when it does not have what was asked for.
   */
  post<Schema extends v.GenericSchema>(call: PeerCall<Schema>): Promise<v.InferOutput<Schema>>;
}

export interface PeerCall<Schema extends v.GenericSchema> {
  readonly peer: string;
  readonly path: string;
  readonly body: object;
  readonly answer: Schema;
  readonly requestId: string;
}

/** Below the 30 s that a load balancer's clients are likely to wait. */
const PEER_TIMEOUT_MS = 10_000;

export function createPeers(config: AgentConfig, log: Log, timeoutMs: number = PEER_TIMEOUT_MS): Peers {
  return {
    post: async ({ peer, path, body, answer, requestId }) => {
      const url = config.peers.get(peer);
      if (!url) throw notConfigured(peer);
      const failed = (reason: string): Refusal => {
        log.warn("peer call failed", { peer, path, reason, requestId });
        return new Refusal({ status: 502, code: "peer_failed", message: `${peer} could not be asked: ${reason}.` });
      };
      const response = await send(url + path, { body, requestId, timeoutMs }).catch((error: Error) => {
        throw failed(reasonOf(error));
      });
      if (response.status === 404) throw notFound(`${peer} has no such data.`);
      if (response.status !== 200) throw failed(`it answered with status ${response.status}`);
      const checked = check(answer, response.json);
      if (!checked.ok) throw failed("its answer has another shape than agreed");
      return checked.output;
    },
  };
}

async function send(url: string, call: { body: object; requestId: string; timeoutMs: number }) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", [REQUEST_ID]: call.requestId },
    body: JSON.stringify(call.body),
    redirect: "error",
    signal: AbortSignal.timeout(call.timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, json: response.status === 200 ? (JSON.parse(text) as unknown) : undefined };
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return "it did not answer in time";
  if (error instanceof SyntaxError) return "its answer is not JSON";
  return "it is not reachable";
}

const notConfigured = (peer: string): Refusal =>
  new Refusal({
    status: 503,
    code: "peer_not_configured",
    message: `This agent has no address of ${peer}; its operator sets ${peerVariable(peer)}.`,
  });
