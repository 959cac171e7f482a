/** The one table of where fleets run. Adding a stage is one entry. */
export interface Stage {
  readonly name: string;
  readonly region: string;
  /** Named here, never looked up: synthesis runs without credentials. */
  readonly availabilityZones: readonly [string, string];
  readonly cidr: string;
  /** Ports of the load balancer's two listeners; production is what users call, test is what gates call. */
  readonly listeners: { readonly production: number; readonly test: number };
  /** Address range that may call the test listener; production is open to the internet. */
  readonly testAccess: string;
  readonly logRetentionDays: 1 | 3 | 7 | 14 | 30;
}

/** @param env the sandbox hands free local ports in; stages on AWS take nothing from the environment. */
export function stages(env: NodeJS.ProcessEnv): Readonly<Record<string, Stage>> {
  return {
    sandbox: {
      name: "sandbox",
      region: env.AWS_REGION || "us-east-1",
      availabilityZones: zones(env.AWS_REGION || "us-east-1"),
      cidr: "10.0.0.0/16",
      listeners: {
        production: port(env, "SANDBOX_PRODUCTION_PORT", 8080),
        test: port(env, "SANDBOX_TEST_PORT", 9080),
      },
      testAccess: "0.0.0.0/0",
      logRetentionDays: 1,
    },
    prod: {
      name: "prod",
      region: "us-east-1",
      availabilityZones: zones("us-east-1"),
      cidr: "10.20.0.0/16",
      listeners: { production: 80, test: 9080 },
      // The gates of a hosted runner call the test listener from addresses that GitHub does not promise.
      testAccess: "0.0.0.0/0",
      logRetentionDays: 7,
    },
  };
}

export function stageNamed(name: string, env: NodeJS.ProcessEnv): Stage {
  const table = stages(env);
  const stage = Object.hasOwn(table, name) ? table[name] : undefined;
  if (stage) return stage;
  throw new Error(`STAGE is "${name}"; allowed: ${Object.keys(table).join(", ")} (the table in infra/aws/stages.ts).`);
}

const zones = (region: string): [string, string] => [`${region}a`, `${region}b`];

function port(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const value = env[variable];
  if (!value) return fallback;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new Error(`${variable} is "${value}"; allowed: a port from 1 to 65535.`);
}
