import { dockerDriver } from "./docker/driver.ts";
import { type ComputeDriver, NeedsEngineError, type PulledImage } from "./driver.ts";
import { processDriver } from "./process/driver.ts";

/** How tasks are run; `auto` looks at each image: those on a real base go to the container engine. */
export const COMPUTE_NAMES = ["auto", "process", "docker"] as const;
export type ComputeName = (typeof COMPUTE_NAMES)[number];

/** @param options.dockerHost as DOCKER_HOST says it. */
export function computeNamed(
  name: ComputeName,
  options: { readonly dockerHost?: string } = {},
): (folder: string) => ComputeDriver {
  if (name === "process") return processDriver;
  if (name === "docker") return () => dockerDriver(options.dockerHost);
  return (folder) => byImage(processDriver(folder), dockerDriver(options.dockerHost));
}

/** Processes for images on the host-node base, the engine for all others; an engine is asked for only then. */
function byImage(processes: ComputeDriver, engine: ComputeDriver): ComputeDriver {
  const ofEngine = new WeakSet<PulledImage>();
  return {
    name: "auto",

    async pull(request) {
      try {
        return await processes.pull(request);
      } catch (error) {
        if (!(error instanceof NeedsEngineError)) throw error;
        const image = await engine.pull(request);
        ofEngine.add(image);
        return image;
      }
    },

    start: (spec, events) => (ofEngine.has(spec.image) ? engine : processes).start(spec, events),

    async stop() {
      await Promise.all([processes.stop(), engine.stop()]);
    },
  };
}
