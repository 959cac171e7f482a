import type { CloudFormation } from "@aws-sdk/client-cloudformation";
import type { Operations, ServiceModule } from "../../kernel.ts";
import { changeSetOperations } from "./operations/change-sets.ts";
import { readOperations } from "./operations/reads.ts";
import { stackOperations } from "./operations/stacks.ts";
import { templateOperations } from "./operations/templates.ts";
import { StackEngine } from "./stacks/engine.ts";
import { StackStore } from "./stacks/store.ts";

/** CloudFormation: stacks and change sets whose resources are made by the sandbox's other services. */
export const cloudformation: ServiceModule = {
  id: "cloudformation",
  sdk: () => import("@aws-sdk/client-cloudformation"),
  create: (context) => {
    const store = new StackStore(context);
    const engine = new StackEngine(store);
    const operations: Operations<CloudFormation> = {
      ...stackOperations(engine),
      ...changeSetOperations(engine),
      ...readOperations(engine),
      ...templateOperations(engine),
    };
    return {
      operations,
      http: store.responses.http,
      resume: async () => engine.resume(),
      stop: () => engine.stop(),
    };
  },
};
