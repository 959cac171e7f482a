import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { inBackground } from "../../background.ts";
import type { Operations, ServiceModule } from "../../kernel.ts";
import { certificateOperations } from "./certificates.ts";
import type { Core } from "./core.ts";
import { DataPlane } from "./data-plane.ts";
import { LIMITS } from "./limits.ts";
import { listenerOperations } from "./listeners.ts";
import { loadBalancerOperations } from "./load-balancers.ts";
import { put, reportMetrics, requestData } from "./metrics.ts";
import { openRecords } from "./records.ts";
import { ruleOperations } from "./rules.ts";
import { tagOperations } from "./tags.ts";
import { targetGroupOperations } from "./target-groups.ts";
import { targetOperations } from "./targets.ts";

/**
 * Elastic Load Balancing v2 with a working data plane: listeners are HTTP servers on 127.0.0.1 that follow their
 * rules, check the health of targets, drain and count. Application load balancers with targets of type ip over HTTP;
 * everything else is refused.
 */
export const elasticloadbalancing: ServiceModule = {
  id: "elasticloadbalancing",
  sdk: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
  create: (context) => {
    const records = openRecords(context);
    const core: Core = { context, records, plane: new DataPlane(context, records) };
    const reporting = new AbortController();
    const operations: Operations<ElasticLoadBalancingV2> = {
      ...loadBalancerOperations(core),
      ...targetGroupOperations(core),
      ...targetOperations(core),
      ...listenerOperations(core),
      ...ruleOperations(core),
      ...tagOperations(core),
      ...certificateOperations(core),
      DescribeAccountLimits: () => ({
        Limits: Object.entries(LIMITS).map(([Name, max]) => ({ Name, Max: String(max) })),
      }),
    };
    return {
      operations,
      resume: async () => {
        for (const listener of records.listeners.values()) await core.plane.open(listener);
        const { signal } = reporting;
        inBackground(reportMetrics(core, signal), { what: "elasticloadbalancing: metrics", signal, log: context.log });
      },
      stop: async () => {
        reporting.abort();
        await core.plane.stop();
        await put(
          core,
          requestData(core).map((datum) => ({ ...datum, Timestamp: context.clock.now() })),
        );
      },
    };
  },
};
