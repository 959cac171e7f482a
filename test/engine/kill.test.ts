import { expect, test } from "@jest/globals";
import { survivesKills } from "../endurance/kills.ts";
import { seeded } from "./seeded.ts";

test("a sandbox that is killed three times has everything it had acknowledged, once (100 times: npm run test:endurance)", async () => {
  const { next } = seeded(Number(process.env.SEED ?? 3));
  const { wrong } = await survivesKills({
    kills: 3,
    moment: (kill) => ({ of: kill === 0 ? "start" : "answer", after: 200 + kill * 200 }),
    random: next,
  });
  expect(wrong).toEqual([]);
}, 240_000);
