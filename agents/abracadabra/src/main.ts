import { runAgent } from "../../runtime/agent.ts";
import { abracadabra } from "./abracadabra.ts";

runAgent(abracadabra);
