import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ComputeDriver,
  ComputeError,
  type ContainerEvents,
  type ContainerSpec,
  type ExitStatus,
  type RunningContainer,
  type Usage,
} from "./driver.ts";

/** How containers of one image behave in tests. */
export interface Behaviour {
  /** `crash` exits with code 3 at once, `silent` never listens, `unhealthy` answers /health with 500. */
  readonly kind?: "good" | "crash" | "silent" | "unhealthy";
  /** Answers instead of the standard one, which is JSON with the version. */
  readonly listener?: RequestListener;
  /** Exit code of commands run in the container: its health check. */
  readonly execCode?: () => number;
  readonly usage?: () => Usage;
}

/**
 * For tests of many deployments: each container is a real HTTP server on a real port, but in this process, so that it
 * starts in a millisecond. Images are made by `image` and pulled by nobody.
 */
export class InProcessDriver implements ComputeDriver {
  readonly name = "in-process";
  readonly startPatienceMs = 0; // what listens at all listens when `start` returns
  readonly containers = new Set<InProcessContainer>();
  readonly #images = new Map<string, Behaviour & { version: string }>();

  /** Reference, by digest, of an image that behaves so. The same version and kind is the same image. */
  image(version: string, behaviour: Behaviour = {}): string {
    const digest = `sha256:${createHash("sha256").update(`${version} ${behaviour.kind}`).digest("hex")}`;
    this.#images.set(digest, { ...behaviour, version });
    return `registry.test/app@${digest}`;
  }

  async pull({ reference }: { reference: string }) {
    const digest = reference.split("@")[1] ?? "";
    if (!this.#images.has(digest)) throw new ComputeError("CannotPullContainerError", `image ${reference}: not found`);
    return { reference, digest, config: { environment: [], entryPoint: [], command: [], labels: {} } };
  }

  async start(spec: ContainerSpec, events: ContainerEvents): Promise<RunningContainer> {
    const behaviour = this.#images.get(spec.image.digest) ?? { version: "" };
    const container = await InProcessContainer.start(spec, events, behaviour);
    this.containers.add(container);
    void container.exited.then(() => this.containers.delete(container));
    return container;
  }

  async stop(): Promise<void> {
    for (const container of this.containers) container.kill();
  }
}

export class InProcessContainer implements RunningContainer {
  readonly exited: Promise<ExitStatus>;
  readonly spec: ContainerSpec;
  readonly #behaviour: Behaviour;
  readonly #server: Server;
  #exit: (status: ExitStatus) => void = () => undefined;

  private constructor(spec: ContainerSpec, behaviour: Behaviour & { version: string }) {
    this.spec = spec;
    this.#behaviour = behaviour;
    const { kind, version } = behaviour;
    this.#server = createServer(
      behaviour.listener ??
        ((request, response) => {
          response.statusCode = kind === "unhealthy" && request.url === "/health" ? 500 : 200;
          response.end(JSON.stringify({ version }));
        }),
    );
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  static async start(spec: ContainerSpec, events: ContainerEvents, behaviour: Behaviour & { version: string }) {
    const container = new InProcessContainer(spec, behaviour);
    if (behaviour.kind === "crash") container.#exit({ code: 3 });
    else if (behaviour.kind !== "silent") await container.#listen(events);
    return container;
  }

  async #listen(events: ContainerEvents): Promise<void> {
    const [port] = this.spec.ports;
    if (port === undefined) return;
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    events.onListen(port, "127.0.0.1", (this.#server.address() as AddressInfo).port);
  }

  /** Ends by itself, as a program that fails does. */
  end(status: ExitStatus): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#exit(status);
  }

  async stop(): Promise<ExitStatus> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
    this.#exit({ code: 0 });
    return this.exited;
  }

  kill(): void {
    this.end({ code: 137, signal: "SIGKILL" });
  }

  async exec() {
    return { code: this.#behaviour.execCode?.() ?? 0, output: "" };
  }

  async usage() {
    return this.#behaviour.usage?.();
  }

  leakMemory(): void {
    this.end({ code: 137, signal: "SIGKILL", isOutOfMemory: true });
  }
}
