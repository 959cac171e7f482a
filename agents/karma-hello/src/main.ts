import { runAgent } from "../../runtime/agent.ts";
import { karmaHello } from "./karma-hello.ts";

runAgent(karmaHello);
