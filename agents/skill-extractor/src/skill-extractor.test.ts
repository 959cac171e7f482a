import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startForTest, type TestAgent } from "../../runtime/testing.ts";
import { evidenceOf } from "./evidence.ts";
import { profileOf } from "./profile.ts";
import { skillExtractor } from "./skill-extractor.ts";
import { LEVELS } from "./tiers.ts";

const KEYS = [
  ...["user_id", "profile_level", "agent_viability", "data_coverage", "interests", "skills", "tools_and_platforms"],
  ...["interaction_style", "monetization_opportunities", "top_3_monetizable_strengths", "agent_identity"],
  ...["service_offering", "buyer_behavior", "user_needs_analysis", "market_opportunities", "autonomous_capabilities"],
  ...["revenue_model", "implementation_roadmap", "risk_assessment", "agent_potential_summary"],
];

const by = (user: string, ...texts: string[]) =>
  texts.map((message, index) => ({ user, message, timestamp: `2025-10-${10 + index}T18:00:00Z` }));

const chain = by(
  "ana",
  "ayer escribí un contrato en solidity y los tests en python",
  "el bug estaba en el approve, siempre",
  "hice el deploy con terraform y docker",
  "bajó el gas con ese contrato",
  "¿alguien ha probado EIP-3009?",
  "subí el dashboard de pandas con las métricas",
  "me gusta zk pero el prover es lento",
);
const art = by(
  "leo",
  "hice la portada en figma 🎨",
  "subí el overlay y el logo animado",
  "aprendiendo blender, el render tarda",
);

const profile = (messages: typeof chain, level: (typeof LEVELS)[number] = "complete") =>
  profileOf(evidenceOf(messages), { username: messages[0]?.user ?? "", level, monetization: true });

describe("a profile", () => {
  test("has all its keys at every level", () => {
    for (const level of LEVELS) expect(Object.keys(profile(chain, level))).toEqual(KEYS);
  });

  test("is computed: other messages give another one", () => {
    const [one, other] = [profile(chain), profile(art)];
    expect(one.skills[0]).toMatchObject({
      skill: "Smart contracts",
      practised: 1,
      terms: expect.arrayContaining(["solidity"]),
    });
    expect(other.skills.map(({ skill }) => skill)).toEqual(["Visual design"]);
    expect(one.tools_and_platforms.map(({ tool }) => tool)).toEqual(
      expect.arrayContaining(["solidity", "python", "docker"]),
    );
    expect(other.tools_and_platforms).toEqual([
      { tool: "figma", mentions: 1 },
      { tool: "blender", mentions: 1 },
    ]);
    expect(one.user_needs_analysis).toEqual({ questions: 1, topics: ["Smart contracts"] });
    expect(one.data_coverage.time_span).toEqual({ from: "2025-10-10", to: "2025-10-16", days: 7 });
  });

  test("without any skill is rejected, and says so", () => {
    const empty = profile(by("gato", "jajaja", "gg"));
    expect(empty).toMatchObject({ agent_viability: "REJECTED", skills: [], monetization_opportunities: [] });
    expect(empty.agent_potential_summary).toContain("No skill shows");
  });

  test.each([
    ["basic", 3, 2, 0],
    ["standard", 5, 3, 2],
  ] as const)(
    "of level %s holds at most %d interests, %d skills, %d opportunities",
    (level, interests, skills, earn) => {
      const found = profile(chain, level);
      expect(profile(chain).skills.length).toBeGreaterThan(3);
      expect([found.interests.length, found.skills.length]).toEqual([interests, skills]);
      expect(found.monetization_opportunities).toHaveLength(earn);
      expect(found.top_3_monetizable_strengths).toHaveLength(earn);
    },
  );

  test("says more of a skill the more is said of it, and never over 1", () => {
    const scoreOf = (count: number) =>
      evidenceOf(by("ana", ...Array(count).fill("I wrote solidity"))).skills[0]?.score ?? 0;
    const scores = [1, 2, 5, 20, 5000].map(scoreOf);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(scores.at(-1)).toBeLessThan(1);
  });

  test("of any messages has shares of 0-1, and is the same every time", () => {
    const words = fc.constantFrom(
      "solidity",
      "hice",
      "?",
      "zk",
      "the",
      "que",
      "https://a.example",
      "@bob",
      "🎨",
      "jaja",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { minLength: 1 }).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (texts) => {
        const messages = texts.map((message) => ({ user: "ana", message, timestamp: "x" }));
        const found = profile(messages);
        const { questions, mentions_others: others, links } = found.interaction_style;
        for (const share of [questions, others, links, found.data_coverage.confidence_level])
          expect(share >= 0 && share <= 1).toBe(true);
        for (const { score } of found.skills) expect(score > 0 && score < 1).toBe(true);
        expect(profile(messages)).toEqual(found);
      }),
    );
  });
});

