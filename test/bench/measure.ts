/** Median of several runs; one outlier of a busy machine does not move it. */
export async function median(runs: number, once: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await once());
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** One line of the result: a ratio of two figures of the same run, so that it means the same on any machine. */
export interface Ratio {
  readonly name: string;
  /** What was measured, over what. */
  readonly ratio: number | null;
  readonly ours: string;
  readonly theirs: string;
  /** Why there is no ratio, when there is none. */
  readonly skipped?: string;
}

export function ratio(name: string, ours: [number, string], theirs: [number, string]): Ratio {
  return {
    name,
    ratio: Number((ours[0] / theirs[0]).toFixed(2)),
    ours: `${ours[0].toFixed(ours[0] < 10 ? 2 : 0)} ${ours[1]}`,
    theirs: `${theirs[0].toFixed(theirs[0] < 10 ? 2 : 0)} ${theirs[1]}`,
  };
}

export const skipped = (name: string, reason: string): Ratio => ({
  name,
  ratio: null,
  ours: "-",
  theirs: "-",
  skipped: reason,
});
