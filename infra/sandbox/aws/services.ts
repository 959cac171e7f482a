import type { ServiceModule } from "./kernel.ts";

/** Every service of the sandbox's AWS half, one line each. */
export const services: readonly ServiceModule[] = [
  // one line per service
];
