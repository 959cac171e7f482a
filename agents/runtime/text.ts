/** Words in lower case without accents: `¿Qué más, parce?` gives `que`, `mas`, `parce`. */
export const wordsOf = (text: string): string[] =>
  plain(text).match(/[a-z0-9ñ][a-z0-9ñ+#.-]*[a-z0-9ñ+#]|[a-z0-9ñ]/g) ?? [];

/** Lower case without accents; ñ stays, it is a letter of its own. */
export const plain = (text: string): string =>
  text.toLowerCase().replaceAll("ñ", "\u0001").normalize("NFD").replace(/\p{M}/gu, "").replaceAll("\u0001", "ñ");

/** A text with its words, which are cut once however many things are looked for in it. */
export interface Said {
  readonly text: string;
  readonly words: readonly string[];
}
export const said = (text: string): Said => ({ text, words: wordsOf(text) });

/** Finds terms of one or more words, in time that grows with the text and not with the number of terms. */
export interface TermIndex<Meaning> {
  /** Every term found, as often as it occurs. */
  find(said: Said): { readonly term: string; readonly meaning: Meaning }[];
  has(said: Said): boolean;
}

export function termIndex<Meaning>(terms: Iterable<readonly [term: string, meaning: Meaning]>): TermIndex<Meaning> {
  const byFirstWord = new Map<string, { words: readonly string[]; term: string; meaning: Meaning }[]>();
  for (const [term, meaning] of terms) {
    const words = wordsOf(term);
    const [first = ""] = words;
    byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), { words, term: words.join(" "), meaning }]);
  }
  const at = (words: readonly string[], index: number) =>
    (byFirstWord.get(words[index] ?? "") ?? []).filter((one) =>
      one.words.every((word, i) => words[index + i] === word),
    );
  return {
    find: ({ words }) => words.flatMap((_, index) => at(words, index).map(({ term, meaning }) => ({ term, meaning }))),
    has: ({ words }) => words.some((_, index) => at(words, index).length > 0),
  };
}

/** How often each value occurs, most frequent first; equally frequent ones in the order they first came. */
export function countsOf<Value>(values: Iterable<Value>): { readonly value: Value; readonly count: number }[] {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

/** Rounded to two decimals. */
export const round2 = (value: number): number => Math.round(value * 100) / 100;
/** Share of 0-1 with two decimals; 0 of nothing. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : round2(part / whole));

export const EMOJI = /\p{Extended_Pictographic}/gu;
