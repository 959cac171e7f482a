import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Kind, type Release, Story } from "./rollout-service.ts";

jest.setTimeout(90_000);

/** `deploy-service` and `rollback-service` against the sandbox's own ECS and load balancer, over HTTP. */
describe("the actions against the sandbox", () => {
  let story: Story;
  let first: Release;
  let second: Release;
  let fourth: Release;
  const changes = async () => (await story.deployments()).length;

  beforeAll(async () => {
    process.env.AWS_ACCESS_KEY_ID = "test";
    process.env.AWS_SECRET_ACCESS_KEY = "test";
    story = await Story.start();
    first = await story.push("a");
    second = await story.push("b");
    await story.create(first);
  });
  afterAll(() => story?.stop());

  test("the created version is proven in production, and then unchanged", async () => {
    expect((await story.deploy(first)).verdict).toMatchObject({ verdict: "DEPLOYED", digest: first.digest });
    const again = await story.deploy(first);
    expect(again.verdict).toMatchObject({ verdict: "UNCHANGED", url: `${story.productionUrl}/alpha` });
    expect(await changes()).toBe(1);
  });

  test("a good version is deployed through its gates and serves", async () => {
    const { verdict, outcome } = await story.deploy(second);
    expect([verdict.verdict, verdict.reason, story.lines]).toEqual(["DEPLOYED", expect.any(String), expect.any(Array)]);
    expect(outcome.failure).toBeUndefined();
    expect(await story.live()).toBe(second.commit);
    expect(verdict.gates.map(({ gate, outcome: said }) => `${gate} ${said}`)).toEqual([
      "target-health pass",
      "identity pass",
      "smoke pass",
    ]);
  });

  test.each<[Kind, string, string, RegExp]>([
    ["crash", "c", "crash", /log: Error: cannot read the price list/],
    ["unhealthy", "d", "unhealthy", /health|Target\./],
    ["errors", "e", "smoke-errors", /POST \/ask answered 500, expected 200/],
  ])("%s is rolled back, the right cause first, the old version live", async (kind, letter, cause, evidence) => {
    const { verdict, outcome } = await story.deploy(await story.push(letter, kind));
    expect([verdict.verdict, verdict.causes[0]?.kind]).toEqual(["ROLLED_BACK", cause]);
    expect(verdict.causes[0]?.evidence.join("\n")).toMatch(evidence);
    expect(outcome.failure?.title).toBe("alpha: ROLLED_BACK");
    expect(await story.live()).toBe(second.commit);
  });

  test("an image that says it is another commit is stopped at the identity gate", async () => {
    const { verdict } = await story.deploy(await story.push("f", "good", "9"));
    expect([verdict.verdict, verdict.causes[0]?.kind]).toEqual(["ROLLED_BACK", "stale-image"]);
    expect(await story.live()).toBe(second.commit);
  });

  test("an image built from another commit never gets traffic", async () => {
    const release = await story.push("1");
    const { verdict } = await story.deploy({ ...release, commit: "2".repeat(40) });
    // Preflight knows where the registry lets it read the image's labels; the identity gate knows in any case.
    const known: Record<string, string> = { REFUSED: "preflight: source", ROLLED_BACK: "stale-image" };
    expect(verdict.causes[0]?.kind).toBe(known[verdict.verdict]);
    expect(await story.live()).toBe(second.commit);
  });

  test("a run that is lost at the pause rolls back by itself, and the next one works", async () => {
    const lost = await story.push("3");
    expect((await story.deploy(lost, { "INPUT_WAIT-UNTIL": "paused" })).verdict.verdict).toBe("PAUSED");
    expect(await story.live()).toBe(second.commit);
    const [deployment] = await story.deployments();
    for (let look = 0; look < 200; look++) {
      const [now] = await story.deployments();
      if (now?.status === "ROLLBACK_SUCCESSFUL") break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [after] = await story.deployments();
    expect([after?.serviceDeploymentArn, after?.status]).toEqual([
      deployment?.serviceDeploymentArn,
      "ROLLBACK_SUCCESSFUL",
    ]);
    expect((await story.deploy(lost)).verdict.verdict).toBe("DEPLOYED");
    expect(await story.live()).toBe(lost.commit);
  });

  test("a second run takes over the pause of the first", async () => {
    fourth = await story.push("4");
    await story.deploy(fourth, { "INPUT_WAIT-UNTIL": "paused" });
    const before = await changes();
    expect((await story.deploy(fourth)).verdict.verdict).toBe("DEPLOYED");
    expect(await changes()).toBe(before);
  });

  test("a cancelled job asks ECS to roll back", async () => {
    const cancel = new AbortController();
    const release = await story.push("5");
    const from = story.lines.length;
    const timer = setInterval(() => {
      if (story.lines.slice(from).some((line) => line.includes("SCALE_UP"))) cancel.abort(new Error("cancelled"));
    }, 5);
    const { verdict } = await story.deploy(release, {}, cancel.signal);
    clearInterval(timer);
    expect(verdict).toMatchObject({ verdict: "STOPPED", reason: "The job was cancelled; ECS was asked to roll back." });
    for (let look = 0; look < 200 && (await story.deployments())[0]?.status !== "ROLLBACK_SUCCESSFUL"; look++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await story.live()).toBe("4".repeat(40));
  });

  test("a rollback goes to the version before, and the refused one cannot come back by accident", async () => {
    const plan = await story.rollBack({ "INPUT_DRY-RUN": "true" });
    expect(plan.outputs.plan).toMatch(/^Deploy .* of commit 333333333333/);
    expect(await story.live()).toBe("4".repeat(40));
    const outcome = await story.rollBack();
    expect(outcome.outputs.verdict).toBe("DEPLOYED");
    expect(await story.live()).toBe("3".repeat(40));
    const again = await story.deploy(fourth);
    expect(again.verdict.verdict).toBe("REFUSED");
    expect(again.verdict.causes[0]?.title).toContain("refused by a rollback of kim");
  });

  test("a rollback during a deployment ends it", async () => {
    await story.deploy(await story.push("6"), { "INPUT_WAIT-UNTIL": "paused" });
    const outcome = await story.rollBack();
    expect([outcome.outputs.verdict, outcome.failure]).toEqual(["ROLLED_BACK", undefined]);
    expect(await story.live()).toBe("3".repeat(40));
  });
});
