import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PushResult } from "../../infra/sandbox/host/host.ts";
import { Fleet, verdicts } from "./fleet.ts";
import { startLoad } from "./load.ts";

const MINUTES = 60_000;

let fleet: Fleet;
let first: PushResult;
beforeAll(async () => {
  fleet = await Fleet.start();
  first = await fleet.push();
}, 5 * MINUTES);
afterAll(() => fleet?.stop(), MINUTES);

const all = (verdict: string) => Object.fromEntries(fleet.agents.map((agent) => [agent.name, verdict]));
const health = async (agent: (typeof fleet.agents)[number]) =>
  (await (await fetch(fleet.url(agent, agent.health.path))).json()) as {
    agent: string;
    commit: string;
    status: string;
  };

describe("a first push to main, on an empty account", () => {
  test("brings every agent up: green, and proven", () => {
    expect({ conclusion: first.run.conclusion, ...verdicts(first) }).toEqual({
      conclusion: "success",
      ...all("DEPLOYED"),
    });
  });

  test("each agent says through the load balancer which commit it runs", async () => {
    for (const agent of fleet.agents)
      expect(await health(agent)).toMatchObject({ agent: agent.name, commit: fleet.head(), status: "healthy" });
  });

  test("each agent sells real data", async () => {
    for (const agent of fleet.agents)
      for (const smoke of agent.rollout.gates.smoke) {
        const answer = await fetch(fleet.url(agent, smoke.path), {
          method: smoke.method,
          headers: { "content-type": "application/json" },
          body: smoke.body === undefined ? undefined : JSON.stringify(smoke.body),
        });
        expect({ agent: agent.name, status: answer.status }).toEqual({
          agent: agent.name,
          status: smoke.expect.status,
        });
        expect(Object.keys((await answer.json()) as object)).toEqual(
          expect.arrayContaining(Object.keys(smoke.expect.json ?? {})),
        );
      }
  });
});

describe("further pushes", () => {
  test(
    "the same commit again changes nothing",
    async () => {
      const again = await fleet.push();
      expect({ conclusion: again.run.conclusion, ...verdicts(again) }).toEqual({
        conclusion: "success",
        ...all("UNCHANGED"),
      });
    },
    MINUTES,
  );

  test(
    "a commit that touches one agent deploys that agent only",
    async () => {
      const [one, ...others] = fleet.agents;
      if (!one) throw new Error("There is no agent.");
      const before = fleet.head();
      const commit = fleet.commit(`agents/${one.name}/src/main.ts`);
      const result = await fleet.push();
      expect(verdicts(result)).toEqual({ ...all("UNCHANGED"), [one.name]: "DEPLOYED" });
      expect((await health(one)).commit).toBe(commit);
      for (const other of others) expect((await health(other)).commit).toBe(before);
    },
    2 * MINUTES,
  );
});

describe("a change of an agent's manifest", () => {
  test(
    "updates its running stack through the same gates, then deploys the commit",
    async () => {
      // Deployed by deploy-service above, which left its PAUSE hooks on the service.
      const [agent] = fleet.agents;
      if (!agent) throw new Error("There is no agent.");
      fleet.commitManifest(agent, (manifest) => ({ ...manifest, environment: { LOG_LEVEL: "debug" } }));
      const lines: string[] = [];
      const result = await fleet.push({}, (event) => {
        if (event.type === "log" && event.step.includes("deploy-infra")) lines.push(event.line);
      });
      expect({ conclusion: result.run.conclusion, ...verdicts(result) }).toEqual({
        conclusion: "success",
        ...all("UNCHANGED"),
        [agent.name]: "DEPLOYED",
      });
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${agent.name}: gate identity +pass`)));
      expect(await fleet.environmentOf(agent)).toMatchObject({ LOG_LEVEL: "debug" });
      expect((await health(agent)).commit).toBe(fleet.head());
    },
    3 * MINUTES,
  );
});

describe("a runner that is lost at the pause", () => {
  test(
    "leaves the old version serving, and the next push works",
    async () => {
      const agent = fleet.agents[2];
      if (!agent) throw new Error("There are too few agents.");
      const before = (await health(agent)).commit;
      fleet.commit(`agents/${agent.name}/src/main.ts`);
      const lost = fleet.push().then(
        () => "the run ended",
        (error: Error) => error.message,
      );
      const weights = await fleet.killRunnerAtPause(agent);

      expect(await lost).toMatch(/was lost/);
      expect(await fleet.deploymentEnd(agent)).toEqual({
        status: "ROLLBACK_SUCCESSFUL",
        reason: expect.stringContaining("pause hook timed out"),
      });
      expect(await fleet.productionWeights(agent)).toEqual(weights);
      expect((await health(agent)).commit).toBe(before);

      expect(verdicts(await fleet.push())[agent.name]).toBe("DEPLOYED");
      expect((await health(agent)).commit).toBe(fleet.head());
    },
    3 * MINUTES,
  );
});

describe("bad releases, under load", () => {
  test(
    "each is refused with its own cause, the old version serves, and no request is lost",
    async () => {
      const kinds = ["crash", "unhealthy", "errors", "stale"];
      const before = new Map(
        await Promise.all(fleet.agents.map(async (agent) => [agent.name, (await health(agent)).commit] as const)),
      );
      const stopLoad = startLoad(
        fleet.agents.map((agent) => fleet.url(agent, agent.health.path)),
        50,
      );

      const breaks = kinds.map((kind, index) => ({ kind, agent: fleet.agents[index]?.name ?? "" }));
      const result = await fleet.push({ breaks });

      const load = await stopLoad();
      expect(load.lost).toEqual([]);
      expect(load.sent).toBeGreaterThan(500);
      expect(result.run.conclusion).toBe("failure");
      const byAgent = verdicts(result);
      for (const { agent } of breaks) expect(["ROLLED_BACK", "REFUSED"]).toContain(byAgent[agent]);
      const cause = (kind: string) =>
        result.rows.find((row) => row.agent === breaks.find((b) => b.kind === kind)?.agent)?.cause;
      expect(cause("crash")).toMatch(/exit/i);
      expect(cause("unhealthy")).toMatch(/health/i);
      expect(cause("errors")).toMatch(/answers requests wrongly/);
      expect(cause("stale")).toMatch(/stale|commit/i);
      for (const { agent } of breaks) {
        const manifest = fleet.agents.find(({ name }) => name === agent);
        if (manifest) expect((await health(manifest)).commit).toBe(before.get(agent));
      }
    },
    3 * MINUTES,
  );
});
