import { schemaOf } from "../schema/schema.ts";
import type { Value, ValueObject } from "../template/value.ts";
import { type AnyHandler, handler, type Scope } from "./handler.ts";
import { physicalName } from "./naming.ts";

/**
 * Types that are validated against the schema and remembered, but do nothing. The list is explicit: a type is on it
 * only because nothing that this platform relies on would behave differently if the resource were real. What each
 * physical id looks like comes from the property that names the resource, or is generated.
 */
const RECORDED: Readonly<Record<string, { readonly name?: string; readonly ref?: "arn" }>> = {
  "AWS::Budgets::Budget": {},
  "AWS::CE::AnomalyMonitor": { ref: "arn" },
  "AWS::CE::AnomalySubscription": { ref: "arn" },
  "AWS::EC2::FlowLog": {},
  "AWS::EC2::NetworkAcl": {},
  "AWS::EC2::NetworkAclEntry": {},
  "AWS::EC2::SubnetNetworkAclAssociation": {},
  "AWS::ECR::RegistryScanningConfiguration": {},
  "AWS::ECR::ReplicationConfiguration": {},
  "AWS::SQS::Queue": { name: "QueueName" },
  "AWS::SQS::QueuePolicy": {},
  "AWS::ServiceDiscovery::PublicDnsNamespace": {},
};

export const recordedTypes = (): string[] => Object.keys(RECORDED);
export const isRecorded = (type: string): boolean => Object.hasOwn(RECORDED, type);

function recorded(type: string): AnyHandler {
  const { name: nameProperty, ref } = RECORDED[type] ?? {};
  return handler<ValueObject>({
    ...(nameProperty ? { nameProperty } : {}),
    create: async (properties, scope) => {
      const given = nameProperty === undefined ? undefined : properties[nameProperty];
      const name = typeof given === "string" ? given : physicalName(scope, 64);
      const arn = `arn:aws:${serviceOf(type)}:${scope.region}:${scope.account}:${name}`;
      scope.log(`${scope.stackName}/${scope.logicalId}: ${type} is recorded and validated only; it does nothing here`);
      return { physicalId: ref === "arn" ? arn : name, attributes: invented({ type, name, arn, properties, scope }) };
    },
    update: async (_, existing) => existing,
  });
}

/** `AWS::ServiceDiscovery::PublicDnsNamespace` → `servicediscovery`. */
const serviceOf = (type: string): string => (type.split("::")[1] ?? "").toLowerCase();

/** A value for each attribute of the schema: the property of that name, the ARN, or the name. */
function invented(made: {
  type: string;
  name: string;
  arn: string;
  properties: ValueObject;
  scope: Scope;
}): ValueObject {
  const names = schemaOf(made.type)?.attributes ?? [];
  return Object.fromEntries(
    names.map((attribute): [string, Value] => {
      const property = made.properties[attribute];
      if (typeof property === "string") return [attribute, property];
      return [attribute, /arn$/i.test(attribute) ? made.arn : made.name];
    }),
  );
}

export const recordedHandlers: Readonly<Record<string, AnyHandler>> = Object.fromEntries(
  recordedTypes().map((type) => [type, recorded(type)]),
);
