import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again until the answer is as wanted: AWS is eventually consistent, the sandbox answers at once. Real time,
 * because the other side is real.
 * @throws Error with the last answer.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  seconds = 120,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`It never came true; the last answer was ${JSON.stringify(answer)}.`);
    await sleep(500);
  }
}
