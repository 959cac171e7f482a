import * as v from "valibot";
import type { AgentDefinition, AgentTools } from "../../runtime/agent.ts";
import { chatMessages, messagesOf } from "../../runtime/chat.ts";
import { formatGlue, glue } from "../../runtime/glue.ts";
import { dateRange, username } from "../../runtime/input.ts";
import { type Route, route } from "../../runtime/routes.ts";
import manifest from "../agent.json" with { type: "json" };
import { lexiconSize } from "./lexicon.ts";
import { analysisOf, TIERS, TYPES } from "./profile.ts";

const WALLET = "0x8E0Db88181668cDe24660d7eE8Da18a77DdBBF96";
const LOG_SELLER = "karma-hello";

const input = v.strictObject({
  username,
  profile_type: v.optional(
    v.pipe(v.picklist(TYPES), v.description("basic, standard, complete or enterprise")),
    "complete",
  ),
  date_range: v.optional(dateRange),
  messages: v.optional(chatMessages),
});

export const voiceExtractor: AgentDefinition = {
  manifest,
  wallet: WALLET,
  checks: () => ({
    data: { status: "ok", detail: `${lexiconSize.expressions} expressions of ${lexiconSize.regions} regions` },
  }),
  routes: (tools) => [extractVoiceProfile(tools)],
};

function extractVoiceProfile({ peers, now }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/extract_voice_profile",
    summary: `Sells how a user writes, computed from the messages given or else from those ${LOG_SELLER} has.`,
    pricing: Object.fromEntries(TYPES.map((type) => [type, formatGlue(glue(TIERS[type].priceGlue))])),
    input,
    handle: async (request, { requestId }) => {
      const { username, profile_type: type, messages, date_range: dateRange } = request;
      const own = await messagesOf(peers, { username, messages, dateRange, seller: LOG_SELLER, requestId });
      const analysis = analysisOf(own, type);
      const metadata = { analyzed_messages: own.length, analysis_date: now().toISOString() };
      return {
        body: {
          ...{ username: `@${username}`, profile_type: type, analysis, confidence_score: analysis.confidence_score },
          metadata: { ...metadata, agent_id: manifest.agentId, seller: WALLET },
        },
        headers: {
          "X-Price": formatGlue(glue(TIERS[type].priceGlue)),
          "X-Currency": "GLUE",
          "X-Profile-Type": type,
          "X-Confidence": String(analysis.confidence_score),
        },
      };
    },
  });
}
