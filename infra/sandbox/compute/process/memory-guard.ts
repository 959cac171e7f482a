import type { ProcessContainer } from "./container.ts";
import { groupUsage } from "./usage.ts";

const SAMPLE_MS = 250; // real time: memory grows no faster because the clock does

/**
 * Kills containers that use more memory than they may, as the kernel does for a real container. It looks now and then,
 * so a container may be over its limit for a moment.
 */
export class MemoryGuard {
  readonly #limits = new Map<ProcessContainer, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limitBytes of the container's whole process group. */
  watch(container: ProcessContainer, limitBytes: number): void {
    this.#limits.set(container, limitBytes);
    this.#arm();
    void container.exited.then(() => {
      this.#limits.delete(container);
      if (this.#limits.size === 0) clearTimeout(this.#timer);
    });
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#limits.size > 0) this.#timer = setTimeout(() => void this.#look(), SAMPLE_MS).unref();
  }

  async #look(): Promise<void> {
    try {
      const groups = new Set([...this.#limits.keys()].flatMap((container) => container.group ?? []));
      const used = await groupUsage(groups);
      for (const [container, limit] of this.#limits) {
        const usage = used.get(container.group ?? -1);
        if (usage && usage.memoryBytes > limit) container.killForMemory();
      }
    } catch {
      // not measurable at this moment: the next look tells
    }
    this.#arm();
  }
}