describe("POST /extract_skill_profile", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startForTest(skillExtractor);
  });
  afterAll(() => agent.stop());
  const ask = (input: object) => agent.ask("POST", "/extract_skill_profile", input);

  test.each([
    ["basic", "0.02"],
    ["standard", "0.03"],
    ["complete", "0.05"],
    ["enterprise", "0.5"],
  ])("level %s costs %s GLUE", async (profile_level, price) => {
    const { status, headers } = await ask({ username: "@Ana", profile_level, messages: chain });
    const shown = ["x-price", "x-currency", "x-profile-level", "x-confidence"].map((name) => headers.get(name));
    expect([status, ...shown]).toEqual([200, price, "GLUE", profile_level, "0.27"]);
  });

  test("looks at the user's own messages in the range alone", async () => {
    const date_range = { start_date: "2025-10-11", end_date: "2025-10-12" };
    const { json } = await ask({ username: "ana", date_range, messages: [...chain, ...art] });
    expect(json).toMatchObject({
      data_coverage: { message_count: 2, time_span: { from: "2025-10-11", to: "2025-10-12" } },
    });
  });

  test.each([{ username: "nobody" }, { username: "ana", date_range: { start_date: "2026-01-01" } }])(
    "%j has no messages: 404",
    async (input) => expect((await ask({ messages: chain, ...input })).status).toBe(404),
  );

  test.each([
    [{}, "username"],
    [{ username: "../../etc/passwd" }, "username"],
    [{ username: "ana", profile_level: "gold" }, "profile_level"],
    [{ username: "ana", messages: [{ user: "ana" }] }, "messages.0.message"],
    [{ username: "ana", messages: "hola" }, "messages"],
    [{ username: "ana", date_range: { from: "2025-10-01" } }, "date_range.from"],
    [{ username: "ana", date_range: { start_date: "2025-10-02", end_date: "2025-10-01" } }, "date_range"],
  ])("%j is 400 and names %s", async (input, path) => {
    const { status, json } = await ask(input);
    expect([status, json]).toMatchObject([400, { error: { problems: [{ path }] } }]);
  });

  test("without messages and without a seller is 503; with one it buys that user's messages", async () => {
    expect((await ask({ username: "ana" })).status).toBe(503);
    const asked: unknown[] = [];
    const seller = createServer((request, response) => {
      request.on("data", (body) => asked.push(request.url, JSON.parse(String(body))));
      request.on("end", () => response.end(JSON.stringify({ messages: chain })));
    }).listen(0);
    const buyer = await startForTest(skillExtractor, {
      KARMA_HELLO_URL: `http://127.0.0.1:${(seller.address() as AddressInfo).port}/k`,
    });
    const input = { username: "ana", date_range: { start_date: "2025-10-10" } };
    const { status, json } = await buyer.ask("POST", "/extract_skill_profile", input);
    await buyer.stop();
    seller.close().closeAllConnections();
    expect([status, json]).toMatchObject([200, { data_coverage: { message_count: 7 } }]);
    const body = { users: ["ana"], limit: 1000, include_stats: false, start_time: "2025-10-10T00:00:00Z" };
    expect(asked).toEqual(["/k/get_chat_logs", body]);
  });
});
