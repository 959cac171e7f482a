import * as v from "valibot";
import type { AgentDefinition, AgentTools } from "../../runtime/agent.ts";
import { chatMessages, messagesOf } from "../../runtime/chat.ts";
import { formatGlue, glue } from "../../runtime/glue.ts";
import { dateRange, flag, username } from "../../runtime/input.ts";
import { type Route, route } from "../../runtime/routes.ts";
import manifest from "../agent.json" with { type: "json" };
import data from "../data/skills.json" with { type: "json" };
import { evidenceOf } from "./evidence.ts";
import { profileOf } from "./profile.ts";
import { LEVELS, TIERS } from "./tiers.ts";

const LOG_SELLER = "karma-hello";

const input = v.strictObject({
  username,
  profile_level: v.optional(
    v.pipe(v.picklist(LEVELS), v.description("basic, standard, complete or enterprise")),
    "complete",
  ),
  include_monetization: v.optional(flag("adds what the skills could earn"), true),
  date_range: v.optional(dateRange),
  messages: v.optional(chatMessages),
});

export const skillExtractor: AgentDefinition = {
  manifest,
  wallet: "0xC1d5f7478350eA6fb4ce68F4c3EA5FFA28C9eaD9",
  checks: () => ({ data: { status: "ok", detail: `${data.skills.length} kinds of skill` } }),
  routes: (tools) => [extractSkillProfile(tools)],
};

function extractSkillProfile({ peers }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/extract_skill_profile",
    summary: `Sells a user's skill profile, computed from the messages given or else from those ${LOG_SELLER} has.`,
    pricing: Object.fromEntries(LEVELS.map((level) => [level, formatGlue(glue(TIERS[level].priceGlue))])),
    input,
    handle: async (request, { requestId }) => {
      const { username, profile_level: level, messages, date_range: dateRange } = request;
      const own = await messagesOf(peers, { username, messages, dateRange, seller: LOG_SELLER, requestId });
      const profile = profileOf(evidenceOf(own), { username, level, monetization: request.include_monetization });
      return {
        body: profile,
        headers: {
          "X-Price": formatGlue(glue(TIERS[level].priceGlue)),
          "X-Currency": "GLUE",
          "X-Profile-Level": level,
          "X-Confidence": String(profile.data_coverage.confidence_level),
        },
      };
    },
  });
}
