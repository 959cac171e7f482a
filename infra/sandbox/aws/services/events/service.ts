import type { ServiceModule } from "../../kernel.ts";
import { buses } from "./buses.ts";
import { storeOf } from "./model.ts";
import { putEvents } from "./put-events.ts";
import { Router } from "./router.ts";
import { rules } from "./rules.ts";
import { targets } from "./targets.ts";
import { Timetable } from "./timetable.ts";

/** EventBridge: events from callers and from the sandbox's own services, matched by rules and brought to their targets. */
export const events: ServiceModule = {
  id: "events",
  sdk: () => import("@aws-sdk/client-eventbridge"),
  create: (context) => {
    const store = storeOf(context);
    const router = new Router(store);
    const timetable = new Timetable(store, router);
    return {
      operations: { ...buses(store), ...rules(store, timetable), ...targets(store), ...putEvents(store, router) },
      resume: async () => {
        router.resume();
        timetable.resume();
      },
      stop: async () => {
        timetable.stop();
        await router.stop();
      },
    };
  },
};
