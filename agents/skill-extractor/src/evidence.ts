import type { ChatMessage } from "../../runtime/chat.ts";
import { countsOf, shareOf, type TermIndex, termIndex } from "../../runtime/text.ts";
import data from "../data/skills.json" with { type: "json" };

export type SkillName = string;

export interface SkillKind {
  readonly name: SkillName;
  readonly category: string;
  /** What somebody with this skill could sell. */
  readonly service: string;
  /** Whether an agent could do it without its owner. */
  readonly automatable: boolean;
}

export interface SkillEvidence {
  readonly kind: SkillKind;
  /** Messages that name it. */
  readonly mentions: number;
  /** Of those, messages in which the writer says to have done it. */
  readonly practised: number;
  readonly terms: readonly string[];
  /** 0-1; grows with mentions, practice and variety, and never reaches 1. */
  readonly score: number;
  /** At most two of the messages, shortened. */
  readonly quotes: readonly string[];
}

export interface Evidence {
  readonly skills: readonly SkillEvidence[];
  readonly interests: readonly { readonly interest: string; readonly mentions: number; readonly strength: number }[];
  readonly tools: readonly { readonly tool: string; readonly mentions: number }[];
  /** Messages with a question mark. */
  readonly questions: readonly string[];
  readonly messages: readonly ChatMessage[];
  /** Messages in which any skill was found. */
  readonly telling: number;
}

const skillIndex = termIndex(data.skills.flatMap((skill) => skill.terms.map((term) => [term, skill] as const)));
const interestIndexes = data.interests.map(({ name, terms }) => ({
  name,
  index: termIndex(terms.map((t) => [t, name])),
}));
const toolIndex = termIndex(data.tools.map((tool) => [tool, tool]));
const practiceIndex = termIndex(data.practice.map((term) => [term, true]));

/** Reads what a user wrote for traces of skills, interests and tools. The same messages always give the same. */
export function evidenceOf(messages: readonly ChatMessage[]): Evidence {
  const found = messages.map(({ message }) => ({ message, hits: skillIndex.find(message) }));
  const skills = data.skills.flatMap((kind) => skillEvidence(kind, found) ?? []);
  return {
    skills: skills.sort((a, b) => b.score - a.score || a.kind.name.localeCompare(b.kind.name, "en")),
    interests: interestsOf(messages),
    tools: countsOf(messages.flatMap(({ message }) => distinct(toolIndex, message))).map(({ value, count }) => ({
      ...{ tool: value, mentions: count },
    })),
    questions: messages.map(({ message }) => message).filter((message) => message.includes("?")),
    messages,
    telling: found.filter(({ hits }) => hits.length > 0).length,
  };
}

/** Names of the skills that a text touches. */
export const skillsIn = (text: string): SkillName[] => [
  ...new Set(skillIndex.find(text).map(({ meaning }) => meaning.name)),
];

type Found = { message: string; hits: { term: string; meaning: SkillKind }[] };

function skillEvidence(kind: SkillKind, found: readonly Found[]): SkillEvidence | undefined {
  const own = found.filter(({ hits }) => hits.some(({ meaning }) => meaning.name === kind.name));
  if (own.length === 0) return undefined;
  const practised = own.filter(({ message }) => practiceIndex.find(message).length > 0);
  const hits = own.flatMap((one) => one.hits).filter(({ meaning }) => meaning.name === kind.name);
  const terms = countsOf(hits.map(({ term }) => term)).map(({ value }) => value);
  const weight = 0.3 * own.length + 0.5 * practised.length + 0.25 * (terms.length - 1);
  const score = Math.min(0.99, shareOf(weight, 1 + weight));
  const quotes = [...practised, ...own].map(({ message }) => message.slice(0, 120));
  const { name, category, service, automatable } = kind;
  return {
    kind: { name, category, service, automatable },
    ...{ mentions: own.length, practised: practised.length, terms, score },
    quotes: [...new Set(quotes)].slice(0, 2),
  };
}

function interestsOf(messages: readonly ChatMessage[]): Evidence["interests"] {
  return interestIndexes
    .map(({ name, index }) => ({
      interest: name,
      mentions: messages.filter(({ message }) => index.find(message).length > 0).length,
    }))
    .filter(({ mentions }) => mentions > 0)
    .map((one) => ({ ...one, strength: shareOf(one.mentions, messages.length) }))
    .sort((a, b) => b.mentions - a.mentions);
}

const distinct = (index: TermIndex<string>, text: string): string[] => [
  ...new Set(index.find(text).map(({ meaning }) => meaning)),
];
