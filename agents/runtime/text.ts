/** Words in lower case without accents: `¿Qué más, parce?` gives `que`, `mas`, `parce`. */
export const wordsOf = (text: string): string[] =>
  plain(text).match(/[a-z0-9ñ][a-z0-9ñ+#.-]*[a-z0-9ñ+#]|[a-z0-9ñ]/g) ?? [];

/** Lower case without accents; ñ stays, it is a letter of its own. */
export const plain = (text: string): string =>
  text.toLowerCase().replaceAll("ñ", "\u0001").normalize("NFD").replace(/\p{M}/gu, "").replaceAll("\u0001", "ñ");

/** Finds terms of one to three words in texts, in time that grows with the text alone. */
export interface TermIndex<Meaning> {
  /** Every term found, as often as it occurs. */
  find(text: string): { readonly term: string; readonly meaning: Meaning }[];
}

export function termIndex<Meaning>(terms: Iterable<readonly [term: string, meaning: Meaning]>): TermIndex<Meaning> {
  const index = new Map<string, Meaning>();
  for (const [term, meaning] of terms) index.set(wordsOf(term).join(" "), meaning);
  return {
    find: (text) => {
      const words = wordsOf(text);
      return words.flatMap((_, at) =>
        [1, 2, 3].flatMap((length) => {
          if (at + length > words.length) return [];
          const term = words.slice(at, at + length).join(" ");
          const meaning = index.get(term);
          return meaning === undefined ? [] : [{ term, meaning }];
        }),
      );
    },
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
