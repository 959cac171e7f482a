import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { glue } from "../../runtime/glue.ts";
import { startForTest, TEST_TIME, type TestAgent } from "../../runtime/testing.ts";
import { validator } from "./validator.ts";
import { recommend, validate } from "./verdict.ts";

const SELLER = "0x2C3e071df446B25B821F59425152838ae4931E75";
const BUYER = "0x940DDDf6fB28E611b132FbBedbc4854CC7C22648";
const NOW = TEST_TIME.getTime();

/** `count` messages as people write them: different, at uneven times. */
const chat = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    timestamp: new Date(Date.UTC(2025, 9, 21, 18) + index * index * 1000).toISOString(),
    user: `user${index % 5}`,
    message: `this is message number ${index} of the evening`,
  }));

const judge = (content: Record<string, unknown>, price = "0.01", dataType = "chat_logs") =>
  validate({ dataType, content, seller: SELLER, buyer: BUYER, price: glue(price) }, NOW);

describe("scores", () => {
  test("good data at the market's price is approved", () => {
    const verdict = judge({ messages: chat(50), total_messages: 50, unique_users: 5 }, "0.015");
    expect(verdict).toMatchObject({ quality_score: 1, fraud_score: 0, price_score: 1, overall_score: 1 });
    expect(verdict.recommendation).toBe("approve");
  });

  test.each([{}, { messages: [] }])("no data, %j, is rejected", (content) => {
    expect(judge(content)).toMatchObject({ quality_score: 0, fraud_score: 0.75, recommendation: "reject" });
  });

  test("messages with missing fields are worth less", () => {
    const gaps = chat(30).map(({ message }) => ({ message, user: "" }));
    const verdict = judge({ messages: gaps });
    expect(verdict.rules.quality[0]).toMatchObject({ rule: "completeness", score: 0.3333 });
    expect(verdict.quality_score).toBeLessThan(judge({ messages: chat(30) }).quality_score);
  });

  const frauds: readonly [rule: string, content: Record<string, unknown>][] = [
    ["copies", { messages: chat(40).map((one) => ({ ...one, message: "buy my token right now" })) }],
    ["declared counts", { messages: chat(20), total_messages: 2000 }],
    ["impossible times", { messages: chat(20).map((one) => ({ ...one, timestamp: "2099-01-01T00:00:00Z" })) }],
    [
      "steady beat",
      {
        messages: chat(20).map((one, index) => ({
          ...one,
          timestamp: new Date(NOW - index * -60_000 - 9e9).toISOString(),
        })),
      },
    ],
  ];
  test.each(frauds)("%s raise suspicion, and the answer says so", (rule, content) => {
    const verdict = judge(content);
    const finding = verdict.rules.fraud.find((one) => one.rule === rule);
    expect(finding?.score).toBe(1);
    expect(verdict.fraud_score).toBeGreaterThanOrEqual(finding?.weight ?? 1);
    expect(verdict.reasoning).toContain(`Most suspicious: ${rule}`);
    expect(verdict.recommendation).not.toBe("approve");
  });

  test("who sells to himself is rejected", () => {
    const deal = {
      dataType: "chat_logs",
      content: { messages: chat(50) },
      seller: SELLER,
      buyer: SELLER.toLowerCase(),
    };
    expect(validate({ ...deal, price: glue("0.01") }, NOW)).toMatchObject({
      fraud_score: 0.75,
      recommendation: "reject",
    });
  });

  test.each([
    ["0.01", 1],
    ["0.02", 0.75],
    ["0.03", 0.5],
    ["0.05", 0],
    ["1000", 0],
    ["0.0001", 0.7],
  ])("a price of %s GLUE for data worth 0.01 scores %d", (price, score) => {
    expect(judge({ messages: [] }, price).price_score).toBe(score);
  });

  test("a kind of data without a market never gets the full mark", () => {
    expect(judge({ entries: chat(30) }, "0.01", "weather")).toMatchObject({ price_score: 0.6 });
  });

  test.each([
    [0.8, 0.19, "approve"],
    [0.8, 0.2, "review"],
    [0.79, 0, "review"],
    [0.5, 0.7, "review"],
    [0.49, 0, "reject"],
    [1, 0.71, "reject"],
  ])("overall %d with fraud %d is %s", (overall, fraud, recommendation) => {
    expect(recommend(overall, fraud)).toBe(recommendation);
  });

  test("any JSON gets scores of 0-1 that add up, the same every time", () => {
    const content = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.record({ messages: fc.array(fc.jsonValue()), total_messages: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(content, fc.bigInt({ min: 0n, max: 10n ** 17n }), (data, price) => {
        const request = {
          dataType: "chat_logs",
          content: data as Record<string, unknown>,
          seller: SELLER,
          buyer: BUYER,
          price,
        };
        const verdict = validate(request, NOW);
        const { quality_score: quality, fraud_score: fraud, price_score: cost, overall_score: overall } = verdict;
        for (const score of [quality, fraud, cost, overall]) expect(score >= 0 && score <= 1).toBe(true);
        expect(overall).toBeCloseTo(0.5 * quality + 0.3 * (1 - fraud) + 0.2 * cost, 3);
        expect(validate(request, NOW)).toEqual(verdict);
      }),
    );
  });
});

describe("POST /validate", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startForTest(validator);
  });
  afterAll(() => agent.stop());
  const deal = {
    ...{ data_type: "chat_logs", data_content: { messages: chat(30) }, seller_address: SELLER, buyer_address: BUYER },
    price_glue: "0.013",
  };

  test("answers with a verdict, its reasons and its price", async () => {
    const { status, headers, json } = await agent.ask("POST", "/validate", deal);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      validation_id: `val_${NOW / 1000}_0x2C3e07`,
      recommendation: "approve",
      reasoning: expect.stringContaining("approve: overall 1"),
      timestamp: TEST_TIME.toISOString(),
      tx_hash: null,
    });
    expect([headers.get("x-price"), headers.get("x-currency")]).toEqual(["0.001", "GLUE"]);
  });

  test("names everything that is missing", async () => {
    const { status, json } = await agent.ask("POST", "/validate", {});
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: {
        problems: ["data_type", "data_content", "seller_address", "buyer_address", "price_glue"].map((path) => ({
          path,
          value: "missing",
        })),
      },
    });
  });

  test.each([
    { price_glue: 0.01 },
    { price_glue: "-1" },
    { price_glue: "0.0000001" },
    { seller_address: "0x12" },
    { data_content: [] },
    { data_content: null },
    { data_type: "Chat Logs" },
    { metadata: 1 },
  ])("%j is 400", async (fault) => {
    const { status, json } = await agent.ask("POST", "/validate", { ...deal, ...fault });
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { problems: [{ path: Object.keys(fault)[0] }] } });
  });
});
