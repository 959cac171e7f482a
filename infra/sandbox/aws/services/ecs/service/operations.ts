import type { CreateServiceCommandInput, ECS } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { page } from "../../../state/page.ts";
import { requireNamespace } from "../connect/namespaces.ts";
import { requireReachableGroups } from "../deployment/balancer-rules.ts";
import { forgetHistory } from "../deployment/history.ts";
import { supersede } from "../deployment/machine.ts";
import { startDeployment } from "../deployment/start.ts";
import type { ServiceRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";
import { changedSettings, newSettings } from "./settings.ts";
import { serviceView } from "./view.ts";

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const DESCRIBE_LIMIT = 10;

/** @throws AwsError InvalidParameterException, ClusterNotFoundException, ClientException */
function newService(records: Records, input: CreateServiceCommandInput, createdBy: string): ServiceRecord {
  const cluster = records.cluster(input.cluster);
  const name = input.serviceName ?? "";
  if (!NAME.test(name))
    throw new AwsError(
      "InvalidParameterException",
      "Service name must contain up to 255 letters, numbers, underscores and hyphens.",
    );
  const known = records.findService(name, cluster.name);
  if (known && known.status !== "INACTIVE")
    throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
  return {
    arn: records.arns.service(cluster.name, name),
    name,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    createdAt: records.now(),
    createdBy,
    status: "ACTIVE",
    desiredCount: input.desiredCount ?? 1,
    settings: newSettings(records, input),
    tags: input.tags ?? [],
    events: [],
    rollouts: [],
    backoffs: {},
    isSteady: false,
  };
}

/** Ends what runs; the service is INACTIVE once its tasks have stopped. */
function drain(records: Records, service: ServiceRecord): void {
  const now = records.now();
  for (const deployment of records.deploymentsOf(service.arn)) {
    if (isOver(deployment)) continue;
    const end = {
      status: "STOPPED",
      statusReason: "Service deployment was stopped because the service was deleted.",
      stoppedAt: now,
      finishedAt: now,
    } as const;
    Object.assign(deployment, supersede(deployment, now), end);
  }
  service.desiredCount = 0;
  service.held = undefined;
  service.status = "DRAINING";
}

function readingOperations(records: Records): Operations<ECS> {
  return {
    DescribeServices: (input) => {
      const asked = input.services ?? [];
      if (asked.length > DESCRIBE_LIMIT)
        throw new AwsError(
          "InvalidParameterException",
          `DescribeServices takes at most ${DESCRIBE_LIMIT} services, got ${asked.length}.`,
        );
      const cluster = asked.every((one) => one.startsWith("arn:")) ? undefined : records.cluster(input.cluster);
      const tags = input.include?.includes("TAGS") ?? false;
      const arnOf = (one: string) =>
        one.startsWith("arn:") ? one : records.arns.service(cluster?.name ?? "default", one);
      const found = asked.map((one) => ({ one, service: records.findService(one, cluster?.name) }));
      return {
        services: found.flatMap(({ service }) => (service ? [serviceView(records, service, { tags })] : [])),
        failures: found.filter(({ service }) => !service).map(({ one }) => ({ arn: arnOf(one), reason: "MISSING" })),
      };
    },

    ListServices: (input) => {
      const cluster = records.cluster(input.cluster);
      const arns = [...records.services.values()]
        .filter((service) => service.clusterArn === cluster.arn && service.status !== "INACTIVE")
        .filter(({ settings }) => !input.launchType || settings.launchType === input.launchType)
        .filter(({ settings }) => !input.schedulingStrategy || settings.schedulingStrategy === input.schedulingStrategy)
        .map((service) => service.arn);
      const { items, nextToken } = page(arns, input, 10);
      return { serviceArns: items, nextToken };
    },

    ListServicesByNamespace: async (input) => {
      const namespace = await requireNamespace(records.context.aws, input.namespace ?? "");
      const arns = records.memberships
        .inNamespace(namespace.arn)
        .map(({ serviceArn }) => serviceArn)
        .filter((arn) => records.services.get(arn)?.settings.serviceConnectConfiguration?.enabled);
      const { items, nextToken } = page(arns, input, 10);
      return { serviceArns: items, nextToken };
    },
  };
}

/** @param wake makes the service's controller look at once instead of at its next turn. */
export function serviceOperations(records: Records, wake: (serviceArn: string) => void): Operations<ECS> {
  return {
    ...readingOperations(records),

    CreateService: async (given, request) => {
      const input = await records.memberships.resolve(given, records.cluster(given.cluster));
      const draft = newService(records, input, request.caller.arn); // what is refused without asking anybody comes first
      await requireReachableGroups(records.context.aws, input.loadBalancers ?? []);
      const membership = await records.memberships.prepare(draft.arn, draft.settings);
      const service = newService(records, input, request.caller.arn);
      if (records.services.has(service.arn)) forgetHistory(records, service.arn);
      records.services.set(service.arn, service);
      records.memberships.keep(membership);
      startDeployment(records, service);
      wake(service.arn);
      return { service: serviceView(records, service) };
    },

    UpdateService: async (given) => {
      const known = records.activeService(given.service, given.cluster);
      const input = await records.memberships.resolve(given, records.cluster(known.clusterName));
      const draft = changedSettings(records, known, input).settings;
      await requireReachableGroups(records.context.aws, draft.loadBalancers ?? []);
      const membership = await records.memberships.prepare(known.arn, draft);
      // Somebody may have changed it in the meantime.
      const service = records.activeService(input.service, input.cluster);
      const { settings, startsDeployment } = changedSettings(records, service, input);
      service.settings = settings;
      records.memberships.keep(membership);
      service.desiredCount = input.desiredCount ?? service.desiredCount;
      if (startsDeployment) startDeployment(records, service);
      wake(service.arn);
      return { service: serviceView(records, service) };
    },

    DeleteService: (input) => {
      const reference = input.service ?? "";
      const cluster = reference.startsWith("arn:") ? undefined : records.cluster(input.cluster);
      const service = records.findService(reference, cluster?.name);
      if (!service || service.status === "INACTIVE")
        throw new AwsError("ServiceNotFoundException", "Service not found.");
      if (service.desiredCount > 0 && !input.force)
        throw new AwsError("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
      drain(records, service);
      wake(service.arn);
      return { service: serviceView(records, service) };
    },
  };
}
