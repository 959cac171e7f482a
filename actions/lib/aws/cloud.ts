import { type Balancer, balancerPort } from "./balancer.ts";
import { type Ecs, ecsPort } from "./ecs.ts";
import { type Logs, logsPort } from "./logs.ts";
import { type Parameters, parametersPort } from "./parameters.ts";
import { type Registry, registryPort } from "./registry.ts";
import { type Secrets, secretsPort } from "./secrets.ts";
import type { AwsSettings } from "./settings.ts";

/** Everything the platform asks of AWS, behind typed questions. */
export interface Cloud {
  readonly ecs: Ecs;
  readonly balancer: Balancer;
  readonly registry: Registry;
  readonly parameters: Parameters;
  readonly logs: Logs;
  readonly secrets: Secrets;
}

export const connectCloud = (settings: AwsSettings): Cloud => ({
  ecs: ecsPort(settings),
  balancer: balancerPort(settings),
  registry: registryPort(settings),
  parameters: parametersPort(settings),
  logs: logsPort(settings),
  secrets: secretsPort(settings),
});
