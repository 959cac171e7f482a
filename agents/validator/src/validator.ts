import * as v from "valibot";
import type { AgentDefinition } from "../../runtime/agent.ts";
import { GLUE_AMOUNT, glue } from "../../runtime/glue.ts";
import { route } from "../../runtime/routes.ts";
import manifest from "../agent.json" with { type: "json" };
import { validate } from "./verdict.ts";

const FEE_GLUE = "0.001";

const address = v.pipe(
  v.string(),
  v.regex(/^0x[0-9a-fA-F]{40}$/),
  v.description("an address: 0x and 40 hexadecimal digits"),
);

const input = v.strictObject({
  data_type: v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9_]{0,63}$/),
    v.description("a kind of data in lower case, such as chat_logs, transcription, skill_profile or voice_profile"),
  ),
  data_content: v.pipe(
    v.custom<Record<string, unknown>>((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
    v.description("the data itself, a JSON object"),
  ),
  seller_address: address,
  buyer_address: address,
  price_glue: v.pipe(
    v.string(),
    v.regex(GLUE_AMOUNT),
    v.description('GLUE as a string with at most 6 decimals, such as "0.01"'),
  ),
  metadata: v.optional(v.pipe(v.record(v.string(), v.unknown()), v.description("any JSON object; not judged"))),
});

export const validator: AgentDefinition = {
  manifest,
  wallet: "0x1219eF9484BF7E40E6479141B32634623d37d507",
  checks: () => ({ rules: { status: "ok", detail: "quality, fraud and price; no model, no chain" } }),
  routes: ({ now }) => [
    route({
      method: "POST",
      path: "/validate",
      summary: "Scores data by rules that the answer explains: quality, fraud and price.",
      pricing: { flat_price: FEE_GLUE },
      input,
      handle: (deal) => {
        const at = now();
        const { data_type: dataType, data_content: content, seller_address: seller, buyer_address: buyer } = deal;
        const verdict = validate({ dataType, content, seller, buyer, price: glue(deal.price_glue) }, at.getTime());
        const id = `val_${Math.floor(at.getTime() / 1000)}_${seller.slice(0, 8)}`;
        return {
          body: { validation_id: id, ...verdict, timestamp: at.toISOString(), tx_hash: null },
          headers: { "X-Price": FEE_GLUE, "X-Currency": "GLUE" },
        };
      },
    }),
  ],
};
