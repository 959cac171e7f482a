import type { Cluster, ECS, Tag } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../kernel.ts";
import { page } from "../../state/page.ts";
import { nameOf } from "./arns.ts";
import { ensureNamespace } from "./connect/namespaces.ts";
import type { ClusterRecord } from "./model.ts";
import type { Records } from "./records.ts";

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;

function counts(records: Records, cluster: ClusterRecord) {
  const tasks = [...records.tasks.values()].filter(({ task }) => task.clusterArn === cluster.arn);
  const services = [...records.services.values()].filter((service) => service.clusterArn === cluster.arn);
  return {
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ task }) => task.lastStatus === "RUNNING").length,
    pendingTasksCount: tasks.filter(({ task }) =>
      ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus ?? ""),
    ).length,
    activeServicesCount: services.filter((service) => service.status === "ACTIVE").length,
  };
}

/** A cluster as DescribeClusters shows it. */
export function clusterView(records: Records, cluster: ClusterRecord, tags?: Tag[]): Cluster {
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    ...counts(records, cluster),
    ...cluster.settings,
    statistics: [],
    tags: tags ?? [],
  };
}

function requireEmpty(records: Records, cluster: ClusterRecord): void {
  const { activeServicesCount, runningTasksCount, pendingTasksCount } = counts(records, cluster);
  if (activeServicesCount > 0)
    throw new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
  if (runningTasksCount + pendingTasksCount > 0)
    throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
}

/** The default namespace by its ARN, made when nobody has that name; an empty name takes the default away. */
async function connectDefaults(records: Records, reference: string | undefined) {
  if (!reference) return undefined;
  return { namespace: (await ensureNamespace(records.context.aws, reference)).arn };
}

export function clusterOperations(records: Records): Operations<ECS> {
  return {
    CreateCluster: async (input) => {
      const name = input.clusterName ?? "default";
      if (!NAME.test(name))
        throw new AwsError(
          "InvalidParameterException",
          "Cluster name must contain letters, numbers, hyphens and underscores only.",
        );
      const known = records.findCluster(name);
      if (known?.status === "ACTIVE") return { cluster: clusterView(records, known, known.tags) };
      const { settings, configuration, capacityProviders, defaultCapacityProviderStrategy } = input;
      const serviceConnectDefaults = await connectDefaults(records, input.serviceConnectDefaults?.namespace);
      const cluster: ClusterRecord = {
        name,
        arn: records.arns.cluster(name),
        status: "ACTIVE",
        settings: {
          settings: settings ?? [{ name: "containerInsights", value: "disabled" }],
          configuration,
          capacityProviders: capacityProviders ?? [],
          defaultCapacityProviderStrategy: defaultCapacityProviderStrategy ?? [],
          serviceConnectDefaults,
        },
        tags: input.tags ?? [],
      };
      records.clusters.set(name, cluster);
      return { cluster: clusterView(records, cluster, cluster.tags) };
    },

    DescribeClusters: (input) => {
      const asked = input.clusters ?? ["default"];
      const found = asked.flatMap((name) => records.findCluster(name) ?? []);
      const missing = asked.filter((name) => !records.findCluster(name));
      const withTags = input.include?.includes("TAGS");
      return {
        clusters: found.map((cluster) => clusterView(records, cluster, withTags ? cluster.tags : undefined)),
        failures: missing.map((name) => ({ arn: records.arns.cluster(nameOf(name)), reason: "MISSING" })),
      };
    },

    ListClusters: (input) => {
      const arns = [...records.clusters.values()].filter((c) => c.status === "ACTIVE").map((c) => c.arn);
      const { items, nextToken } = page(arns, input, 100);
      return { clusterArns: items, nextToken };
    },

    UpdateCluster: async (input) => {
      const cluster = records.cluster(input.cluster);
      if (input.settings) cluster.settings.settings = input.settings;
      if (input.configuration) cluster.settings.configuration = input.configuration;
      if (input.serviceConnectDefaults)
        cluster.settings.serviceConnectDefaults = await connectDefaults(
          records,
          input.serviceConnectDefaults.namespace,
        );
      return { cluster: clusterView(records, cluster, cluster.tags) };
    },

    UpdateClusterSettings: (input) => {
      const cluster = records.cluster(input.cluster);
      cluster.settings.settings = input.settings;
      return { cluster: clusterView(records, cluster, cluster.tags) };
    },

    DeleteCluster: (input) => {
      const cluster = records.cluster(input.cluster);
      requireEmpty(records, cluster);
      cluster.status = "INACTIVE";
      return { cluster: clusterView(records, cluster, cluster.tags) };
    },
  };
}
