import type { Endpoint } from "../../network/addresses.ts";
import type { Alias } from "../driver.ts";
import { type DockerEngine, EngineError } from "./engine.ts";
import { type Choose, hostHeader, openRelay, type Relay } from "./relay.ts";

/**
 * How containers reach the sandbox, which listens on the host's loopback only. They share a network whose gateway has
 * the address at which ECS's own endpoint for credentials and metadata is known to every AWS SDK; behind it a relay per
 * port leads to the same port of the host's 127.0.0.1.
 */
const NETWORK = "karmacadabra-sandbox";
const SUBNET = "169.254.170.0/24";
const GATEWAY = "169.254.170.2"; // Source: ECS, "task metadata endpoint" and "IAM roles for tasks"

const LOOPBACK_URL = /\/\/(?:127\.0\.0\.1|localhost):(\d+)/g;

export class SandboxNetwork {
  readonly name = NETWORK;
  readonly #engine: DockerEngine;
  /** By port of the host's loopback. */
  readonly #relays = new Map<number, Promise<Relay>>();
  /** By port that containers ask; each leads to the alias whose name the request carries. */
  readonly #aliases = new Map<number, { readonly relay: Promise<Relay>; readonly hosts: Map<string, Endpoint> }>();
  #created: Promise<void> | undefined;

  constructor(engine: DockerEngine) {
    this.#engine = engine;
  }

  /** Makes the network when it is not there; another sandbox of this machine may have made it. */
  ensure(): Promise<void> {
    this.#created ??= this.#create();
    return this.#created;
  }

  async #create(): Promise<void> {
    const body = {
      Name: NETWORK,
      CheckDuplicate: true,
      Driver: "bridge",
      IPAM: { Config: [{ Subnet: SUBNET, Gateway: GATEWAY }] },
    };
    try {
      await this.#engine.call({ method: "POST", path: "/networks/create", body });
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
    }
  }

  /** Text, such as the value of a variable, with URLs of the host's loopback led through the relays. */
  async reachable(text: string): Promise<string> {
    let result = text;
    for (const [found, port] of text.matchAll(LOOPBACK_URL))
      result = result.replace(found, `//${GATEWAY}:${(await this.#relay(Number(port))).port}`);
    return result;
  }

  #relay(port: number): Promise<Relay> {
    const known = this.#relays.get(port) ?? relayTo(0, () => ({ host: "127.0.0.1", port }));
    this.#relays.set(port, known);
    return known;
  }

  /** Makes an alias reachable. @returns its line for the container's hosts file. */
  async hostEntry({ host, port, endpoint }: Alias): Promise<string> {
    const known = this.#aliases.get(port) ?? this.#openAliases(port);
    known.hosts.set(host.toLowerCase(), endpoint);
    await known.relay;
    return `${host}:${GATEWAY}`;
  }

  #openAliases(port: number) {
    const hosts = new Map<string, Endpoint>();
    const only = () => (hosts.size === 1 ? [...hosts.values()][0] : undefined);
    const relay = relayTo(port, (first) => hosts.get(hostHeader(first) ?? "") ?? only());
    const opened = { relay, hosts };
    this.#aliases.set(port, opened);
    return opened;
  }

  /** Closes the relays and removes the network, unless another sandbox still uses it. */
  async close(): Promise<void> {
    const relays = [...this.#relays.values(), ...[...this.#aliases.values()].map(({ relay }) => relay)];
    for (const relay of relays) (await relay.catch(() => undefined))?.close();
    if (!this.#created) return;
    await this.#engine.call({ method: "DELETE", path: `/networks/${NETWORK}` }).catch((error: unknown) => {
      // Containers of another sandbox are in it, or that one was faster.
      if (!isStatus(error, 403) && !isStatus(error, 404)) throw error;
    });
  }
}

const isStatus = (error: unknown, status: number): boolean => error instanceof EngineError && error.status === status;

/** @throws Error in one sentence where the engine's network is not this machine's, as with engines in a virtual machine. */
async function relayTo(port: number, choose: Choose): Promise<Relay> {
  try {
    return await openRelay(GATEWAY, port, choose);
  } catch (cause) {
    throw new Error(
      `the containers' gateway ${GATEWAY} cannot be listened on (${cause instanceof Error ? cause.message : cause}); ` +
        "the docker driver needs an engine that runs on the same Linux machine",
    );
  }
}
