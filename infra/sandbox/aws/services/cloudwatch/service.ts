import type { ServiceModule } from "../../kernel.ts";
import { alarms, dashboards } from "./alarms.ts";
import { metrics } from "./metrics.ts";
import { MetricStore } from "./series.ts";

/** CloudWatch: metrics (in memory, a day of minutes each), alarms and dashboards as recorded. */
export const cloudwatch: ServiceModule = {
  id: "cloudwatch",
  sdk: () => import("@aws-sdk/client-cloudwatch"),
  create: (context) => {
    const store = new MetricStore();
    return { operations: { ...metrics(store, context), ...alarms(context), ...dashboards(context) } };
  },
};
