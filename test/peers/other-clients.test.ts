import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

withPeer("ecspresso", ["ecspresso", "version"], () => {
  const definitions = async () => {
    const { services } = await fleet.ecs.describeServices({ cluster: "fleet", services: ["alpha"] });
    const service = services?.[0];
    writeFileSync(
      join(home, "ecspresso.yml"),
      "region: us-east-1\ncluster: fleet\nservice: alpha\nservice_definition: service.json\ntask_definition: task.json\ntimeout: 2m0s\n",
    );
    return service;
  };
  const ecspresso = (...args: string[]) => command("ecspresso", args, { cwd: home, env: environment() });

  test(
    "reads the service, deploys a new revision blue/green and waits until it is stable",
    async () => {
      await definitions();
      const init = await ecspresso("init", "--cluster", "fleet", "--service", "alpha", "--config", "ecspresso.json");
      expect(init.stderr + init.stdout).toContain("ecspresso.json");
      const status = await ecspresso("--config", "ecspresso.json", "status");
      expect(status.stdout + status.stderr).toContain("alpha");
      const deploy = await ecspresso("--config", "ecspresso.json", "deploy", "--force-new-deployment");
      expect(deploy.stdout + deploy.stderr).toMatch(/Service is stable now|Completed/i);
      expect(deploy.status).toBe(0);
    },
    4 * MINUTES,
  );
});
