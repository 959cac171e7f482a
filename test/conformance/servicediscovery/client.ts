import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { servicediscovery } from "../../../infra/sandbox/aws/services/servicediscovery/service.ts";
import { startTarget, type Target } from "../target.ts";

/** Cloud Map at the target, and what the tests of its operations share. */
export interface CloudMap {
  readonly target: Target;
  readonly client: ServiceDiscovery;
  /** Waits for an operation. @returns the id of what it was about. */
  readonly settled: (operationId: string | undefined, about: "NAMESPACE" | "SERVICE" | "INSTANCE") => Promise<string>;
  /** A new HTTP namespace. */
  readonly namespace: () => Promise<{ id: string; name: string }>;
  readonly removeNamespace: (id: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const POLL_MS = 500; // of a real account; the sandbox has finished when it answers

export async function startCloudMap(): Promise<CloudMap> {
  const target = await startTarget([servicediscovery]);
  // Without it DiscoverInstances goes to the host `data-` + endpoint, which an endpoint of one's own does not have.
  const client = new ServiceDiscovery({ ...target.config, disableHostPrefix: !target.isAws });
  const settled: CloudMap["settled"] = async (OperationId, about) => {
    for (;;) {
      const { Operation } = await client.getOperation({ OperationId });
      if (Operation?.Status === "SUCCESS") return Operation.Targets?.[about] ?? "";
      if (Operation?.Status === "FAIL") throw new Error(`operation ${OperationId}: ${Operation.ErrorMessage}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  return {
    target,
    client,
    settled,
    namespace: async () => {
      const name = target.unique("namespace");
      const { OperationId } = await client.createHttpNamespace({ Name: name });
      return { id: await settled(OperationId, "NAMESPACE"), name };
    },
    removeNamespace: async (Id) => {
      const { OperationId } = await client.deleteNamespace({ Id });
      await settled(OperationId, "NAMESPACE");
    },
    stop: async () => {
      client.destroy();
      await target.stop();
    },
  };
}
