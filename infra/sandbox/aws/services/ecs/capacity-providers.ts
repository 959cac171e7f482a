import type { CapacityProvider, ECS } from "@aws-sdk/client-ecs";
import type { Operations } from "../../kernel.ts";
import { nameOf } from "./arns.ts";
import type { Records } from "./records.ts";

const FARGATE = ["FARGATE", "FARGATE_SPOT"];

/** The two providers that every account has; Auto Scaling group providers need EC2 capacity, which the sandbox has none of. */
export function capacityProviderOperations(records: Records): Operations<ECS> {
  const view = (name: string): CapacityProvider => ({
    capacityProviderArn: records.arns.capacityProvider(name),
    name,
    status: "ACTIVE",
    tags: [],
  });
  return {
    DescribeCapacityProviders: (input) => {
      const asked = (input.capacityProviders ?? FARGATE).map(nameOf);
      return {
        capacityProviders: asked.filter((name) => FARGATE.includes(name)).map(view),
        failures: asked
          .filter((name) => !FARGATE.includes(name))
          .map((name) => ({ arn: records.arns.capacityProvider(name), reason: "MISSING" })),
      };
    },
  };
}
