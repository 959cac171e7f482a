import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import { withPeer } from "./peer.ts";

const MINUTES = 60_000;
const STAGE = "sandbox";

withPeer("AWS CLI", ["aws", "--version"], () => {
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

  const run = (...args: string[]) =>
    spawnSync("aws", args, {
      encoding: "utf8",
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AWS_PAGER: "",
        AWS_REGION: "us-east-1",
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "cli",
        AWS_SECRET_ACCESS_KEY: "cli",
      },
    });
  const aws = (...args: string[]) => {
    // Debian's version is older than the AWS_ENDPOINT_URL variable, so the option is given.
    const result = run("--endpoint-url", fleet.host.endpoint, ...args);
    if (result.status !== 0) throw new Error(`aws ${args.join(" ")}: ${result.stderr}`);
    return result.stdout;
  };
  const json = (...args: string[]) => JSON.parse(aws(...args, "--output", "json"));

  test("sts get-caller-identity", () => {
    expect(json("sts", "get-caller-identity")).toMatchObject({ Account: "000000000000" });
  });

  test("ecs describe-services and list-tasks", () => {
    const { services } = json(
      "ecs",
      "describe-services",
      "--cluster",
      clusterName(STAGE),
      "--services",
      serviceName(STAGE, agent),
    );
    expect(services).toMatchObject([{ status: "ACTIVE", runningCount: 1, desiredCount: 1 }]);
    const { taskArns } = json(
      "ecs",
      "list-tasks",
      "--cluster",
      clusterName(STAGE),
      "--service-name",
      serviceName(STAGE, agent),
    );
    expect(taskArns).toHaveLength(1);
  });

  test("elbv2 describe-rules and describe-target-health: one group serves, and its target is healthy", () => {
    const { LoadBalancers } = json("elbv2", "describe-load-balancers");
    const { Listeners } = json("elbv2", "describe-listeners", "--load-balancer-arn", LoadBalancers[0].LoadBalancerArn);
    const { Rules } = json("elbv2", "describe-rules", "--listener-arn", Listeners[0].ListenerArn);
    type Rule = {
      IsDefault: boolean;
      Actions: { ForwardConfig: { TargetGroups: { Weight: number; TargetGroupArn: string }[] } }[];
    };
    const rule = (Rules as Rule[]).find((found) => !found.IsDefault);
    const serving = rule?.Actions[0]?.ForwardConfig.TargetGroups.filter((group) => group.Weight > 0) ?? [];
    expect(serving).toHaveLength(1);
    const health = json("elbv2", "describe-target-health", "--target-group-arn", serving[0]?.TargetGroupArn ?? "");
    expect(health.TargetHealthDescriptions[0].TargetHealth.State).toBe("healthy");
  });

  test("ecr describe-images: the tag is the commit", () => {
    const { imageDetails } = json("ecr", "describe-images", "--repository-name", repositoryName(agent));
    expect(imageDetails[0].imageTags).toEqual([fleet.head()]);
  });

  test("logs tail", () => {
    expect(aws("logs", "tail", logGroupName(STAGE, agent), "--since", "1h")).toContain('"level"');
  });

  test("cloudformation describe-stack-events", () => {
    const { StackEvents } = json(
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

  test("ssm get-parameter-history: what was deployed, by digest", () => {
    const { Parameters } = json("ssm", "get-parameter-history", "--name", imageParameter(STAGE, agent));
    expect(Parameters.at(-1).Value).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  test("what is not implemented is refused as AWS refuses, and says so", () => {
    const result = run(
      "--endpoint-url",
      fleet.host.endpoint,
      "ecs",
      "list-attributes",
      "--target-type",
      "container-instance",
    );
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(
      /An error occurred \(.+\) when calling the ListAttributes operation: .*not implemented/,
    );
  });

  withPeer("Docker", ["docker", "info"], () => {
    describe("docker", () => {
      test(
        "logs in with ECR's password and pushes an image",
        () => {
          const password = aws("ecr", "get-login-password").trim();
          const registry = new URL(fleet.host.endpoint).host;
          const docker = (args: string[], input?: string, cwd?: string) => {
            const result = spawnSync("docker", ["--config", home, ...args], {
              encoding: "utf8",
              input,
              cwd,
              timeout: 120_000,
            });
            if (result.status !== 0) throw new Error(`docker ${args.join(" ")}: ${result.stdout}${result.stderr}`);
            return result.stdout;
          };
          expect(docker(["login", "--username", "AWS", "--password-stdin", registry], password)).toContain(
            "Login Succeeded",
          );
          const folder = mkdtempSync(join(tmpdir(), "docker-"));
          writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY hello.txt /\n");
          writeFileSync(join(folder, "hello.txt"), "hello\n");
          const image = `${registry}/${repositoryName(agent)}:from-docker`;
          docker(["build", "--quiet", "--tag", image, "."], undefined, folder);
          docker(["push", image]);
          docker(["rmi", image]);
          rmSync(folder, { recursive: true });
          const { imageDetails } = json(
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
