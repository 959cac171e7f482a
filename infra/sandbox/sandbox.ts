import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsClients, ServiceContext, ServiceModule } from "./aws/kernel.ts";
import { type Page, startAws } from "./aws/server.ts";
import { ecsOn } from "./aws/services/ecs/service.ts";
import { services } from "./aws/services.ts";
import { type Clock, scaledClock } from "./clock.ts";
import type { ComputeDriver } from "./compute/driver.ts";
import type { FaultBook } from "./faults/fault-book.ts";
import { AddressBook } from "./network/addresses.ts";

/** The whole sandbox: an AWS account with everything a fleet needs, on this machine. */
export interface SandboxOptions {
  /** Port of the AWS half; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Sandbox seconds per real second; 1 by default. */
  readonly timeScale?: number;
  /** Keeps state and files here for the next start; by default a temporary folder that is removed at stop. */
  readonly dataDir?: string;
  /** Real time, in ms since 1970, at which the sandbox's clock starts; now by default. */
  readonly epoch?: number;
  /** A clock of your own instead of one that runs `timeScale` times as fast as the real one. */
  readonly clock?: Clock;
  /** As `id` of ServiceContext; random by default. */
  readonly newId?: ServiceContext["id"];
  /** As `random` of ServiceContext. */
  readonly random?: ServiceContext["random"];
  /** Where tasks run; by default processes of this machine. @param folder for the driver's own files. */
  readonly compute?: (folder: string) => ComputeDriver;
  /** Plain HTTP beside AWS on the same port, such as the console. */
  readonly pages?: readonly Page[];
  /** One line per notable thing; never a secret. */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  /** `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly port: number;
  readonly account: string;
  readonly region: string;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly network: AddressBook;
  readonly aws: AwsClients;
  readonly faults: FaultBook;
  readonly stop: () => Promise<void>;
}

const account = "000000000000";
const region = "us-east-1";

async function folder(dataDir: string | undefined): Promise<{ path: string; remove: () => Promise<void> }> {
  if (dataDir !== undefined) {
    await mkdir(dataDir, { recursive: true });
    return { path: dataDir, remove: async () => {} };
  }
  const path = await mkdtemp(join(tmpdir(), "karmacadabra-sandbox-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Every service, with ECS on a compute driver of the caller's. */
function withCompute(compute: (folder: string) => ComputeDriver): ServiceModule[] {
  const ecs = ecsOn(({ dataDir }) => compute(join(dataDir, "ecs")));
  return services.map((service) => (service.id === "ecs" ? ecs : service));
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { log = () => {}, timeScale = 1 } = options;
  const { path: dataDir, remove } = await folder(options.dataDir);
  const clock = options.clock ?? scaledClock(timeScale, options.epoch);
  const { compute } = options;
  const network = new AddressBook();
  const persist = options.dataDir !== undefined;
  try {
    const running = await startAws({
      services: compute ? withCompute(compute) : services,
      newId: options.newId,
      random: options.random,
      port: options.port,
      dataDir,
      persist,
      clock,
      network,
      account,
      region,
      log,
      pages: options.pages,
    });
    const stop = () => running.stop().finally(remove);
    return { ...running, account, region, dataDir, clock, network, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}
