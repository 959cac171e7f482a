import type { ServiceModule } from "../../kernel.ts";
import { instanceOperations } from "./instances.ts";
import { namespaceOperations } from "./namespaces.ts";
import { operationOperations } from "./operations.ts";
import { Registry } from "./registry.ts";
import { serviceOperations } from "./services.ts";

/** AWS Cloud Map: namespaces, services and instances, discovered by API calls; the sandbox runs no DNS. */
export const servicediscovery: ServiceModule = {
  id: "servicediscovery",
  sdk: () => import("@aws-sdk/client-servicediscovery"),
  create: (context) => {
    const registry = new Registry(context);
    return {
      operations: {
        ...namespaceOperations(registry),
        ...serviceOperations(registry),
        ...instanceOperations(registry),
        ...operationOperations(registry),
      },
    };
  },
};
