import { expect, test } from "@jest/globals";
import { seeded } from "../engine/seeded.ts";
import { type Moment, survivesKills } from "./kills.ts";
import { progress } from "./progress.ts";

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** A quarter of the kills come during the restart, most soon after it, some late enough for deployments to get anywhere. */
function moment(share: number): Moment {
  if (share < 0.25) return { of: "start", after: share * 2000 };
  return { of: "answer", after: share < 0.85 ? (share - 0.25) * 1000 : 600 + (share - 0.85) * 16_000 };
}

test(`kill -9 at ${KILLS} moments (SEED=${SEED}): nothing acknowledged is lost or doubled, no deployment vanishes`, async () => {
  const { next } = seeded(SEED);
  const say = progress();
  const { wrong, account } = await survivesKills({
    kills: KILLS,
    moment: () => moment(next()),
    random: next,
    onKill: (kills) => say(() => `kill ${kills} of ${KILLS} (seed ${SEED})`),
  });
  console.log(`seed ${SEED}: ${account}`);
  expect(wrong).toEqual([]);
}, 1_800_000);
