import type { ServiceModule } from "../../kernel.ts";
import { groups, tagging } from "./groups.ts";
import { queryDefinitions } from "./insights/definitions.ts";
import { queries } from "./insights/operations.ts";
import { MetricFilters } from "./metric-filters.ts";
import { storeOf } from "./model.ts";
import { reading } from "./reading.ts";
import { streams } from "./streams.ts";
import { Subscriptions } from "./subscriptions.ts";
import { writing } from "./writing.ts";

/** CloudWatch Logs: groups, streams and lines, and what is made of lines: metrics, invocations, query results. */
export const logs: ServiceModule = {
  id: "logs",
  sdk: () => import("@aws-sdk/client-cloudwatch-logs"),
  create: (context) => {
    const store = storeOf(context);
    const attached = { filters: new MetricFilters(store), subscriptions: new Subscriptions(store) };
    return {
      operations: {
        ...groups(store, attached),
        ...streams(store),
        ...writing(store, attached),
        ...reading(store),
        ...tagging(store),
        ...attached.filters.operations(),
        ...attached.subscriptions.operations(),
        ...queries(store),
        ...queryDefinitions(store),
      },
    };
  },
};
