import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Operations } from "../../kernel.ts";
import type { Core } from "./core.ts";
import { listenerOf } from "./records.ts";

/** Listeners speak HTTP, so none has a certificate; adding one is not implemented and says so. */
export const certificateOperations = ({ records }: Core): Operations<ElasticLoadBalancingV2> => ({
  DescribeListenerCertificates: ({ ListenerArn }) => {
    listenerOf(records, ListenerArn);
    return { Certificates: [] };
  },
});
