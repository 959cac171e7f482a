import { runAction } from "../lib/action.ts";
import { deployInfra } from "./deploy-infra.ts";
import { inputs } from "./inputs.ts";

export const main = (): Promise<void> => runAction({ name: "deploy-infra", inputs, run: deployInfra });
