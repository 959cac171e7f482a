import { countsOf, EMOJI, round2, type Said, shareOf, type TermIndex } from "../../runtime/text.ts";
import {
  formalTerms,
  greetingTerms,
  informalTerms,
  modismos,
  questionTerms,
  sarcasmTerms,
  technicalTerms,
  thanksTerms,
} from "./lexicon.ts";

/** Computes one side of how somebody writes; shares are 0-1 of the messages unless they say otherwise. */
type Category = (messages: readonly Said[]) => Readonly<Record<string, unknown>>;

/** In the order in which levels include them. */
export const CATEGORIES = {
  modismos: (messages) => {
    const found = messages.flatMap((message) => modismos.find(message));
    const regions = countsOf(found.map(({ meaning }) => meaning));
    const expressions = countsOf(found.map(({ term }) => term)).map(({ value, count }) => ({
      ...{ expression: value, count },
      region: found.find(({ term }) => term === value)?.meaning,
    }));
    return {
      expressions: expressions.slice(0, 10),
      regions: regions.map(({ value, count }) => ({ region: value, count })),
      dominant_region: regions[0]?.value ?? null,
      per_message: round2(found.length / Math.max(1, messages.length)),
    };
  },
  formality: (messages) => {
    const [formal, informal] = [occurrences(messages, formalTerms), occurrences(messages, informalTerms)];
    const polished = shareOf(
      messages.filter((message) => /^[¿¡]?\p{Lu}.*[.!?]$/u.test(message.text.trim())).length,
      messages.length,
    );
    const marked = formal + informal === 0 ? 0.5 : formal / (formal + informal);
    const score = round2(0.6 * marked + 0.4 * polished);
    return {
      score,
      level: score >= 0.65 ? "formal" : score >= 0.35 ? "neutral" : "informal",
      formal_markers: formal,
      informal_markers: informal,
      full_sentences: polished,
    };
  },
  emojis_emoticons: (messages) => {
    const emojis = messages.flatMap((message) => message.text.match(EMOJI) ?? []);
    const emoticons = messages.flatMap((message) => message.text.match(EMOTICON) ?? []);
    return {
      emojis: emojis.length,
      emoticons: emoticons.length,
      per_message: round2((emojis.length + emoticons.length) / Math.max(1, messages.length)),
      messages_with_emoji: share(messages, (message) => message.text.match(EMOJI) !== null),
      favourites: countsOf([...emojis, ...emoticons])
        .slice(0, 5)
        .map(({ value, count }) => ({ symbol: value, count })),
    };
  },
  technical_language: (messages) => {
    const terms = messages.flatMap((message) => technicalTerms.find(message).map(({ term }) => term));
    const words = messages.reduce((sum, message) => sum + message.words.length, 0);
    const density = shareOf(terms.length, words);
    return {
      density,
      level: density >= 0.12 ? "specialist" : density >= 0.04 ? "familiar" : "everyday",
      messages_with_terms: share(messages, (message) => technicalTerms.has(message)),
      terms: countsOf(terms)
        .slice(0, 10)
        .map(({ value, count }) => ({ term: value, count })),
    };
  },
  sentence_structure: (messages) => {
    const lengths = messages.map((message) => message.words.length).sort((a, b) => a - b);
    return {
      average_words: round2(lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length)),
      median_words: lengths[Math.floor(lengths.length / 2)] ?? 0,
      longest_words: lengths.at(-1) ?? 0,
      starts_with_capital: share(messages, (message) => /^[¿¡]?\p{Lu}/u.test(message.text)),
      ends_with_punctuation: share(messages, (message) => /[.!?…]$/.test(message.text.trim())),
      several_clauses: share(messages, (message) => /[,;:]\s/.test(message.text)),
    };
  },
  interaction_patterns: (messages) => {
    const mentions = messages.flatMap((message) => message.text.match(/@\w[\w.-]*/g) ?? []);
    return {
      mentions_others: share(messages, (message) => /@\w/.test(message.text)),
      talks_to: countsOf(mentions)
        .slice(0, 5)
        .map(({ value, count }) => ({ user: value, count })),
      greetings: share(messages, (message) => greetingTerms.has(message)),
      thanks: share(messages, (message) => thanksTerms.has(message)),
      links: share(messages, (message) => /https?:\/\//i.test(message.text)),
      exclamations: share(messages, (message) => message.text.includes("!")),
    };
  },
  humor_sarcasm: (messages) => {
    const laughs = share(messages, (message) => LAUGHTER.test(message.text));
    const sarcastic = share(messages, (message) => /[🙄😏]/u.test(message.text) || sarcasmTerms.has(message));
    const examples = messages.filter((message) => LAUGHTER.test(message.text) || sarcasmTerms.has(message));
    return {
      laughs,
      sarcasm: sarcastic,
      tone: sarcastic > laughs ? "sarcastic" : laughs >= 0.15 ? "playful" : "serious",
      examples: examples.slice(0, 3).map((message) => message.text.slice(0, 120)),
    };
  },
  question_patterns: (messages) => {
    const questions = messages.filter((message) => message.text.includes("?"));
    const openers = questions.flatMap((message) => questionTerms.find(message).map(({ term }) => term));
    return {
      questions: share(messages, (message) => message.text.includes("?")),
      count: questions.length,
      opening_mark: shareOf(questions.filter((message) => message.text.includes("¿")).length, questions.length),
      words: countsOf(openers)
        .slice(0, 5)
        .map(({ value, count }) => ({ word: value, count })),
      examples: questions.slice(0, 3).map((message) => message.text.slice(0, 120)),
    };
  },
} as const satisfies Record<string, Category>;

const EMOTICON = /(?:^|\s)(?:[:;][-']?[)(DPpo]|xD|<3)(?=\s|$)/g;
const LAUGHTER = /\b(?:(?:ja|je|ha){2,}[jh]?|lol|lmao|xd)\b|😂|🤣/iu;

const share = (messages: readonly Said[], test: (message: Said) => boolean): number =>
  shareOf(messages.filter(test).length, messages.length);
const occurrences = (messages: readonly Said[], index: TermIndex<unknown>): number =>
  messages.reduce((sum, message) => sum + index.find(message).length, 0);
