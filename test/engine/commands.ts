import type { DeploymentConfiguration, DeploymentLifecycleHookStage } from "@aws-sdk/client-ecs";
import * as fc from "fast-check";
import type { Behaviour } from "../../infra/sandbox/compute/in-process.fixture.ts";
import type { Engine } from "./engine.ts";
import { type EngineService, openHook } from "./engine-service.ts";

/** What a random sequence is made of: everything that callers, operators, time and bad luck do to a service. */
export type Command =
  | {
      readonly do: "deploy";
      readonly strategy: "BLUE_GREEN" | "CANARY" | "LINEAR";
      readonly kind: "good" | "crash" | "unhealthy";
      readonly pauseAt: DeploymentLifecycleHookStage | "nowhere";
      readonly bakeMinutes: number;
      readonly percent: number;
      readonly breaker: "off" | "stops" | "rolls back";
    }
  | { readonly do: "stop" }
  | { readonly do: "answer"; readonly action: "CONTINUE" | "ROLLBACK" }
  | { readonly do: "scale"; readonly to: number }
  | { readonly do: "kill"; readonly which: number }
  | { readonly do: "sicken"; readonly seconds: number }
  | { readonly do: "start-failure"; readonly count: number }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "jump"; readonly seconds: number };

const deploy = fc.record({
  do: fc.constant("deploy" as const),
  strategy: fc.constantFrom("BLUE_GREEN", "CANARY", "LINEAR"),
  kind: fc.constantFrom("good", "good", "good", "crash", "unhealthy"),
  pauseAt: fc.constantFrom(
    "nowhere",
    "nowhere",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
  ),
  bakeMinutes: fc.nat(2),
  percent: fc.integer({ min: 10, max: 60 }),
  breaker: fc.constantFrom("off", "off", "rolls back", "rolls back", "stops"),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: deploy as fc.Arbitrary<Command> },
  { weight: 3, arbitrary: fc.constant<Command>({ do: "stop" }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      action: fc.constantFrom("CONTINUE", "CONTINUE", "CONTINUE", "ROLLBACK"),
    }) as fc.Arbitrary<Command>,
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("scale" as const), to: fc.constantFrom(0, 1, 1, 2, 2, 3, 3, 4) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("kill" as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sicken" as const), seconds: fc.integer({ min: 5, max: 60 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("start-failure" as const), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 45, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("jump" as const), seconds: fc.integer({ min: 1, max: 300 }) }) },
);

/** One service and what happens to it. */
export interface Story {
  /** `rolling`: one target group, and every deployment is ROLLING. */
  readonly kind: "weighted" | "rolling";
  readonly commands: readonly Command[];
}

/** @param longest most commands. */
export const sequence = (longest: number): fc.Arbitrary<Story> =>
  fc.record({
    kind: fc.constantFrom("weighted", "weighted", "weighted", "rolling"),
    commands: fc.array(command, { minLength: 1, maxLength: longest, size: "max" }),
  }) as fc.Arbitrary<Story>;

/** What a run remembers between its commands. */
export interface World {
  readonly engine: Engine;
  readonly service: EngineService;
  readonly kind: Story["kind"];
  /** Versions whose health check fails now, and until when. */
  readonly sick: Map<string, number>;
  versions: number;
  desired: number;
  /** What was deployed last. */
  newest: NonNullable<Behaviour["kind"]>;
  /** Sandbox seconds of the last disturbance from outside: a killed task, a failing check, time that jumped. */
  disturbedAt: number;
}

/** A version that is well until somebody makes it sick. */
function behaviour(world: Pick<World, "sick" | "engine">, version: string, kind: Behaviour["kind"]): Behaviour {
  const listener: Behaviour["listener"] = (request, response) => {
    const isSick = kind === "unhealthy" || (world.sick.get(version) ?? 0) > world.engine.seconds;
    response.statusCode = isSick && request.url === "/health" ? 500 : 200;
    response.end(JSON.stringify({ version }));
  };
  return { kind, listener };
}

function configurationOf(command: Command & { do: "deploy" }, kind: Story["kind"]): DeploymentConfiguration {
  const { strategy, percent, bakeMinutes, pauseAt, breaker } = command;
  const deploymentCircuitBreaker = { enable: breaker !== "off", rollback: breaker === "rolls back" };
  if (kind === "rolling") return { strategy: "ROLLING", deploymentCircuitBreaker };
  return {
    strategy,
    bakeTimeInMinutes: bakeMinutes,
    canaryConfiguration: strategy === "CANARY" ? { canaryPercent: percent, canaryBakeTimeInMinutes: 1 } : undefined,
    linearConfiguration: strategy === "LINEAR" ? { stepPercent: percent, stepBakeTimeInMinutes: 1 } : undefined,
    deploymentCircuitBreaker,
    lifecycleHooks:
      pauseAt === "nowhere"
        ? []
        : [{ targetType: "PAUSE", lifecycleStages: [pauseAt], timeoutConfiguration: { timeoutInMinutes: 10 } }],
  };
}

/** Only these may be answered: the deployment has just ended, or its hook has. */
async function tolerating(names: readonly string[], call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof Error && names.includes(error.name))) throw error;
  });
}

export async function perform(world: World, command: Command): Promise<void> {
  const { engine, service } = world;
  switch (command.do) {
    case "deploy": {
      const version = `v${++world.versions}`;
      // With no task wanted, a version that cannot run would succeed, and serve nobody for the rest of the run.
      world.newest = world.desired === 0 ? "good" : command.kind;
      await service.deploy(version, behaviour(world, version, world.newest), configurationOf(command, world.kind));
      break;
    }
    case "stop": {
      const { currentServiceDeployment } = await service.describe();
      const stop = engine.ecs.stopServiceDeployment({ serviceDeploymentArn: currentServiceDeployment });
      await tolerating(["ConflictException"], stop);
      break;
    }
    case "answer": {
      const { currentServiceDeployment: serviceDeploymentArn = "" } = await service.describe();
      const hookId = openHook(await service.deployment(serviceDeploymentArn)) ?? "ecs-pause-none";
      const answer = engine.ecs.continueServiceDeployment({ serviceDeploymentArn, hookId, action: command.action });
      await tolerating(hookId === "ecs-pause-none" ? ["InvalidParameterException"] : [], answer);
      break;
    }
    case "scale":
      if (world.desired === 0) world.disturbedAt = engine.seconds;
      world.desired = world.newest === "good" ? command.to : Math.max(1, command.to); // for the same reason
      await service.update({ desiredCount: world.desired });
      break;
    case "kill": {
      const running = [...engine.driver.containers];
      running[command.which % Math.max(1, running.length)]?.kill();
      world.disturbedAt = engine.seconds;
      break;
    }
    case "sicken":
      world.sick.set(`v${world.versions}`, engine.seconds + command.seconds);
      world.disturbedAt = engine.seconds + command.seconds;
      break;
    case "start-failure":
      engine.faults.add({ kind: "start-failure", scope: { agent: service.name }, count: command.count });
      break;
    case "wait":
      await engine.advance(command.seconds);
      break;
    case "jump":
      engine.faults.add({ kind: "clock-jump", seconds: command.seconds, count: 1 });
      world.disturbedAt = engine.seconds;
      break;
  }
  await engine.clock.settle();
}
