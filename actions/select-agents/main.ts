import { runAction } from "../lib/action.ts";
import { inputs } from "./inputs.ts";
import { selectAgents } from "./select-agents.ts";

export const main = () => runAction({ name: "select-agents", inputs, run: selectAgents });
