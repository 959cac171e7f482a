import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ComputeDriver, ComputeError } from "../driver.ts";
import { ProcessContainer } from "./container.ts";
import { ImageCache } from "./image-cache.ts";
import { programOf } from "./program.ts";

/**
 * Runs containers as processes of this machine: no container engine, no isolation of the file system, the host's Node.
 * Meant for images of our own agents; any other image is refused.
 * @param folder where images are unpacked and containers get their home; made when needed.
 */
export function processDriver(folder: string): ComputeDriver {
  const cache = new ImageCache(join(folder, "images"));
  const running = new Set<ProcessContainer>();
  const homes = join(folder, "homes");
  return {
    name: "process",

    pull: (request) => cache.pull(request),

    async start(spec, events) {
      const image = await cache.find(spec.image);
      await mkdir(homes, { recursive: true });
      const home = await mkdtemp(join(homes, "container-"));
      try {
        const container = await ProcessContainer.start(programOf(spec, image, home), events);
        running.add(container);
        void container.exited.then(async () => {
          running.delete(container);
          await rm(home, { recursive: true, force: true });
        });
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
