import type { CreateClusterRequest, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { camelCased } from "../schema/casing.ts";
import { schemaOf } from "../schema/schema.ts";
import type { ValueObject } from "../template/value.ts";
import { attributes, handler, present, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

/** Properties in the SDK's casing; the schema names the same structures as the SDK (see casing.ts). */
function sdkInput<T>(type: string, properties: object): T {
  return camelCased(present(schemaOf(type), `the schema of ${type}`), properties as ValueObject) as unknown as T;
}

interface Cluster {
  readonly ClusterName?: string;
  readonly Tags?: readonly Tag[];
}

const cluster = handler<Cluster>({
  nameProperty: "ClusterName",
  create: async (properties, scope) => {
    const { clusterSettings, ...input } = sdkInput<
      CreateClusterRequest & { clusterSettings?: CreateClusterRequest["settings"] }
    >("AWS::ECS::Cluster", properties);
    const name = properties.ClusterName ?? physicalName(scope, 255);
    const answer = await scope.aws.ecs.createCluster({
      ...input,
      clusterName: name,
      ...(clusterSettings ? { settings: clusterSettings } : {}),
    });
    return { physicalId: name, attributes: attributes({ Arn: answer.cluster?.clusterArn }) };
  },
  update: async (properties, existing, { aws }) => {
    const { clusterSettings, configuration, serviceConnectDefaults } = sdkInput<
      CreateClusterRequest & { clusterSettings?: CreateClusterRequest["settings"] }
    >("AWS::ECS::Cluster", properties);
    await aws.ecs.updateCluster({
      cluster: existing.physicalId,
      ...(clusterSettings ? { settings: clusterSettings } : {}),
      ...(configuration ? { configuration } : {}),
      ...(serviceConnectDefaults ? { serviceConnectDefaults } : {}),
    });
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    const resourceArn = String(existing.attributes.Arn);
    if (set.length > 0)
      await aws.ecs.tagResource({ resourceArn, tags: set.map(({ Key, Value }) => ({ key: Key, value: Value })) });
    if (remove.length > 0) await aws.ecs.untagResource({ resourceArn, tagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ClusterNotFound/, () => aws.ecs.deleteCluster({ cluster: physicalId })),
});

interface TaskDefinition {
  readonly Family?: string;
  readonly Tags?: readonly Tag[];
}

const taskDefinition = handler<TaskDefinition>({
  create: async (properties, scope) => {
    const input = sdkInput<RegisterTaskDefinitionRequest>("AWS::ECS::TaskDefinition", properties);
    // As in AWS, a family without a name is stack and logical id, so that revisions of it follow each other.
    const family =
      properties.Family ?? `${scope.stackName}${scope.logicalId}`.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 255);
    const answer = await scope.aws.ecs.registerTaskDefinition({ ...input, family });
    const arn = present(answer.taskDefinition?.taskDefinitionArn, "taskDefinitionArn");
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },
  update: async (properties, existing, { aws }) => {
    const { set, remove } = tagChanges(existing.properties.Tags, properties.Tags);
    const resourceArn = existing.physicalId;
    if (set.length > 0)
      await aws.ecs.tagResource({ resourceArn, tags: set.map(({ Key, Value }) => ({ key: Key, value: Value })) });
    if (remove.length > 0) await aws.ecs.untagResource({ resourceArn, tagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ClientException|InvalidParameter/, () =>
      aws.ecs.deregisterTaskDefinition({ taskDefinition: physicalId }),
    ),
});

interface Associations {
  readonly Cluster: string;
  readonly CapacityProviders: readonly string[];
  readonly DefaultCapacityProviderStrategy: readonly {
    readonly CapacityProvider: string;
    readonly Base?: number;
    readonly Weight?: number;
  }[];
}

const putProviders = (properties: Associations) => ({
  cluster: properties.Cluster,
  capacityProviders: [...properties.CapacityProviders],
  defaultCapacityProviderStrategy: properties.DefaultCapacityProviderStrategy.map((one) => ({
    capacityProvider: one.CapacityProvider,
    base: one.Base,
    weight: one.Weight,
  })),
});

const associations = handler<Associations>({
  create: async (properties, { aws }) => {
    await aws.ecs.putClusterCapacityProviders(putProviders(properties));
    return { physicalId: properties.Cluster };
  },
  update: async (properties, existing, { aws }) => {
    await aws.ecs.putClusterCapacityProviders(putProviders(properties));
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ClusterNotFound/, () =>
      aws.ecs.putClusterCapacityProviders({
        cluster: physicalId,
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    ),
});

export const ecsHandlers = {
  "AWS::ECS::Cluster": cluster,
  "AWS::ECS::TaskDefinition": taskDefinition,
  "AWS::ECS::ClusterCapacityProviderAssociations": associations,
};
