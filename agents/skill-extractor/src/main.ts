import { runAgent } from "../../runtime/agent.ts";
import { skillExtractor } from "./skill-extractor.ts";

runAgent(skillExtractor);
