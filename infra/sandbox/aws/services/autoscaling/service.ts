import type { ServiceModule } from "../../kernel.ts";
import { activityOperations } from "./activities.ts";
import { Book } from "./book.ts";
import { policyOperations } from "./policies.ts";
import { Scaler } from "./scaler.ts";
import { scheduledActionOperations } from "./scheduled-actions.ts";
import { targetOperations } from "./targets.ts";

/** Application Auto Scaling of ECS services: target tracking, step scaling and schedules. */
export const autoscaling: ServiceModule = {
  id: "autoscaling",
  sdk: () => import("@aws-sdk/client-application-auto-scaling"),
  create: (context) => {
    const book = new Book(context);
    const scaler = new Scaler(book);
    const stopping = new AbortController();
    return {
      operations: {
        ...targetOperations(book, (target) => scaler.settle(target)),
        ...policyOperations(book),
        ...scheduledActionOperations(book),
        ...activityOperations(book),
      },
      resume: async () => {
        scaler.resume();
        scaler.start(stopping.signal);
      },
      stop: async () => stopping.abort(),
    };
  },
};
