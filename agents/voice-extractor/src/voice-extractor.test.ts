import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startForTest, TEST_TIME, type TestAgent } from "../../runtime/testing.ts";
import { said } from "../../runtime/text.ts";
import { CATEGORIES } from "./categories.ts";
import { analysisOf, TYPES } from "./profile.ts";
import { voiceExtractor } from "./voice-extractor.ts";

const paisa = [
  "parce, qué chimba de stream jaja",
  "vea pues, otro bug en el contrato de solidity 😂",
  "¿y cómo así que se cayó el RPC?",
  "gracias @mateo, bacano",
];
const formal = [
  "Buenas noches a todos. Agradezco la invitación.",
  "Permítanme explicarlo: usted posee la clave.",
  "Cordial saludo desde Medellín.",
];

const voice = (all: readonly string[], texts = all.map(said)) => ({
  modismos: CATEGORIES.modismos(texts),
  formality: CATEGORIES.formality(texts),
  emojis: CATEGORIES.emojis_emoticons(texts),
  technical: CATEGORIES.technical_language(texts),
  sentences: CATEGORIES.sentence_structure(texts),
  interaction: CATEGORIES.interaction_patterns(texts),
  humor: CATEGORIES.humor_sarcasm(texts),
  questions: CATEGORIES.question_patterns(texts),
});

describe("the eight categories", () => {
  test("tell one voice from another", () => {
    const [one, other] = [voice(paisa), voice(formal)];
    expect([one.modismos.dominant_region, other.modismos.dominant_region]).toEqual(["Colombia", null]);
    expect([one.formality.level, other.formality.level]).toEqual(["informal", "formal"]);
    expect([one.humor.tone, other.humor.tone]).toEqual(["playful", "serious"]);
    expect(one.technical.terms).toEqual(
      expect.arrayContaining([
        { term: "solidity", count: 1 },
        { term: "rpc", count: 1 },
      ]),
    );
    expect([one.sentences.starts_with_capital, other.sentences.starts_with_capital]).toEqual([0, 1]);
  });

  test("count what is there", () => {
    const { emojis, interaction, questions, modismos } = voice(paisa);
    expect(emojis).toMatchObject({ emojis: 1, messages_with_emoji: 0.25, favourites: [{ symbol: "😂", count: 1 }] });
    expect(interaction).toMatchObject({
      mentions_others: 0.25,
      talks_to: [{ user: "@mateo", count: 1 }],
      thanks: 0.25,
    });
    expect(questions).toMatchObject({ questions: 0.25, count: 1, opening_mark: 1 });
    expect(modismos.expressions).toEqual(
      expect.arrayContaining([{ expression: "vea pues", count: 1, region: "Colombia" }]),
    );
  });

  test("see sarcasm", () => {
    expect(voice(["sí claro, otro token 🙄", "qué sorpresa, se cayó"]).humor).toMatchObject({
      sarcasm: 1,
      tone: "sarcastic",
    });
  });

  test("never fail on any text, give shares of 0-1, and the same every time", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("jaja", "🎨", "¿qué?", ":)", "@a @b", "?!", ""),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        const found = voice(texts);
        const shares = [found.formality.score, found.emojis.messages_with_emoji, found.technical.messages_with_terms];
        for (const share of [...shares, found.humor.laughs, found.questions.questions, found.interaction.links])
          expect(share >= 0 && share <= 1).toBe(true);
        expect(voice(texts)).toEqual(found);
      }),
    );
  });

  test("take time in proportion to the text", () => {
    const started = performance.now();
    voice(["ja".repeat(50_000), "@".repeat(50_000), ":".repeat(50_000), "¿".repeat(50_000), "a ".repeat(20_000)]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("an analysis", () => {
  const messages = paisa.map((message) => ({ user: "ana", message }));
  test.each([
    ["basic", 3],
    ["standard", 5],
    ["complete", 8],
    ["enterprise", 8],
  ] as const)("of type %s holds the first %d categories", (type, count) => {
    expect(Object.keys(analysisOf(messages, type).categories)).toEqual(Object.keys(CATEGORIES).slice(0, count));
  });

  test("is surer with more messages, and never quite sure", () => {
    const sure = [1, 10, 100, 5000].map((n) => analysisOf(Array(n).fill(messages[0]), "basic").confidence_score);
    expect(sure).toEqual([0.09, 0.5, 0.91, 0.99]);
  });
});

describe("POST /extract_voice_profile", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startForTest(voiceExtractor);
  });
  afterAll(() => agent.stop());
  const messages = paisa.map((message) => ({ user: "Ana", message }));
  const ask = (input: object) => agent.ask("POST", "/extract_voice_profile", input);

  test.each(TYPES.map((type, index) => [type, ["0.02", "0.03", "0.04", "0.4"][index]]))(
    "type %s costs %s GLUE",
    async (type, price) => {
      const { status, headers, json } = await ask({ username: "ana", profile_type: type, messages });
      expect(json).toMatchObject({
        ...{ username: "@ana", profile_type: type, confidence_score: 0.29, analysis: { message_count: 4 } },
        metadata: {
          analyzed_messages: 4,
          analysis_date: TEST_TIME.toISOString(),
          agent_id: 5,
          seller: voiceExtractor.wallet,
        },
      });
      const shown = ["x-price", "x-currency", "x-profile-type", "x-confidence"].map((name) => headers.get(name));
      expect([status, ...shown]).toEqual([200, price, "GLUE", type, "0.29"]);
    },
  );

  test.each([
    [{ username: "ana", profile_type: "gold" }, 400],
    [{ username: "../ana" }, 400],
    [{ username: "ana", messages: [{ user: "ana", message: 1 }] }, 400],
    [{ username: "nobody", messages }, 404],
    [{ username: "ana" }, 503],
  ])("%j is %d", async (input, status) => {
    expect((await ask(input)).status).toBe(status);
  });
});
