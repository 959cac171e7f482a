import * as v from "valibot";
import { runAgent } from "./agent.ts";
import { route } from "./routes.ts";

/** The program that `stop.test.ts` runs as a process of its own. */
runAgent({
  manifest: {
    name: "alpha",
    purpose: "Waits.",
    agentId: 1,
    container: { port: 9000, stopTimeoutSeconds: Number(process.env.STOP_SECONDS ?? 30) },
    route: { path: "/alpha" },
    calls: ["beta"],
  },
  wallet: "0x0000000000000000000000000000000000000001",
  checks: () => ({}),
  routes: () => [
    route({
      method: "POST",
      path: "/slow",
      summary: "Waits.",
      input: v.object({ ms: v.number() }),
      handle: async ({ ms }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return { body: { slept: ms } };
      },
    }),
  ],
});
