import { randomBytes } from "node:crypto";
import type { ServiceModule } from "../../infra/sandbox/aws/kernel.ts";
import { startHarness } from "./harness.ts";

/** Where a conformance test runs: the sandbox, or with `TARGET=aws` the account that the environment's credentials name. */
export interface Target {
  /** For the constructor of any SDK client. */
  readonly config: {
    readonly region: string;
    readonly endpoint?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** A name nobody else uses, e.g. `conformance-cluster-3f9a1c02`. */
  readonly unique: (noun: string) => string;
  readonly isAws: boolean;
  readonly stop: () => Promise<void>;
}

const unique = (noun: string): string => `conformance-${noun}-${randomBytes(4).toString("hex")}`;

/** @param modules the sandbox services that the test needs; ignored at AWS. */
export async function startTarget(modules: readonly ServiceModule[]): Promise<Target> {
  if (process.env.TARGET === "aws") {
    const region = process.env.AWS_REGION;
    if (!region) throw new Error("TARGET=aws needs AWS_REGION: the region in which the tests may create things.");
    return { config: { region }, unique, isAws: true, stop: async () => {} };
  }
  const { config, stop } = await startHarness(modules);
  return { config, unique, isAws: false, stop };
}
