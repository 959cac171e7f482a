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

export class AddressBook {
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #owners = new Map<string, Owner>();

  /** Reserves a free address of `10.0.<subnet>.0/24`. @param subnet third octet, 0-255. */
  allocate(subnet: number, owner: Owner = NOBODY): string {
    for (let host = 4; host < 255; host++) {
      const ip = `10.0.${subnet}.${host}`;
      if (this.#owners.has(ip)) continue;
      this.#owners.set(ip, owner);
      return ip;
    }
    throw new Error(`No free address is left in 10.0.${subnet}.0/24.`);
  }

  /** Empty for an address that nobody claimed. */
  ownerOf(ip: string): Owner {
    return this.#owners.get(ip) ?? NOBODY;
  }

  map(ip: string, port: number, endpoint: Endpoint): void {
    this.#endpoints.set(`${ip}:${port}`, endpoint);
  }

  /** Where `ip:port` really listens; `undefined` when nothing was ever mapped there. */
  resolve(ip: string, port: number): Endpoint | undefined {
    return this.#endpoints.get(`${ip}:${port}`);
  }

  release(ip: string): void {
    this.#owners.delete(ip);
    for (const key of this.#endpoints.keys()) if (key.startsWith(`${ip}:`)) this.#endpoints.delete(key);
  }
}
