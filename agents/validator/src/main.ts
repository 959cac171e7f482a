import { runAgent } from "../../runtime/agent.ts";
import { validator } from "./validator.ts";

runAgent(validator);
