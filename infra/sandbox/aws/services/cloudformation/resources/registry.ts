import { schemas } from "../schema/schema.ts";
import { suggestion } from "../schema/validate.ts";
import type { ValueObject } from "../template/value.ts";
import { autoscalingHandlers } from "./autoscaling.ts";
import { cloudwatchHandlers } from "./cloudwatch.ts";
import { customResource } from "./custom.ts";
import { accessHandlers } from "./ec2-access.ts";
import { networkHandlers } from "./ec2-network.ts";
import { ecrHandlers } from "./ecr.ts";
import { ecsHandlers } from "./ecs.ts";
import { ecsServiceHandlers } from "./ecs-service.ts";
import { eventsHandlers } from "./events.ts";
import { type AnyHandler, handler } from "./handler.ts";
import { iamHandlers } from "./iam.ts";
import { kmsHandlers } from "./kms.ts";
import { lambdaHandlers } from "./lambda.ts";
import { loadBalancingHandlers } from "./load-balancing.ts";
import { logsHandlers } from "./logs.ts";
import { physicalName } from "./naming.ts";
import { recordedHandlers } from "./recorded.ts";
import { s3Handlers } from "./s3.ts";
import { secretHandlers } from "./secrets.ts";
import { serviceDiscoveryHandlers } from "./service-discovery.ts";
import { snsHandlers } from "./sns.ts";
import { ssmHandlers } from "./ssm.ts";

/** Holds nothing and does nothing, in AWS too. */
const inert = handler<ValueObject>({
  create: async (_, scope) => {
    const id = physicalName(scope, 64);
    return { physicalId: id, attributes: { Id: id } };
  },
  update: async (_, existing) => existing,
});

/** Not in the resource schema: the CDK's own type, whose properties nobody checks. */
const METADATA = "AWS::CDK::Metadata";

/** As `Custom::<anything>`: properties that only the provider knows. */
const CUSTOM = "AWS::CloudFormation::CustomResource";

const HANDLERS: Readonly<Record<string, AnyHandler>> = {
  ...networkHandlers,
  ...accessHandlers,
  ...iamHandlers,
  ...ecrHandlers,
  ...ecsHandlers,
  ...ecsServiceHandlers,
  ...loadBalancingHandlers,
  ...logsHandlers,
  ...ssmHandlers,
  ...s3Handlers,
  ...secretHandlers,
  ...kmsHandlers,
  ...cloudwatchHandlers,
  ...autoscalingHandlers,
  ...serviceDiscoveryHandlers,
  ...lambdaHandlers,
  ...snsHandlers,
  ...eventsHandlers,
  ...recordedHandlers,
  "AWS::CloudFormation::WaitConditionHandle": inert,
  [METADATA]: inert,
  [CUSTOM]: customResource,
};

export function handlerOf(type: string): AnyHandler | undefined {
  if (/^Custom::[A-Za-z0-9_@-]+$/.test(type)) return customResource;
  return Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
}

/** The types whose schema has to be in schemas.generated.json. */
export const supportedTypes = (): string[] =>
  Object.keys(HANDLERS).filter((type) => type !== METADATA && type !== CUSTOM);

const WHY_NOT: Readonly<Record<string, string>> = {
  "AWS::CloudFormation::Stack": "nested stacks are not implemented; deploy the stacks one by one",
};

/** Why a type cannot be deployed, in one sentence; `undefined` when it can. */
export function refusal(type: string): string | undefined {
  if (handlerOf(type)) return undefined;
  const why = Object.hasOwn(WHY_NOT, type) ? WHY_NOT[type] : undefined;
  if (why) return `${type}: ${why}`;
  const { known } = schemas();
  if (known.includes(type)) return `${type} is not implemented by this sandbox`;
  return `Unrecognized resource types: [${type}]${suggestion(type, known)}`;
}
