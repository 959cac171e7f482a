import { join } from "node:path";
import type { ServiceModule } from "../../kernel.ts";
import { AlarmMachine } from "./alarms/machine.ts";
import { alarms } from "./alarms/operations.ts";
import { AlarmPoller } from "./alarms/poller.ts";
import { dashboards } from "./dashboards/operations.ts";
import { MetricJournal } from "./metrics/journal.ts";
import { metrics } from "./metrics/operations.ts";
import { MetricStore } from "./metrics/series.ts";

/** CloudWatch: metrics with metric math, alarms that are compared with them, and dashboards. */
export const cloudwatch: ServiceModule = {
  id: "cloudwatch",
  sdk: () => import("@aws-sdk/client-cloudwatch"),
  create: (context) => {
    const store = new MetricStore();
    const journal = new MetricJournal(join(context.dataDir, "cloudwatch", "metrics.jsonl"), store);
    const machine = new AlarmMachine(context, store);
    const poller = new AlarmPoller(machine, context);
    return {
      operations: {
        ...metrics(store, journal, context),
        ...alarms({ machine, poller, context }),
        ...dashboards(context),
      },
      resume: async () => poller.wake(),
      stop: () => poller.stop(),
    };
  },
};
