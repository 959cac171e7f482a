import { isRunning } from "../../running.ts";
import { type ComputeDriver, ComputeError, type ContainerSpec, isHostNode } from "../driver.ts";
import { DockerContainer } from "./container.ts";
import { DockerEngine } from "./engine.ts";
import { pullImage } from "./image.ts";
import { SandboxNetwork } from "./network.ts";

/** Marks our containers; its value is the process id of the sandbox they belong to. */
const OWNER_LABEL = "dev.karmacadabra.sandbox";

const MEBIBYTE = 2 ** 20;

/**
 * Runs containers with a Docker engine on this Linux machine: real isolation, limits on CPU and memory, and the kernel's
 * own out-of-memory killer. Images come from the sandbox's registry as from any other.
 * @param host as DOCKER_HOST says it; the engine's usual socket by default.
 */
export function dockerDriver(host?: string): ComputeDriver {
  const engine = new DockerEngine(host);
  const network = new SandboxNetwork(engine);
  const running = new Set<DockerContainer>();
  const pulled = new Set<string>();
  let swept: Promise<void> | undefined;

  const ready = async () => {
    swept ??= removeAbandoned(engine);
    await swept;
    await network.ensure();
  };

  return {
    name: "docker",

    async pull(request) {
      const image = await pullImage(engine, request);
      pulled.add(request.reference);
      if (!isHostNode(image.config)) return image;
      throw new ComputeError(
        "CannotPullContainerError",
        `image ${request.reference} stands on the sandbox's host-node base, which holds no Node: a container engine ` +
          "cannot run it. Build it on a real base image (the input `base` of build-image, the variable BASE_IMAGE).",
      );
    },

    async start(spec, events) {
      try {
        await ready();
        const container = await DockerContainer.start(engine, await create(engine, network, spec), events);
        running.add(container);
        void container.exited.then(() => running.delete(container));
        return container;
      } catch (error) {
        throw new ComputeError("CannotStartContainerError", error instanceof Error ? error.message : String(error));
      }
    },

    async stop() {
      const all = [...running];
      for (const container of all) container.kill();
      await Promise.all(all.map((container) => container.exited));
      for (const reference of pulled)
        await engine.call({ method: "DELETE", path: `/images/${reference}` }).catch(() => undefined);
      await network.close();
    },
  };
}

/** Creates a container as the specification says. @returns its id. */
async function create(engine: DockerEngine, network: SandboxNetwork, spec: ContainerSpec): Promise<string> {
  const environment = await Promise.all(
    Object.entries(spec.environment).map(async ([name, value]) => `${name}=${await network.reachable(value)}`),
  );
  const ports = spec.ports.map((port) => `${port}/tcp`);
  const memory = (spec.memoryMiB ?? 0) * MEBIBYTE;
  const body = {
    Image: spec.image.reference,
    Env: environment,
    Entrypoint: spec.entryPoint,
    // An entry point of the task definition replaces the image's command too, as ECS documents it.
    Cmd: spec.command ?? (spec.entryPoint ? [] : undefined),
    WorkingDir: spec.workingDirectory,
    Labels: { [OWNER_LABEL]: String(process.pid) },
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: network.name,
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: "127.0.0.1", HostPort: "" }]])),
      ExtraHosts: await Promise.all((spec.aliases ?? []).map((alias) => network.hostEntry(alias))),
      Memory: memory,
      MemorySwap: memory, // equal: no swap, so that the limit is one
      NanoCpus: Math.round(((spec.cpu ?? 0) / 1024) * 1e9),
    },
  };
  const { Id } = await engine.call<{ Id: string }>({ method: "POST", path: "/containers/create", body });
  return Id;
}

/** Containers of sandboxes that were killed: nobody else would remove them. */
async function removeAbandoned(engine: DockerEngine): Promise<void> {
  const query = { all: "1", filters: JSON.stringify({ label: [OWNER_LABEL] }) };
  const found = await engine.call<{ Id: string; Labels: Record<string, string> }[]>({
    method: "GET",
    path: "/containers/json",
    query,
  });
  for (const { Id, Labels } of found) {
    if (isRunning(Number(Labels[OWNER_LABEL]))) continue;
    await engine.call({ method: "DELETE", path: `/containers/${Id}`, query: { force: "1", v: "1" } });
  }
}
