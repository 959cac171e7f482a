/**
 * The sandbox's private network. A task gets a private IP address as it would in a VPC; in truth its ports are
 * ports of 127.0.0.1 (or of a container), and this book says which. The load balancer and Service Connect resolve
 * through it, so that target groups, events and describe calls show addresses as AWS does.
 */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Whose address it is: what a fault can be narrowed down to. */
export interface Owner {
  /** Name of the ECS service. */
  readonly agent?: string | undefined;
  /** ARN of the service revision. */
  readonly revision?: string | undefined;
  /** ARN of the task definition. */
  readonly taskDefinition?: string | undefined;
}

const NOBODY: Owner = {};

const BLOCKS = 256; // a fleet may have more tasks in one subnet than a /24 has addresses

export class AddressBook {
  readonly #owners = new Map<string, Owner>();
  /** Where an address's ports really listen. */
  readonly #endpoints = new Map<string, Map<number, Endpoint>>();

  /** How many addresses are taken. */
  get size(): number {
    return this.#owners.size;
  }

  /** Reserves a free address of `10.0.<subnet>.0/24`, then of `10.1.<subnet>.0/24` and so on. @param subnet 0-255. */
  allocate(subnet: number, owner: Owner = NOBODY): string {
    for (let block = 0; block < BLOCKS; block++) {
      for (let host = 4; host < 255; host++) {
        const ip = `10.${block}.${subnet}.${host}`;
        if (this.#owners.has(ip)) continue;
        this.#owners.set(ip, owner);
        return ip;
      }
    }
    throw new Error(`No free address is left in the sandbox's subnet ${subnet}.`);
  }

  /** Empty for an address that nobody claimed. */
  ownerOf(ip: string): Owner {
    return this.#owners.get(ip) ?? NOBODY;
  }

  map(ip: string, port: number, endpoint: Endpoint): void {
    const ports = this.#endpoints.get(ip) ?? new Map<number, Endpoint>();
    this.#endpoints.set(ip, ports.set(port, endpoint));
  }

  /** Where `ip:port` really listens; `undefined` when nothing was ever mapped there. */
  resolve(ip: string, port: number): Endpoint | undefined {
    return this.#endpoints.get(ip)?.get(port);
  }

  release(ip: string): void {
    this.#owners.delete(ip);
    this.#endpoints.delete(ip);
  }
}
