import type { TaskDefinition } from "@aws-sdk/client-ecs";

/**
 * Volumes need a file system of the container's own; no compute driver of the sandbox is told of them yet. A task that
 * mounts one fails by name, instead of writing to a path of this machine that nobody shares.
 */
export function requireMountable(definition: TaskDefinition): void {
  const mounts = (definition.containerDefinitions ?? []).flatMap((container) => [
    ...(container.mountPoints ?? []).map(
      (mount) => `volume '${mount.sourceVolume}' at ${mount.containerPath} of container '${container.name}'`,
    ),
    ...(container.volumesFrom ?? []).map(
      (from) => `the volumes of '${from.sourceContainer}' in container '${container.name}'`,
    ),
  ]);
  if (mounts.length > 0)
    throw new Error(`CannotCreateVolumeError: the sandbox mounts no volumes, the task asks for ${mounts.join(", ")}`);
}
