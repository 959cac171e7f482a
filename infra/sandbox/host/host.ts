import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { AwsClients } from "../aws/kernel.ts";
import type { Page } from "../aws/server.ts";
import { bootstrapAccount } from "../aws/services/cloudformation/bootstrap.ts";
import { clockVariable } from "../clock.ts";
import { consoleHandler } from "../console/console.ts";
import { githubHandler } from "../github/api/handler.ts";
import { changeCommit } from "../github/breaks.ts";
import type { RunEvent, RunResult } from "../github/contract.ts";
import { openRepository, type Repository } from "../github/repository/repository.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../sandbox.ts";
import { trustGithub } from "./account.ts";
import { controlHandler } from "./control.ts";
import { removeDescriptor, writeDescriptor } from "./descriptor.ts";
import { type FleetRow, fleetRows } from "./fleet-rows.ts";
import { openMemory } from "./memory.ts";
import { freePort } from "./ports.ts";
import { Runs } from "./runs.ts";
import { type HostStatus, serviceStatuses } from "./status.ts";

/** A bad release on purpose: whose, and in which way. */
export interface Break {
  readonly agent: string;
  readonly kind: string;
}

export interface PushRequest {
  /** Commit or branch of the user's checkout; its HEAD unless given. */
  readonly sha?: string;
  /** Adds a commit that touches this agent's source, so that it alone is deployed. */
  readonly agent?: string;
  /** Adds a commit that makes these agents' next release bad. */
  readonly breaks?: readonly Break[];
}

export interface PushResult {
  readonly commit: string;
  readonly run: RunResult;
  readonly rows: readonly FleetRow[];
  /** Files with changes that are not committed, and so were not pushed. */
  readonly uncommitted: readonly string[];
}

export interface HostOptions {
  /** The user's checkout: its commits are what is pushed. */
  readonly repositoryRoot: string;
  /** Checkout whose node_modules the workflows' `npm ci` may link; the repository's own unless given. */
  readonly installedFrom?: string;
  readonly descriptorFile: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly timeScale: number;
  readonly dataDir?: string;
  /** Where tasks run; by default processes of this machine. */
  readonly compute?: SandboxOptions["compute"];
  /** Called when somebody asks the sandbox to stop. */
  readonly quit: () => void;
  readonly log: (line: string) => void;
}

export interface Host {
  readonly endpoint: string;
  readonly timeScale: number;
  /** The sandbox's AWS, without a socket. */
  readonly aws: AwsClients;
  /** What other programs need to know, as environment variables would say it. */
  readonly addresses: Readonly<Record<string, string>>;
  push(request: PushRequest, onEvent: (event: RunEvent) => void, signal?: AbortSignal): Promise<PushResult>;
  killRunners(): number;
  status(): Promise<HostStatus>;
  stop(): Promise<void>;
}

/** The workflow that a push to main deploys with. */
const DEPLOY = ".github/workflows/deploy.yml";

const GITHUB_PREFIX = "/_github";

/** Starts the whole sandbox for one repository: AWS, GitHub, console, and the API that the CLI talks to. */
export async function startHost(options: HostOptions): Promise<Host> {
  const epoch = Date.now();
  const pages: Page[] = [];
  const memory = openMemory(options.dataDir);
  const sandbox = await startSandbox({ ...options, port: options.port || memory.port || 0, epoch, pages });
  try {
    const repository = await openRepository({ checkoutDir: options.repositoryRoot, dataDir: sandbox.dataDir });
    const secret = randomBytes(32).toString("hex");
    const url = `${sandbox.endpoint}${GITHUB_PREFIX}`;
    const { dataDir } = sandbox;
    const github = githubHandler({
      ...{ prefix: GITHUB_PREFIX, url: () => url, repository, dataDir, secret },
      now: () => new Date(),
      log: options.log,
    });
    await bootstrapAccount(sandbox.aws);
    const roles = await trustGithub(sandbox, `${url}/_oidc`, repository.identity);
    const production = memory.production ?? (await freePort(8080));
    const ports = { production, test: memory.test ?? (await freePort(9080)) };
    memory.keep({ port: sandbox.port, ...ports });
    const runs = new Runs(
      {
        repositoryDir: repository.dir,
        repository: repository.identity,
        vars: variables(sandbox, roles, ports),
        secrets: {},
        env: {
          AWS_ENDPOINT_URL: sandbox.endpoint,
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
          KARMACADABRA_CLOCK: clockVariable(options.timeScale, epoch),
        },
        api: { url, secret },
        maxParallel: Math.max(4, availableParallelism()),
        installedFrom: options.installedFrom ?? options.repositoryRoot,
      },
      { folder: join(dataDir, "runs"), last: memory.lastRun ?? 0, onStart: (lastRun) => memory.keep({ lastRun }) },
    );
    const addresses = addressesOf(sandbox, url, ports);
    const host = hostOf({ options, sandbox, repository, runs, addresses, close: github.close });
    pages.push(
      controlHandler(host, options.quit),
      github.handle,
      consoleHandler(sandbox.aws, () => sandbox.clock.now()),
    );
    writeDescriptor(options.descriptorFile, { pid: process.pid, endpoint: sandbox.endpoint });
    return host;
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

interface Ports {
  readonly production: number;
  readonly test: number;
}

/** The repository variables that the workflows read; on GitHub a person sets those of the real account. */
function variables({ region }: Sandbox, roles: Record<string, string>, ports: Ports): Record<string, string> {
  return {
    STAGE: "sandbox",
    AWS_REGION: region,
    ...roles,
    BASE_IMAGE: "host-node",
    SANDBOX_PRODUCTION_PORT: String(ports.production),
    SANDBOX_TEST_PORT: String(ports.test),
  };
}

const addressesOf = ({ endpoint, region }: Sandbox, github: string, ports: Ports): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  GITHUB_API_URL: github,
  LOAD_BALANCER_URL: `http://127.0.0.1:${ports.production}`,
  TEST_LISTENER_URL: `http://127.0.0.1:${ports.test}`,
  CONSOLE_URL: `${endpoint}/_console`,
});

interface Parts {
  readonly options: HostOptions;
  readonly sandbox: Sandbox;
  readonly repository: Repository;
  readonly runs: Runs;
  readonly addresses: Readonly<Record<string, string>>;
  readonly close: () => void;
}

function hostOf({ options, sandbox, repository, runs, addresses, close }: Parts): Host {
  return {
    endpoint: sandbox.endpoint,
    timeScale: options.timeScale,
    aws: sandbox.aws,
    addresses,
    push: async (request, onEvent, signal) => {
      const event = await repository.pushCommit(await commitOf(request, repository));
      const uncommitted = await repository.uncommitted();
      const run = await runs.run(DEPLOY, event, { onEvent, signal });
      return { uncommitted, commit: event.sha, run, rows: fleetRows(run) };
    },
    killRunners: () => runs.kill(),
    status: async () => ({ addresses, services: await serviceStatuses(sandbox.aws), runs: runs.running() }),
    stop: async () => {
      await runs.stop();
      close();
      await sandbox.stop();
      removeDescriptor(options.descriptorFile);
    },
  };
}

/** The commit to push: the user's own, or one on top of main that touches or breaks agents. */
async function commitOf({ sha, agent, breaks = [] }: PushRequest, repository: Repository): Promise<string | undefined> {
  if (breaks.length === 0 && !agent) return sha;
  return changeCommit(repository, { sha, touch: breaks.length === 0 ? agent : undefined, breaks });
}
