import { join } from "node:path";
import type { ComputeDriver } from "../../../compute/driver.ts";
import { processDriver } from "../../../compute/process/driver.ts";
import type { RunningService, ServiceContext, ServiceModule } from "../../kernel.ts";
import { accountSettingOperations } from "./account-settings.ts";
import { capacityProviderOperations } from "./capacity-providers.ts";
import { clusterOperations } from "./clusters.ts";
import { Mesh } from "./connect/mesh.ts";
import { deploymentOperations } from "./deployment/operations.ts";
import { Records } from "./records.ts";
import { forgetOldTasks, moveWaits, noteTime, recoverTasks } from "./recovery.ts";
import { ServiceController } from "./service/controller.ts";
import { ServiceLoop } from "./service/loop.ts";
import { serviceOperations } from "./service/operations.ts";
import { Scheduler } from "./service/scheduler.ts";
import { tagOperations } from "./tags.ts";
import { TaskEndpoints } from "./task/endpoints.ts";
import { befallTasks } from "./task/faults.ts";
import { taskOperations } from "./task/operations.ts";
import { TaskRunner } from "./task/runner.ts";
import { TaskEvents } from "./task/task-events.ts";
import { UsageMetrics } from "./task/usage-metrics.ts";
import { taskDefinitionOperations } from "./task-definition/operations.ts";

const STOP_GRACE_SECONDS = 2; // real time that tasks get when the whole sandbox stops

function create(context: ServiceContext, driver: ComputeDriver): RunningService {
  const records = new Records(context);
  const endpoints = new TaskEndpoints(records, () => runner);
  const mesh = new Mesh(records);
  const stopping = new AbortController();
  const taskEvents = new TaskEvents(context);
  const runner: TaskRunner = new TaskRunner({
    records,
    driver,
    endpoints,
    onChange: (record) => {
      taskEvents.changed(record);
      if (record.serviceArn) loop.wake(record.serviceArn);
    },
    aliasesOf: (serviceArn) => mesh.aliases(serviceArn),
  });
  const metrics = new UsageMetrics(records, (record) => runner.usage(record));
  const scheduler = new Scheduler(records, runner);
  const loop: ServiceLoop = new ServiceLoop(
    records,
    new ServiceController(records, { scheduler, mesh }, (arn) => loop.wake(arn)),
  );
  const leaveAlone = befallTasks(records, {
    crash: (record) => runner.crash(record),
    leakMemory: (record) => runner.leakMemory(record),
    interrupt: (record) => {
      const service = records.services.get(record.serviceArn ?? "");
      const done = context.clock.hold(scheduler.interrupt(service, record));
      done.catch((error: unknown) => context.log(`ecs: task ${record.id} was interrupted, but: ${error}`));
    },
  });
  return {
    operations: {
      ...clusterOperations(records),
      ...capacityProviderOperations(records),
      ...taskDefinitionOperations(records),
      ...serviceOperations(records, loop.wake),
      ...deploymentOperations(records, loop.wake),
      ...taskOperations(records, { runner, scheduler }),
      ...tagOperations(records),
      ...accountSettingOperations(records),
    },
    http: endpoints.http,
    resume: async () => {
      moveWaits(records);
      await recoverTasks(records);
      loop.start(() => {
        noteTime(records);
        forgetOldTasks(records);
      });
      metrics.start();
      mesh.start(stopping.signal);
    },
    stop: async () => {
      leaveAlone();
      metrics.stop();
      stopping.abort();
      await loop.stop();
      await runner.stopAll(STOP_GRACE_SECONDS);
      await mesh.close();
      await driver.stop();
    },
  };
}

/** Amazon ECS on a given compute driver. */
export const ecsOn = (driver: (context: ServiceContext) => ComputeDriver): ServiceModule => ({
  id: "ecs",
  sdk: () => import("@aws-sdk/client-ecs"),
  create: (context) => create(context, driver(context)),
});

/** Amazon ECS whose tasks are processes of this machine. */
export const ecs: ServiceModule = ecsOn((context) => processDriver(join(context.dataDir, "ecs")));
