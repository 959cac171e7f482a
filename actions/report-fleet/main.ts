import { runAction } from "../lib/action.ts";
import { inputs } from "./inputs.ts";
import { reportFleet } from "./report-fleet.ts";

export const main = () =>
  runAction({ name: "report-fleet", inputs, run: async (given, _, env) => reportFleet(given, env) });
