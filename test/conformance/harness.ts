import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceModule } from "../../infra/sandbox/aws/kernel.ts";
import { type Aws, startAws } from "../../infra/sandbox/aws/server.ts";

/** A sandbox with some services, its own folder, and what an SDK client needs to reach it. */
export interface Harness extends Aws {
  readonly dataDir: string;
  readonly logged: readonly string[];
  readonly config: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
}

export async function startHarness(services: readonly ServiceModule[], keep?: { dataDir: string }): Promise<Harness> {
  const dataDir = keep?.dataDir ?? (await mkdtemp(join(tmpdir(), "conformance-")));
  const logged: string[] = [];
  const aws = await startAws({ services, dataDir, log: (line) => logged.push(line) });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return {
    ...aws,
    dataDir,
    logged,
    config: { endpoint: aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 },
    stop: async () => {
      await aws.stop();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
