import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { isRunning } from "../../running.ts";
import type { RunEvent } from "../contract.ts";
import { type RunHandle, startRun } from "../start-run.ts";
import { runRequest, startGithub, type TestSite, testSite } from "../testing.ts";

describe("ending a run early", () => {
  let site: TestSite;
  beforeEach(() => {
    site = testSite();
  });
  afterEach(() => site.remove());

  test("SIGTERM cancels: the step stops, always() and post steps run, the next job does not", async () => {
    site.commit({ ".github/workflows/test.yml": LONG, ...POST_ACTION });
    const run = startRun(await runRequest(site, await site.open()));
    const { lines, jobs } = await readUntil(run, "sleeping", () => run.kill("SIGTERM"));
    const result = await run.done;
    expect(result.conclusion).toBe("cancelled");
    expect(jobs()).toEqual({ long: "cancelled", next: "cancelled", last: "success" });
    expect(lines()).toContain("cleaning up");
    expect(lines()).toContain("post of the action");
    expect(lines()).toContain("last job sees cancelled");
    expect(lines()).not.toContain("must not appear");
  });

  test("SIGKILL is a lost runner: its processes die too, and the concurrency group is free again", async () => {
    site.commit({ ".github/workflows/test.yml": LONG, ...POST_ACTION });
    const repository = await site.open();
    const github = await startGithub(site, repository);
    try {
      const request = { api: { url: github.url, secret: github.secret } };
      const lost = startRun(await runRequest(site, repository, request));
      const { lines } = await readUntil(lost, "sleeping", () => lost.kill("SIGKILL"));
      await expect(lost.done).rejects.toThrow(/was lost: its runner was ended by SIGKILL/);
      const pids = [...lines().matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));
      expect(pids).toHaveLength(2);
      await until(() => pids.every((pid) => !isRunning(pid)));
      const next = startRun(await runRequest(site, repository, request));
      await readUntil(next, "sleeping", () => next.kill("SIGTERM"));
      expect((await next.done).conclusion).toBe("cancelled");
    } finally {
      await github.stop();
    }
  });

  test("a second run waits for the group of the first, and a third takes the place of the second", async () => {
    site.commit({ ".github/workflows/test.yml": QUEUED });
    const repository = await site.open();
    const github = await startGithub(site, repository);
    try {
      const gate = join(site.root, "gate");
      const request = { api: { url: github.url, secret: github.secret }, env: { GATE: gate } };
      const runs: RunHandle[] = [];
      const [first, second, third] = await Promise.all([1, 2, 3].map(() => runRequest(site, repository, request)));
      if (!first || !second || !third) throw new Error("three requests");
      runs.push(startRun(first));
      await readUntil(runs[0] as RunHandle, "in the group");
      runs.push(startRun(second));
      await readUntil(runs[1] as RunHandle, "job-waiting");
      runs.push(startRun(third));
      expect((await runs[1]?.done)?.conclusion).toBe("cancelled");
      site.write({ "../gate": "open" });
      expect((await runs[0]?.done)?.conclusion).toBe("success");
      expect((await runs[2]?.done)?.conclusion).toBe("success");
      expect(readFileSync(gate, "utf8")).toBe("open");
    } finally {
      await github.stop();
    }
  });

  test("a step's time limit stops it, and fail-fast stops the rest of a matrix", async () => {
    site.commit({ ".github/workflows/test.yml": LIMITS });
    const run = startRun(await runRequest(site, await site.open()));
    const { jobs } = await readUntil(run, "never printed");
    const result = await run.done;
    expect(result.conclusion).toBe("failure");
    expect(jobs()).toEqual({ limited: "failure", "fast (1)": "failure", "fast (2)": "cancelled" });
    expect(result.jobs.find((job) => job.name === "limited")?.annotations).toEqual([
      { level: "error", message: "The action 'short' has timed out after 0.005 minutes." },
    ]);
  });
});

/** Reads events until a line holds `text`, calls `then`, and goes on reading in the background. */
async function readUntil(run: RunHandle, text: string, then: () => void = () => {}) {
  const seen: RunEvent[] = [];
  let found = () => {};
  const reached = new Promise<void>((resolve) => {
    found = resolve;
  });
  void (async () => {
    for await (const event of run.events) {
      seen.push(event);
      if ((event.type === "log" && !event.line.includes("echo") && event.line.includes(text)) || event.type === text)
        found();
    }
    found();
  })();
  await reached;
  then();
  return {
    lines: () => seen.flatMap((event) => (event.type === "log" ? [event.line] : [])).join("\n"),
    jobs: () => Object.fromEntries(seen.flatMap((e) => (e.type === "job-ended" ? [[e.job, e.conclusion]] : []))),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !condition(); i++) await wait(50);
  expect(condition()).toBe(true);
}

const LONG = `
on: push
concurrency: { group: "the-\${{ github.ref }}" }
jobs:
  long:
    runs-on: x
    concurrency: inner
    steps:
      - uses: actions/checkout@v5
      - uses: ./posts
      - run: |
          setsid sleep 300 &
          echo "pid $!"
          echo "pid $$"
          echo sleeping
          exec sleep 300
      - run: echo must not appear
      - { if: always(), run: echo cleaning up }
  next: { needs: long, runs-on: x, steps: [{ run: echo must not appear }] }
  last:
    needs: long
    if: always()
    runs-on: x
    steps: [{ run: 'echo "last job sees \${{ needs.long.result }}"' }]
`;

const POST_ACTION = {
  "posts/action.yml": "name: p\nruns: { using: node24, main: main.cjs, post: post.cjs }\n",
  "posts/main.cjs": "console.log('main');",
  "posts/post.cjs": "console.log('post of the action');",
};

const QUEUED = `
on: push
concurrency: one
jobs:
  only:
    runs-on: x
    steps:
      - run: |
          echo in the group
          for i in $(seq 200); do [ -e "$GATE" ] && exit 0; sleep 0.1; done
          exit 1
`;

const LIMITS = `
on: push
jobs:
  limited:
    runs-on: x
    steps:
      - { name: short, timeout-minutes: 0.005, run: exec sleep 60 }
  fast:
    runs-on: x
    strategy: { matrix: { n: [1, 2] } }
    steps:
      - { if: matrix.n == 1, run: sleep 0.5; exit 1 }
      - { if: matrix.n == 2, run: exec sleep 60 }
`;
