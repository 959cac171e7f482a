import { round2, shareOf } from "../../runtime/text.ts";
import { type Evidence, type SkillEvidence, skillsIn } from "./evidence.ts";
import { styleOf } from "./style.ts";
import { type Level, TIERS } from "./tiers.ts";

export interface ProfileRequest {
  readonly username: string;
  readonly level: Level;
  readonly monetization: boolean;
}

/** The profile that is sold: what its level holds, computed from the evidence alone. */
export function profileOf(evidence: Evidence, { username, level, monetization }: ProfileRequest) {
  const tier = TIERS[level];
  const skills = evidence.skills.slice(0, tier.skills);
  const interests = evidence.interests.slice(0, tier.interests);
  const sold = monetization
    ? evidence.skills.filter(({ score }) => score >= SELLABLE).slice(0, tier.opportunities)
    : [];
  const coverage = coverageOf(evidence);
  const style = styleOf(evidence.messages.map((message) => message.said));
  const viability = viabilityOf(evidence.skills, coverage.confidence_level);
  const needs = needsOf(evidence);
  return {
    user_id: `@${username}`,
    profile_level: level,
    agent_viability: viability,
    data_coverage: coverage,
    interests,
    skills: skills.map(skillEntry),
    tools_and_platforms: evidence.tools,
    interaction_style: style,
    monetization_opportunities: sold.map(opportunity),
    top_3_monetizable_strengths: sold.slice(0, 3).map(({ kind }) => kind.name),
    agent_identity: {
      name: `${username}-agent`,
      tone: style.style,
      languages: style.languages.map((one) => one.language),
    },
    service_offering: { primary: sold[0]?.kind.service ?? null, secondary: sold[1]?.kind.service ?? null },
    buyer_behavior: { asks: style.questions, asks_about: needs.slice(0, 3) },
    user_needs_analysis: { questions: evidence.questions.length, topics: needs },
    market_opportunities: sold.map(({ kind }) => ({ market: kind.category, offer: kind.service })),
    autonomous_capabilities: sold.filter(({ kind }) => kind.automatable).map(({ kind }) => kind.service),
    revenue_model: {
      model: sold.length > 0 ? "pay per request" : "none",
      currency: "GLUE",
      prices: sold.map(priceEntry),
    },
    implementation_roadmap: sold.map(({ kind }, index) => ({ step: index + 1, action: `Offer: ${kind.service}` })),
    risk_assessment: riskOf(evidence, coverage),
    agent_potential_summary: summaryOf(username, viability, evidence.skills),
  };
}

/** Below this a skill is only talked about. */
const SELLABLE = 0.3;

export interface Coverage {
  readonly message_count: number;
  readonly time_span: { readonly from: string | null; readonly to: string | null; readonly days: number };
  readonly data_quality: "low" | "medium" | "high";
  /** 0-1: how much there is, and how much of it tells anything. */
  readonly confidence_level: number;
}

function coverageOf({ messages, telling }: Evidence): Coverage {
  const days = [...new Set(messages.flatMap(({ timestamp }) => timestamp?.slice(0, 10) ?? []))].sort();
  const confidence = round2(0.6 * Math.min(1, messages.length / 50) + 0.4 * Math.min(1, telling / 15));
  return {
    message_count: messages.length,
    time_span: { from: days[0] ?? null, to: days.at(-1) ?? null, days: days.length },
    data_quality: confidence >= 0.7 ? "high" : confidence >= 0.35 ? "medium" : "low",
    confidence_level: confidence,
  };
}

function viabilityOf(skills: readonly SkillEvidence[], confidence: number): "APPROVED" | "BORDERLINE" | "REJECTED" {
  const strong = skills.filter(({ score }) => score >= 0.5).length;
  if (strong >= 2 && confidence >= 0.35) return "APPROVED";
  return strong >= 1 || skills.length >= 3 ? "BORDERLINE" : "REJECTED";
}

function skillEntry({ kind, score, mentions, practised, terms, quotes }: SkillEvidence) {
  const { name: skill, category } = kind;
  return { skill, category, level: levelOf(score), score, mentions, practised, terms, evidence: quotes };
}

const levelOf = (score: number): "beginner" | "intermediate" | "advanced" =>
  score >= 0.7 ? "advanced" : score >= 0.45 ? "intermediate" : "beginner";

const PRICES = { beginner: "0.02", intermediate: "0.05", advanced: "0.10" } as const;

function opportunity({ kind, score, mentions }: SkillEvidence) {
  const reason = `${kind.name} in ${mentions} message${mentions === 1 ? "" : "s"}, ${levelOf(score)}`;
  return { service: kind.service, skill: kind.name, suggested_price_glue: PRICES[levelOf(score)], reason };
}

const priceEntry = ({ kind, score }: SkillEvidence) => ({ service: kind.service, price_glue: PRICES[levelOf(score)] });

/** What the user asks about, most first. */
function needsOf({ questions }: Evidence): string[] {
  const topics = questions.flatMap(skillsIn);
  return [...new Set(topics)].sort((a, b) => count(topics, b) - count(topics, a) || a.localeCompare(b, "en"));
}

function riskOf({ messages, telling }: Evidence, { time_span: span }: Coverage) {
  const repeated = messages.length - new Set(messages.map(({ message }) => message)).size;
  const risks = [
    ...(messages.length < 20 ? [`only ${messages.length} messages`] : []),
    ...(span.days < 2 ? ["messages of one day at most"] : []),
    ...(shareOf(telling, messages.length) < 0.2 ? ["few messages tell of any skill"] : []),
    ...(shareOf(repeated, messages.length) > 0.2 ? ["many messages repeat"] : []),
  ];
  return { level: risks.length === 0 ? "low" : risks.length === 1 ? "medium" : "high", risks };
}

function summaryOf(username: string, viability: string, skills: readonly SkillEvidence[]): string {
  const best = skills.slice(0, 3).map(({ kind, score }) => `${kind.name} (${score})`);
  const found = best.length > 0 ? `Strongest in ${best.join(", ")}` : "No skill shows in the messages";
  return `@${username}: ${viability}. ${found}.`;
}

const count = (all: readonly string[], one: string): number => all.filter((value) => value === one).length;
