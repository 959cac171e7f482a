import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ComputeDriver, ComputeError } from "../driver.ts";
import { makeShims } from "./command.ts";
import { ProcessContainer } from "./container.ts";
import { ImageCache } from "./image-cache.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { programOf } from "./program.ts";

const MIB = 1024 * 1024;

/**
 * Runs containers as processes of this machine: no container engine, no isolation of the file system, the host's Node.
 * Meant for images of our own agents; any other image is refused. A container is a process group: its memory limit is
 * enforced by looking (a container over it is killed), commands run in it as more processes. NOT enforced, because it
 * takes a kernel's namespaces: a read-only root, the user, CPU limits, ulimits and other Linux parameters.
 * @param folder where images are unpacked and containers get their home; made when needed.
 */
export function processDriver(folder: string): ComputeDriver {
  const cache = new ImageCache(join(folder, "images"));
  const running = new Set<ProcessContainer>();
  const guard = new MemoryGuard();
  let bin: Promise<string> | undefined;
  const homes = join(folder, "homes");
  return {
    name: "process",

    pull: (request) => cache.pull(request),

    async start(spec, events) {
      const image = await cache.find(spec.image);
      await mkdir(homes, { recursive: true });
      const home = await mkdtemp(join(homes, "container-"));
      try {
        bin ??= makeShims(folder);
        const container = await ProcessContainer.start(
          { program: programOf(spec, image, home), bin: await bin },
          events,
        );
        running.add(container);
        if (spec.memoryMiB) guard.watch(container, spec.memoryMiB * MIB);
        container.exited
          .then(async () => {
            running.delete(container);
            await rm(home, { recursive: true, force: true, maxRetries: 3 });
          })
          .catch(() => undefined); // it stays in the driver's folder, and nobody uses it again
        return container;
      } catch (error) {
        await rm(home, { recursive: true, force: true });
        if (error instanceof ComputeError) throw error;
        throw new ComputeError("CannotStartContainerError", error instanceof Error ? error.message : String(error));
      }
    },

    async stop() {
      const all = [...running];
      for (const container of all) container.kill();
      await Promise.all(all.map((container) => container.exited));
    },
  };
}
