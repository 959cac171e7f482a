import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fleet } from "../../infra/sandbox/aws/services/ecs/fleet.fixture.ts";
import { command, succeed } from "./command.ts";
import { withPeer } from "./peer.ts";

const MINUTES = 60_000;

/** Clients that others wrote, unchanged, against a service that is deployed blue/green. */
const fleet = new Fleet();
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "clients-"));
  await fleet.start();
  await fleet.build();
  const { currentServiceDeployment } = await fleet.create(await fleet.define(await fleet.push("v1")));
  await fleet.reaches(currentServiceDeployment ?? "", "SUCCESSFUL");
}, MINUTES);
afterAll(async () => {
  await fleet.stop();
  rmSync(home, { recursive: true, force: true });
});

const environment = () => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_ENDPOINT_URL: fleet.aws.endpoint,
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});

withPeer("boto3", ["python3", "-c", "import boto3"], () => {
  test(
    "its clients, resources, paginators and waiters",
    async () => {
      const script = join(import.meta.dirname, "boto3-client.py");
      const output = await succeed("python3", [script, "fleet", "alpha"], { env: environment() });
      expect(JSON.parse(output)).toEqual({
        running: 1,
        deployment: "SUCCESSFUL",
        health: "healthy",
        parameter: "one",
        object: "größer",
        secret: "hidden",
        log: "hello",
        error: "Cluster not found.",
      });
    },
    2 * MINUTES,
  );
});

withPeer("ecs-deploy", ["ecs", "--version"], () => {
  const ecs = (...args: string[]) => command("ecs", args, { env: environment() });

  test(
    "deploys an image and waits for it; a release that cannot start is a failure",
    async () => {
      const good = await ecs("deploy", "fleet", "alpha", "--image", "app", await fleet.push("v2"), "--timeout", "60");
      expect(good.stdout).toContain("Deployment successful");
      expect(good.status).toBe(0);
      expect(await fleet.version(fleet.productionUrl)).toBe("v2");
      const crash = await fleet.push("v3", "crash");
      const bad = await ecs("deploy", "fleet", "alpha", "--image", "app", crash, "--timeout", "5");
      expect(bad.status).not.toBe(0);
      expect(await fleet.version(fleet.productionUrl)).toBe("v2");
    },
    3 * MINUTES,
  );
});
