import { runAgent } from "../../runtime/agent.ts";
import { voiceExtractor } from "./voice-extractor.ts";

runAgent(voiceExtractor);
