import { countsOf, round2, type Said, shareOf } from "../../runtime/text.ts";

export interface InteractionStyle {
  readonly style: "asks" | "explains" | "reacts" | "shares";
  readonly average_words: number;
  /** Shares of the messages, 0-1. */
  readonly questions: number;
  readonly mentions_others: number;
  readonly links: number;
  readonly languages: readonly { readonly language: "es" | "en"; readonly share: number }[];
}

const SPANISH = new Set(
  "el la los las de que en un una no con para por es se lo mi yo pero como ya muy eso ese".split(" "),
);
const ENGLISH = new Set(
  "the a of to in is it you that i do does and for on with what how this my are was can not".split(" "),
);

export function styleOf(messages: readonly Said[]): InteractionStyle {
  const n = messages.length;
  const words = messages.map(({ words: own }) => own);
  const share = (pattern: RegExp) => shareOf(messages.filter(({ text }) => pattern.test(text)).length, n);
  const average = round2(words.reduce((sum, of) => sum + of.length, 0) / Math.max(1, n));
  const [questions, links] = [share(/\?/), share(/https?:\/\//i)];
  const style = questions >= 0.4 ? "asks" : average < 4 ? "reacts" : links >= 0.15 ? "shares" : "explains";
  return {
    style,
    average_words: average,
    questions,
    mentions_others: share(/@\w/),
    links,
    languages: languagesOf(words),
  };
}

function languagesOf(words: readonly (readonly string[])[]): InteractionStyle["languages"] {
  const found = words.flatMap((of) => {
    const [es, en] = [of.filter((word) => SPANISH.has(word)).length, of.filter((word) => ENGLISH.has(word)).length];
    return es === en ? [] : [es > en ? ("es" as const) : ("en" as const)];
  });
  return countsOf(found).map(({ value, count }) => ({ language: value, share: shareOf(count, found.length) }));
}
