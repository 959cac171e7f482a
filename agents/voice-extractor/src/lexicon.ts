import { termIndex } from "../../runtime/text.ts";
import data from "../data/language.json" with { type: "json" };

/** Expressions with the region whose speech they are typical of. */
export const modismos = termIndex(
  Object.entries(data.modismos).flatMap(([region, terms]) => terms.map((term) => [term, region] as const)),
);

const listed = (terms: readonly string[]) => termIndex(terms.map((term) => [term, true] as const));

export const formalTerms = listed(data.formal);
export const informalTerms = listed(data.informal);
export const technicalTerms = listed(data.technical);
export const sarcasmTerms = listed(data.sarcasm);
export const greetingTerms = listed(data.greetings);
export const thanksTerms = listed(data.thanks);
export const questionTerms = listed(data.questions);

/** How much of it there is, for health. */
export const lexiconSize = {
  expressions: Object.values(data.modismos).flat().length,
  regions: Object.keys(data.modismos).length,
};
