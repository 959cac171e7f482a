import type { ECS } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { isDeploymentOver } from "../deployment/end.ts";
import { supersede } from "../deployment/machine.ts";
import { startDeployment } from "../deployment/start.ts";
import type { ServiceRecord } from "../model.ts";
import { page } from "../page.ts";
import type { Records } from "../records.ts";
import { changedSettings, newSettings } from "./settings.ts";
import { serviceView } from "./view.ts";

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const DESCRIBE_LIMIT = 10;

/** @param wake makes the service's controller look at once instead of at its next turn. */
export function serviceOperations(records: Records, wake: (serviceArn: string) => void): Operations<ECS> {
  const remove = (service: ServiceRecord) => {
    const now = records.now();
    for (const deployment of records.deploymentsOf(service.arn)) {
      if (isDeploymentOver(deployment)) continue;
      const stopped = supersede(deployment, now);
      Object.assign(deployment, stopped, { status: "STOPPED", stoppedAt: now, finishedAt: now });
    }
    service.desiredCount = 0;
    service.held = undefined;
    service.status = "DRAINING";
    wake(service.arn);
  };

  return {
    CreateService: (input, request) => {
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
      const service: ServiceRecord = {
        arn: records.arns.service(cluster.name, name),
        name,
        clusterArn: cluster.arn,
        clusterName: cluster.name,
        createdAt: records.now(),
        createdBy: request.caller.arn,
        status: "ACTIVE",
        desiredCount: input.desiredCount ?? 1,
        settings: newSettings(records, input),
        tags: input.tags ?? [],
        events: [],
        rollouts: [],
        backoffs: {},
        isSteady: false,
      };
      records.services.set(service.arn, service);
      startDeployment(records, service);
      wake(service.arn);
      return { service: serviceView(records, service) };
    },

    UpdateService: (input) => {
      const service = records.activeService(input.service, input.cluster);
      const { settings, startsDeployment } = changedSettings(records, service, input);
      service.settings = settings;
      service.desiredCount = input.desiredCount ?? service.desiredCount;
      if (startsDeployment) startDeployment(records, service);
      wake(service.arn);
      return { service: serviceView(records, service) };
    },

    DescribeServices: (input) => {
      const asked = input.services ?? [];
      if (asked.length > DESCRIBE_LIMIT)
        throw new AwsError(
          "InvalidParameterException",
          `DescribeServices takes at most ${DESCRIBE_LIMIT} services, got ${asked.length}.`,
        );
      const cluster = asked.every((one) => one.startsWith("arn:")) ? undefined : records.cluster(input.cluster);
      const tags = input.include?.includes("TAGS") ?? false;
      const found = asked.map((one) => ({ one, service: records.findService(one, cluster?.name) }));
      return {
        services: found.flatMap(({ service }) => (service ? [serviceView(records, service, { tags })] : [])),
        failures: found
          .filter(({ service }) => !service)
          .map(({ one }) => ({
            arn: one.startsWith("arn:") ? one : records.arns.service(cluster?.name ?? "default", one),
            reason: "MISSING",
          })),
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

    DeleteService: (input) => {
      const reference = input.service ?? "";
      const cluster = reference.startsWith("arn:") ? undefined : records.cluster(input.cluster);
      const service = records.findService(reference, cluster?.name);
      if (!service || service.status === "INACTIVE")
        throw new AwsError("ServiceNotFoundException", "Service not found.");
      if (service.desiredCount > 0 && !input.force)
        throw new AwsError("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
      remove(service);
      return { service: serviceView(records, service) };
    },
  };
}
