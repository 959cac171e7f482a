import type { CapacityProvider, CapacityProviderStrategyItem, ECS } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../kernel.ts";
import { page } from "../../state/page.ts";
import { nameOf } from "./arns.ts";
import { clusterView } from "./clusters.ts";
import type { ClusterRecord } from "./model.ts";
import type { Records } from "./records.ts";

export const SPOT = "FARGATE_SPOT";
const FARGATE = ["FARGATE", SPOT];
const LONGEST_STRATEGY = 20;
const HIGHEST_WEIGHT = 1000;
const HIGHEST_BASE = 100_000;

type Strategy = readonly CapacityProviderStrategyItem[];

/**
 * What is wrong with a strategy, by the rules of the API reference and the guide of Fargate capacity providers. Pure.
 * @param associated names of the cluster's capacity providers.
 */
export function strategyProblems(strategy: Strategy, associated: readonly string[]): string[] {
  const problems: string[] = [];
  const names = strategy.map((item) => item.capacityProvider ?? "");
  if (strategy.length > LONGEST_STRATEGY)
    problems.push(
      `A capacity provider strategy has at most ${LONGEST_STRATEGY} capacity providers. Got: ${names.length}`,
    );
  if (new Set(names).size < names.length)
    problems.push("A capacity provider strategy names each capacity provider once.");
  for (const { capacityProvider = "", weight = 0, base = 0 } of strategy) {
    if (!associated.includes(capacityProvider))
      problems.push(`The specified capacity provider '${capacityProvider}' is not associated with the cluster.`);
    if (weight < 0 || weight > HIGHEST_WEIGHT)
      problems.push(`The weight of ${capacityProvider} must be between 0 and ${HIGHEST_WEIGHT}. Got: ${weight}`);
    if (base < 0 || base > HIGHEST_BASE)
      problems.push(`The base of ${capacityProvider} must be between 0 and ${HIGHEST_BASE}. Got: ${base}`);
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    problems.push("Only one capacity provider in a capacity provider strategy can have a base defined.");
  if (strategy.length > 1 && strategy.every(({ weight = 0 }) => weight === 0))
    problems.push("At least one capacity provider in a strategy must have a weight greater than zero.");
  return problems;
}

/**
 * Where the next task of a strategy runs: first until the base is met, then by weight, so that for weights 1 and 4 four
 * tasks run on the second for each one on the first. Pure.
 * @param running tasks by capacity provider.
 */
export function nextProvider(strategy: Strategy, running: ReadonlyMap<string, number>): string | undefined {
  const count = (item: CapacityProviderStrategyItem) => running.get(item.capacityProvider ?? "") ?? 0;
  const based = strategy.find((item) => count(item) < (item.base ?? 0));
  if (based) return based.capacityProvider;
  // A single provider needs no weight.
  const weighted = strategy.length === 1 ? strategy : strategy.filter(({ weight = 0 }) => weight > 0);
  const load = (item: CapacityProviderStrategyItem) => (count(item) - (item.base ?? 0) + 1) / (item.weight || 1);
  return weighted.toSorted((a, b) => load(a) - load(b))[0]?.capacityProvider;
}

export interface Capacity {
  readonly launchType?: "FARGATE";
  readonly capacityProviderStrategy?: CapacityProviderStrategyItem[];
}

/**
 * What a request runs on: its launch type, its strategy, or else the cluster's default strategy, or else Fargate.
 * @throws AwsError InvalidParameterException
 */
export function capacityFor(
  cluster: ClusterRecord,
  asked: {
    readonly launchType?: string | undefined;
    readonly capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  },
): Capacity {
  const { launchType, capacityProviderStrategy = [] } = asked;
  if (launchType && capacityProviderStrategy.length > 0)
    throw new AwsError(
      "InvalidParameterException",
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  if (launchType && launchType !== "FARGATE")
    throw new AwsError(
      "InvalidParameterException",
      `No Container Instances were found in your cluster. The sandbox has Fargate only. Got launch type: ${launchType}`,
    );
  const strategy =
    capacityProviderStrategy.length > 0
      ? capacityProviderStrategy
      : (cluster.settings.defaultCapacityProviderStrategy ?? []);
  if (launchType || strategy.length === 0) return { launchType: "FARGATE" };
  const problems = strategyProblems(strategy, cluster.settings.capacityProviders ?? []);
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
  return { capacityProviderStrategy: strategy };
}

/** The two providers that every account has; Auto Scaling group providers need EC2 capacity, which the sandbox has none of. */
export function capacityProviderOperations(records: Records): Operations<ECS> {
  const view = (name: string): CapacityProvider => ({
    capacityProviderArn: records.arns.capacityProvider(name),
    name,
    status: "ACTIVE",
    tags: [],
  });
  const missing = (name: string) => ({ arn: records.arns.capacityProvider(name), reason: "MISSING" });
  return {
    DescribeCapacityProviders: (input) => {
      const associated = input.cluster ? (records.cluster(input.cluster).settings.capacityProviders ?? []) : FARGATE;
      const asked = (input.capacityProviders ?? associated).map(nameOf);
      const { items, nextToken } = page(asked, input, 10);
      return {
        capacityProviders: items.filter((name) => FARGATE.includes(name)).map(view),
        failures: items.filter((name) => !FARGATE.includes(name)).map(missing),
        nextToken,
      };
    },

    PutClusterCapacityProviders: (input) => {
      const cluster = records.cluster(input.cluster);
      const providers = input.capacityProviders ?? [];
      const strategy = input.defaultCapacityProviderStrategy ?? [];
      const problems = [
        ...providers
          .filter((name) => !FARGATE.includes(name))
          .map(
            (name) =>
              `The specified capacity provider '${name}' was not found. The sandbox has ${FARGATE.join(" and ")}.`,
          ),
        ...strategyProblems(strategy, providers),
      ];
      if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
      cluster.settings.capacityProviders = providers;
      cluster.settings.defaultCapacityProviderStrategy = strategy;
      return { cluster: clusterView(records, cluster, cluster.tags) };
    },
  };
}
