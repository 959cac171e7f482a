import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type { ServiceModule } from "../../infra/sandbox/aws/kernel.ts";
import { ecsOn } from "../../infra/sandbox/aws/services/ecs/service.ts";
import { services } from "../../infra/sandbox/aws/services.ts";
import { modelOf, type Operation } from "../../infra/sandbox/aws/wire/model.ts";
import { InProcessDriver } from "../../infra/sandbox/compute/in-process.fixture.ts";
import { Inputs } from "./fuzz-inputs.ts";
import { type Harness, startHarness } from "./harness.ts";

/**
 * Every implemented operation of every service gets inputs made from its own schema, through its own SDK client: it
 * answers or refuses them as AWS does, and never fails. FUZZ_RUNS says how often (1), SEED repeats a run.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
const SEED = Number(process.env.SEED ?? 20_260_101);
const LONGEST_MS = 8000;

interface Sent {
  readonly input: object;
}
interface Client {
  send(command: Sent, options: object): Promise<object>;
  destroy(): void;
}
type ClientClass = new (config: object) => Client;
type CommandClass = new (input: object) => Sent;

let sandbox: Harness;
const inputs = new Inputs();
const started = new Set<Client>();
const modules: readonly ServiceModule[] = services.map((module) =>
  module.id === "ecs" ? ecsOn(() => new InProcessDriver()) : module,
);

beforeAll(async () => {
  jest.spyOn(console, "warn").mockImplementation(() => {}); // the SDK's advice on odd inputs
  sandbox = await startHarness(modules);
});
afterAll(async () => {
  for (const client of started) client.destroy();
  await sandbox.stop();
});

/** Makers first, so that there is something to read, change and at last delete. */
const rank = (name: string): number =>
  /^(Create|Put|Register|Run|Allocate)/.test(name) ? 0 : /^(De|Remove|Stop|Terminate)/.test(name) ? 2 : 1;

async function clientOf({
  sdk,
}: ServiceModule): Promise<{ client: Client; exports: Record<string, unknown>; operations: Operation[] }> {
  const namespace = (typeof sdk === "function" ? await (sdk as () => Promise<object>)() : sdk) as Record<
    string,
    unknown
  >;
  const Class = Object.values(namespace).find(
    (value): value is ClientClass =>
      typeof value === "function" && value.name.endsWith("Client") && value.name !== "Client",
  );
  if (!Class) throw new Error("The SDK package has no client.");
  const client = new Class({ ...sandbox.config, forcePathStyle: true });
  started.add(client);
  return { client, exports: namespace, operations: [...modelOf(namespace).operations.values()] };
}

/** @returns what is wrong with an error, if anything. */
function complaint(error: unknown): string | undefined {
  if (!(typeof error === "object" && error !== null)) return String(error);
  const { name, message, $metadata, $response } = error as Record<string, unknown>;
  const status = ($metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode;
  if (status === undefined && $response === undefined) {
    // The SDK itself refused the input, or nobody answered.
    return /ECONN|socket|abort|timeout/i.test(`${name} ${message}`) ? `no answer: ${name} ${message}` : undefined;
  }
  if (name === "InternalFailure" || (status !== undefined && status >= 500 && status !== 501))
    return `${status} ${name}: ${message}`;
  if (typeof message !== "string" || typeof name !== "string" || name === "Error")
    return `no AWS error: ${status} ${name} ${message}`;
  if (
    /\bat .+\.(?:ts|js|mjs):\d+/.test(message) ||
    message.includes(sandbox.dataDir) ||
    message.includes(process.cwd())
  )
    return `it tells too much: ${message}`;
  return undefined;
}

function lastFailure(): string {
  return (
    sandbox.logged
      .filter((line) => line.startsWith("internal failure"))
      .at(-1)
      ?.split("\n")
      .slice(0, 6)
      .join("\n") ?? ""
  );
}

describe.each(modules.map((module) => [module.id, module] as const))("%s", (id, module) => {
  test("no operation fails, whatever it is asked", async () => {
    const { client, exports, operations } = await clientOf(module);
    const implemented = new Set(sandbox.operations.get(id));
    const wrong: string[] = [];
    const asked = operations.filter(({ name }) => implemented.has(name)).sort((a, b) => rank(a.name) - rank(b.name));
    for (const operation of asked) {
      const Command = exports[`${operation.name}Command`] as CommandClass;
      const call = async (input: object): Promise<boolean> => {
        try {
          inputs.learn(await client.send(new Command(input), { abortSignal: AbortSignal.timeout(LONGEST_MS) }));
          inputs.learn(input);
          return true;
        } catch (error) {
          const text = complaint(error);
          if (text)
            wrong.push(
              `${operation.name}: ${text}\n  ${JSON.stringify(input, bigIntText)?.slice(0, 600)}\n  ${lastFailure()}`,
            );
          return text === undefined;
        }
      };
      await fc.check(fc.asyncProperty(inputs.of(operation), call), { numRuns: RUNS, seed: SEED, endOnFailure: true });
    }
    expect(wrong).toEqual([]);
    expect(asked).toHaveLength(implemented.size);
  }, 120_000);
});

test("it still answers, and nothing went wrong behind its back", async () => {
  const { client, exports } = await clientOf(modules.find(({ id }) => id === "sts") as ServiceModule);
  const Command = exports.GetCallerIdentityCommand as CommandClass;
  expect(await client.send(new Command({}), {})).toMatchObject({ Account: "000000000000" });
});

const bigIntText = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);
