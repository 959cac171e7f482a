import { expect, test } from "@jest/globals";
import { seeded } from "../engine/seeded.ts";
import { survivesKills } from "./kills.ts";

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** Most kills come early, in the thick of a restart; some late enough for deployments to get anywhere. */
const moment = (share: number): number => (share < 0.75 ? share * 1000 : 750 + (share - 0.75) * 16_000);

test(`kill -9 at ${KILLS} moments (SEED=${SEED}): nothing acknowledged is lost or doubled, no deployment vanishes`, async () => {
  const { next } = seeded(SEED);
  const { wrong, account } = await survivesKills({ kills: KILLS, delay: () => moment(next()), random: next });
  console.log(`seed ${SEED}: ${account}`);
  expect(wrong).toEqual([]);
}, 1_800_000);
