import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  clusterName,
  imageParameter,
  logGroupName,
  repositoryName,
  serviceName,
  stackName,
} from "../../agents/naming.ts";
import { Fleet } from "../stories/fleet.ts";
import { command, succeed } from "./command.ts";
import { withPeer } from "./peer.ts";

const MINUTES = 60_000;
const STAGE = "sandbox";
/** Debian's, which is version 2, wins over another one on the path: version 1 has no `logs tail`. */
const AWS = existsSync("/usr/bin/aws") ? "/usr/bin/aws" : "aws";

withPeer("AWS CLI", [AWS, "--version"], () => {
  let fleet: Fleet;
  let agent: string;
  let home: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "aws-cli-"));
    fleet = await Fleet.start();
    const result = await fleet.push();
    expect(result.run.conclusion).toBe("success");
    agent = fleet.agents[0]?.name ?? "";
  }, 5 * MINUTES);
  afterAll(async () => {
    await fleet?.stop();
    rmSync(home, { recursive: true, force: true });
  }, MINUTES);

  const environment = () => ({
    PATH: process.env.PATH,
    HOME: home,
    AWS_PAGER: "",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "cli",
    AWS_SECRET_ACCESS_KEY: "cli",
  });
  // Debian's version is older than the AWS_ENDPOINT_URL variable, so the option is given.
  const withEndpoint = (args: string[]) => ["--endpoint-url", fleet.host.endpoint, ...args];
  const aws = (...args: string[]) => succeed(AWS, withEndpoint(args), { env: environment() });
  const json = async (...args: string[]) => JSON.parse(await aws(...args, "--output", "json"));

  test("sts get-caller-identity", async () => {
    expect(await json("sts", "get-caller-identity")).toMatchObject({ Account: "000000000000" });
  });

  test("ecs describe-services and list-tasks", async () => {
    const { services } = await json(
      "ecs",
      "describe-services",
      "--cluster",
      clusterName(STAGE),
      "--services",
      serviceName(STAGE, agent),
    );
    expect(services).toMatchObject([{ status: "ACTIVE", runningCount: 1, desiredCount: 1 }]);
    const { taskArns } = await json(
      "ecs",
      "list-tasks",
      "--cluster",
      clusterName(STAGE),
      "--service-name",
      serviceName(STAGE, agent),
    );
    expect(taskArns).toHaveLength(1);
  });

  test("elbv2 describe-rules and describe-target-health: one group serves, and its target is healthy", async () => {
    const { LoadBalancers } = await json("elbv2", "describe-load-balancers");
    const { Listeners } = await json(
      "elbv2",
      "describe-listeners",
      "--load-balancer-arn",
      LoadBalancers[0].LoadBalancerArn,
    );
    const { Rules } = await json("elbv2", "describe-rules", "--listener-arn", Listeners[0].ListenerArn);
    type Rule = {
      IsDefault: boolean;
      Actions: { ForwardConfig: { TargetGroups: { Weight: number; TargetGroupArn: string }[] } }[];
    };
    const rule = (Rules as Rule[]).find((found) => !found.IsDefault);
    const serving = rule?.Actions[0]?.ForwardConfig.TargetGroups.filter((group) => group.Weight > 0) ?? [];
    expect(serving).toHaveLength(1);
    const health = await json(
      "elbv2",
      "describe-target-health",
      "--target-group-arn",
      serving[0]?.TargetGroupArn ?? "",
    );
    expect(health.TargetHealthDescriptions[0].TargetHealth.State).toBe("healthy");
  });

  test("ecr describe-images: the tag is the commit", async () => {
    const { imageDetails } = await json("ecr", "describe-images", "--repository-name", repositoryName(agent));
    expect(imageDetails[0].imageTags).toEqual([fleet.head()]);
  });

  test("logs tail", async () => {
    expect(await aws("logs", "tail", logGroupName(STAGE, agent), "--since", "1h")).toContain('"level"');
  });

  test("cloudformation describe-stack-events", async () => {
    const { StackEvents } = await json(
      "cloudformation",
      "describe-stack-events",
      "--stack-name",
      stackName(STAGE, { agent }),
    );
    expect(StackEvents[0]).toMatchObject({
      ResourceStatus: "CREATE_COMPLETE",
      ResourceType: "AWS::CloudFormation::Stack",
    });
  });

  test("ssm get-parameter-history: what was deployed, by digest", async () => {
    const { Parameters } = await json("ssm", "get-parameter-history", "--name", imageParameter(STAGE, agent));
    expect(Parameters.at(-1).Value).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  test("what is not implemented is refused as AWS refuses, and says so", async () => {
    const args = ["ecs", "list-attributes", "--target-type", "container-instance"];
    const result = await command(AWS, withEndpoint(args), { env: environment() });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(
      /An error occurred \(.+\) when calling the ListAttributes operation: .*not implemented/,
    );
  });

  withPeer("Docker", ["docker", "info"], () => {
    describe("docker", () => {
      test(
        "logs in with ECR's password and pushes an image",
        async () => {
          const password = (await aws("ecr", "get-login-password")).trim();
          const registry = new URL(fleet.host.endpoint).host;
          const docker = (args: string[], options: { input?: string; cwd?: string } = {}) =>
            succeed("docker", ["--config", home, ...args], options);
          const login = await docker(["login", "--username", "AWS", "--password-stdin", registry], { input: password });
          expect(login).toContain("Login Succeeded");
          const folder = mkdtempSync(join(tmpdir(), "docker-"));
          writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY hello.txt /\n");
          writeFileSync(join(folder, "hello.txt"), "hello\n");
          const image = `${registry}/${repositoryName(agent)}:from-docker`;
          await docker(["build", "--quiet", "--tag", image, "."], { cwd: folder });
          await docker(["push", image]);
          await docker(["rmi", image]);
          rmSync(folder, { recursive: true });
          const { imageDetails } = await json(
            "ecr",
            "describe-images",
            "--repository-name",
            repositoryName(agent),
            "--image-ids",
            "imageTag=from-docker",
          );
          expect(imageDetails[0].imageDigest).toMatch(/^sha256:/);
          expect(readFileSync(join(home, "config.json"), "utf8")).toContain(registry);
        },
        3 * MINUTES,
      );
    });
  });
});
