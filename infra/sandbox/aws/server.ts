import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Clock, scaledClock } from "../clock.ts";
import { FaultBook } from "../faults/fault-book.ts";
import { faultPage } from "../faults/fault-page.ts";
import { AddressBook } from "../network/addresses.ts";
import type { AwsClients, ServiceContext, ServiceModule } from "./kernel.ts";
import { commitBeforeAnswer } from "./state/answer.ts";
import { lockState } from "./state/lock.ts";
import { openStore, type Store } from "./state/store.ts";
import { clientsOf, type Served, serve } from "./wire/dispatch.ts";
import { ApiFaults } from "./wire/faults.ts";
import { type Handling, handle } from "./wire/handle.ts";

/** The AWS half of the sandbox: every service behind one HTTP port. */
export interface AwsOptions {
  readonly services: readonly ServiceModule[];
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** Folder of the services' files and state; the caller removes it when it is temporary. */
  readonly dataDir: string;
  /** Keeps state in `<dataDir>/state`, so that the next start continues with it; on by default. */
  readonly persist?: boolean;
  readonly clock?: Clock;
  /** Where tasks' addresses lead; by default a fresh book. */
  readonly network?: AddressBook;
  /** What is broken on purpose; by default a book without faults. */
  readonly faults?: FaultBook;
  /** As `id` of ServiceContext; random by default. A test that wants the same run twice gives its own. */
  readonly newId?: ServiceContext["id"];
  /** As `random` of ServiceContext. */
  readonly random?: ServiceContext["random"];
  readonly account?: string;
  readonly region?: string;
  readonly log?: (line: string) => void;
  /** Plain HTTP on the same port that is no AWS: asked first, in order, until one answers true. */
  readonly pages?: readonly Page[];
}

export type Page = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface Aws {
  /** Base URL of every service, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;
  readonly aws: AwsClients;
  readonly faults: FaultBook;
  /** What is implemented, by service id. */
  readonly operations: ReadonlyMap<keyof AwsClients, readonly string[]>;
  readonly stop: () => Promise<void>;
}

const host = "127.0.0.1";

function randomId(length: number, alphabet?: string): string {
  if (!alphabet)
    return randomBytes(Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length);
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Everything is stopped even when something fails; the failures are thrown together afterwards. */
async function stopAll(steps: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "The sandbox's AWS half did not stop cleanly.");
}

async function serveOne(
  pages: readonly Page[],
  handling: Handling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // What is no URL (`//`) is for no page; AWS's own way of answering deals with it.
    if (URL.canParse(request.url ?? "", "http://sandbox"))
      for (const page of pages) if (await page(request, response)) return;
    await handle(handling, request, response);
  } catch (error) {
    handling.log(`a page failed for ${request.url}: ${error instanceof Error ? error.stack : error}`);
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "text/plain" }).end("internal failure of the sandbox");
  }
}

interface Home {
  readonly store: Store;
  readonly served: Map<string, Served>;
  readonly clientsFor: (service?: keyof AwsClients) => AwsClients;
}

/** Every service, each with its own part of the state, and calling the others in its own name. */
function createServices(
  services: readonly ServiceModule[],
  shared: Omit<ServiceContext, "state" | "aws">,
  { store, served, clientsFor }: Home,
): void {
  for (const module of services) {
    const own = { state: store.state(module.id), aws: clientsFor(module.id) };
    const one = serve(module, module.create({ ...shared, ...own }));
    // The first use loads the service's model: real work, which a clock driven by hand has to wait for.
    served.set(module.id, { ...one, model: () => shared.clock.hold(one.model()) });
  }
}

/** Locked, so that no other sandbox writes to the same folder. */
function lockedStore({ persist, dataDir }: AwsOptions, log: (line: string) => void): Store {
  if (persist === false) return openStore({ folder: undefined, log });
  const folder = join(dataDir, "state");
  const unlock = lockState(join(folder, "lock"));
  try {
    const store = openStore({ folder, log });
    return {
      ...store,
      close: () => {
        try {
          store.close();
        } finally {
          unlock();
        }
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

export async function startAws(options: AwsOptions): Promise<Aws> {
  const { account = "000000000000", region = "us-east-1", log = () => {} } = options;
  const store = lockedStore(options, log);
  const served = new Map<string, Served>();
  const root = { account, region, accessKeyId: "sandbox", arn: `arn:aws:iam::${account}:root` };
  const clientsFor = (service?: keyof AwsClients) =>
    clientsOf(served, () => ({ requestId: randomUUID(), caller: { ...root, service } }));
  let port = 0;

  const clock = options.clock ?? scaledClock(1);
  const { newId: id = randomId, random = Math.random } = options;
  const faults = options.faults ?? new FaultBook({ now: () => clock.now(), newId: () => `fault-${id(8)}`, random });
  faults.on("clock-jump", (fault) => faults.hit(fault, {}) && clock.jump(fault.seconds ?? 0));
  const handling = { served, account, region, requestId: randomUUID, faults: new ApiFaults(faults, clock), log };
  const faultsOverHttp = faultPage(faults);
  const server = createServer((request, response) => {
    const commit = commitBeforeAnswer(store, response, log);
    void clock.hold(serveOne([faultsOverHttp, ...(options.pages ?? [])], { ...handling, commit }, request, response));
  });
  // Clients keep connections for reuse; closing them first would make a client's next request fail now and then.
  server.keepAliveTimeout = 75_000;

  const shared: Omit<ServiceContext, "state" | "aws"> = {
    account,
    region,
    dataDir: options.dataDir,
    endpoint: () => `http://${host}:${port}`,
    clock,
    id,
    random,
    network: options.network ?? new AddressBook(),
    faults,
    log,
  };
  createServices(options.services, shared, { store, served, clientsFor });
  const running = [...served.values()];
  const stop = once(() =>
    stopAll([
      ...running.toReversed().map(
        ({ service }) =>
          async () =>
            service.stop?.(),
      ),
      () => close(server),
      store.close,
    ]),
  );
  try {
    port = await listen(server, options.port ?? 0);
    for (const { service } of running) await service.resume?.();
  } catch (error) {
    await stop();
    throw error;
  }
  const operations = new Map(running.map(({ id, service }) => [id, Object.keys(service.operations).sort()] as const));
  return { endpoint: shared.endpoint(), port, aws: clientsFor(), faults, operations, stop };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
