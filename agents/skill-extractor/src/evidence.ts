import type { ChatMessage } from "../../runtime/chat.ts";
import { countsOf, type Said, said, shareOf, type TermIndex, termIndex } from "../../runtime/text.ts";
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
  readonly questions: readonly Said[];
  readonly messages: readonly (ChatMessage & { readonly said: Said })[];
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
export function evidenceOf(given: readonly ChatMessage[]): Evidence {
  const messages = given.map((message) => ({ ...message, said: said(message.message) }));
  const texts = messages.map((message) => message.said);
  const found = texts.map((text) => ({ text, hits: skillIndex.find(text) }));
  const skills = data.skills.flatMap((kind) => skillEvidence(kind, found) ?? []);
  const tools = countsOf(texts.flatMap((text) => distinct(toolIndex, text)));
  return {
    skills: skills.sort((a, b) => b.score - a.score || a.kind.name.localeCompare(b.kind.name, "en")),
    interests: interestsOf(texts),
    tools: tools.map(({ value, count }) => ({ tool: value, mentions: count })),
    questions: texts.filter(({ text }) => text.includes("?")),
    messages,
    telling: found.filter(({ hits }) => hits.length > 0).length,
  };
}

/** Names of the skills that a text touches. */
export const skillsIn = (text: Said): SkillName[] => [
  ...new Set(skillIndex.find(text).map(({ meaning }) => meaning.name)),
];

type Found = { text: Said; hits: { term: string; meaning: SkillKind }[] };

function skillEvidence(kind: SkillKind, found: readonly Found[]): SkillEvidence | undefined {
  const own = found.filter(({ hits }) => hits.some(({ meaning }) => meaning.name === kind.name));
  if (own.length === 0) return undefined;
  const practised = own.filter(({ text }) => practiceIndex.has(text));
  const hits = own.flatMap((one) => one.hits).filter(({ meaning }) => meaning.name === kind.name);
  const terms = countsOf(hits.map(({ term }) => term)).map(({ value }) => value);
  const weight = 0.3 * own.length + 0.5 * practised.length + 0.25 * (terms.length - 1);
  const score = Math.min(0.99, shareOf(weight, 1 + weight));
  const quotes = [...practised, ...own].map(({ text }) => text.text.slice(0, 120));
  const { name, category, service, automatable } = kind;
  return {
    kind: { name, category, service, automatable },
    ...{ mentions: own.length, practised: practised.length, terms, score },
    quotes: [...new Set(quotes)].slice(0, 2),
  };
}

function interestsOf(texts: readonly Said[]): Evidence["interests"] {
  return interestIndexes
    .map(({ name, index }) => ({
      interest: name,
      mentions: texts.filter((text) => index.has(text)).length,
    }))
    .filter(({ mentions }) => mentions > 0)
    .map((one) => ({ ...one, strength: shareOf(one.mentions, texts.length) }))
    .sort((a, b) => b.mentions - a.mentions);
}

const distinct = (index: TermIndex<string>, text: Said): string[] => [
  ...new Set(index.find(text).map(({ meaning }) => meaning)),
];
