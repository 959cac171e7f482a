import { repositoryName } from "../../../agents/naming.ts";
import { shortDigest } from "../images/reference.ts";
import type { Facts, RuleFacts } from "./facts.ts";
import type { RolloutRequest } from "./request.ts";
import { digestOf, groupName, groupOf } from "./routing.ts";
import { isRunning } from "./status.ts";
import type { Check } from "./verdict.ts";

/** Label of images that bring no runtime of their own: the sandbox runs them with the host's Node. */
const BASE_LABEL = "dev.karmacadabra.base";

const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail });
const skipped = (name: string, detail: string): Check => ({ name, status: "skipped", detail });
const problem = (name: string, detail: string, fix: string): Check => ({ name, status: "problem", detail, fix });

/** All checks of design section 7.1 over facts already read; every problem at once, nothing changed yet. */
export function preflight(request: RolloutRequest, facts: Facts): Check[] {
  const service = checkService(facts);
  if (service.status === "problem") return [service, checkImage(request, facts)];
  const traffic = isOwnRunning(request, facts)
    ? [ok("deployment", "our own deployment is running; it is followed")]
    : [checkNoDeployment(facts), ...checkRules(request, facts)];
  return [
    service,
    checkImage(request, facts),
    checkArchitecture(facts),
    checkSource(request, facts),
    checkPort(request, facts),
    ...traffic,
    checkLogGroup(facts),
    checkSecrets(facts),
    checkBlocked(request, facts),
  ];
}

/** A deployment of exactly this digest is under way: an earlier run of this job, whose place we take. */
export const isOwnRunning = (request: Pick<RolloutRequest, "image">, facts: Facts): boolean =>
  isRunning(facts.newest?.status) && digestOf(facts.newestTarget, facts.routing.container) === request.image.digest;

function checkService({ service, place, definition }: Facts): Check {
  const fix = "Deploy the infrastructure first: deploy-infra creates the cluster and the agent's service.";
  if (!service) return problem("service", `${place.service} does not exist in cluster ${place.cluster}`, fix);
  if (service.status !== "ACTIVE") return problem("service", `${place.service} is ${service.status}`, fix);
  const controller = service.deploymentController?.type ?? "ECS";
  if (controller !== "ECS")
    return problem("service", `the deployment controller is ${controller}`, "Only ECS's own controller can be driven.");
  if (!definition) return problem("service", `the task definition ${service.taskDefinition} is gone`, fix);
  return ok("service", `${place.service}, ${service.desiredCount ?? 0} task(s) wanted`);
}

function checkImage({ image, manifest }: RolloutRequest, facts: Facts): Check {
  const expected = repositoryName(manifest.name);
  if (image.repository !== expected)
    return problem(
      "image",
      `the image is in repository ${image.repository}, the agent's is ${expected}`,
      `Push to ${expected}; an image in another repository is how a stale version keeps running.`,
    );
  if (!facts.image)
    return problem(
      "image",
      `${image.repository}@${image.digest} is not in the registry`,
      "Run push-image for this commit again; a lifecycle rule may have removed the image.",
    );
  return ok("image", `${image.repository}@${shortDigest(image.digest)}`);
}

function checkArchitecture({ contents, definition }: Facts): Check {
  const platform = definition?.definition.runtimePlatform?.cpuArchitecture ?? "X86_64";
  const wanted = platform === "ARM64" ? "arm64" : "amd64";
  if (!contents) return skipped("architecture", "the image's configuration could not be read");
  if (contents.labels[BASE_LABEL] === "host-node") return skipped("architecture", "the image runs on the host's Node");
  if (contents.architectures.includes(wanted)) return ok("architecture", wanted);
  return problem(
    "architecture",
    `the image is for ${contents.architectures.join(", ") || "no known architecture"}, the task runs on ${wanted}`,
    `Build for ${wanted}, or change container.architecture in the agent's manifest.`,
  );
}

function checkSource({ commit }: RolloutRequest, { contents }: Facts): Check {
  if (!contents?.revision) return skipped("source", "the image has no label org.opencontainers.image.revision");
  if (contents.revision === commit) return ok("source", `built from ${commit.slice(0, 12)}`);
  return problem(
    "source",
    `the image was built from commit ${contents.revision.slice(0, 12)}, the commit to deploy is ${commit.slice(0, 12)}`,
    "This image is stale: build and push the commit itself, and pass push-image's digest output on.",
  );
}

function checkPort({ manifest }: RolloutRequest, { routing, definition }: Facts): Check {
  const containers = definition?.definition.containerDefinitions ?? [];
  const container = containers.find(({ name }) => name === routing.container);
  const fix = "Align container.port in the agent's manifest with the service's load balancer, then run deploy-infra.";
  if (!routing.container) return skipped("port", "the service has no load balancer");
  if (!container) return problem("port", `the task definition has no container ${routing.container}`, fix);
  const mapped = (container.portMappings ?? []).map((mapping) => mapping.containerPort);
  if (!mapped.includes(routing.containerPort))
    return problem(
      "port",
      `target groups use port ${routing.containerPort}, the container maps ${mapped.join(", ") || "none"}`,
      fix,
    );
  if (routing.containerPort !== manifest.container.port)
    return problem(
      "port",
      `target groups use port ${routing.containerPort}, the manifest says ${manifest.container.port}`,
      fix,
    );
  return ok("port", String(routing.containerPort));
}

function checkNoDeployment({ newest, newestTarget, routing }: Facts): Check {
  if (!isRunning(newest?.status)) return ok("deployment", "none is running");
  const digest = digestOf(newestTarget, routing.container);
  return problem(
    "deployment",
    `another deployment (${digest ? shortDigest(digest) : "unknown digest"}, ${newest?.status} at ${newest?.lifecycleStage ?? "its start"}) is running`,
    "Wait for it, or end it with rollback-service; starting another one would supersede it half-way.",
  );
}

function checkRules(request: RolloutRequest, facts: Facts): Check[] {
  const { production, test, routing } = facts;
  if (!production) {
    if (request.manifest.rollout.strategy === "rolling")
      return [skipped("rules", "a rolling deployment moves no rule")];
    return [
      problem(
        "rules",
        "the service names no production listener rule",
        "Run deploy-infra: blue/green needs loadBalancers.advancedConfiguration.",
      ),
    ];
  }
  const checks = [checkProductionRule(production, facts)];
  if (test) checks.push(checkTestRule(test, routing.groups));
  return checks;
}

const RESET_FIX =
  "A stack update or a person has rewritten the rule. Point it at the live group again (aws elbv2 modify-rule), then run again.";

function checkProductionRule(rule: RuleFacts, { live, targets, service }: Facts): Check {
  const name = "production rule";
  if (!rule.exists) return problem(name, `${rule.arn} does not exist`, "Run deploy-infra; it owns the listener rules.");
  if (rule.groups.length !== 1)
    return problem(
      name,
      `${rule.groups.length} target groups get traffic (${rule.groups.map(groupName).join(", ")}), not one`,
      RESET_FIX,
    );
  const expected = groupOf(live);
  if (!expected) return skipped(name, "ECS does not tell the live revision's target group");
  if (rule.groups[0] !== expected)
    return problem(
      name,
      `traffic goes to ${groupName(rule.groups[0])}, the live revision is in ${groupName(expected)}`,
      RESET_FIX,
    );
  const healthy = targets.filter((target) => target.state === "healthy").length;
  if (healthy === 0 && service?.desiredCount)
    return problem(
      name,
      `${groupName(expected)} has no healthy target`,
      "The live version is down: repair it first, or force a rollback.",
    );
  return ok(name, `${groupName(expected)}, ${healthy} healthy`);
}

function checkTestRule(rule: RuleFacts, groups: readonly string[]): Check {
  const name = "test rule";
  if (!rule.exists) return problem(name, `${rule.arn} does not exist`, "Run deploy-infra; it owns the listener rules.");
  if (rule.groups.length !== 1 || !groups.includes(rule.groups[0] ?? ""))
    return problem(
      name,
      `it forwards to ${rule.groups.map(groupName).join(", ") || "nothing"}, not to one group of this service`,
      RESET_FIX,
    );
  return ok(name, groupName(rule.groups[0]));
}

function checkLogGroup({ logGroup }: Facts): Check {
  if (!logGroup) return skipped("log group", "the container does not log to CloudWatch");
  if (logGroup.exists === undefined) return skipped("log group", "this role may not look");
  if (logGroup.exists) return ok("log group", logGroup.name);
  return problem(
    "log group",
    `${logGroup.name} does not exist, so no task could start`,
    "Run deploy-infra; it creates the log group.",
  );
}

function checkSecrets({ secrets }: Facts): Check {
  const missing = secrets.filter((secret) => secret.exists === false).map((secret) => secret.id);
  if (missing.length > 0)
    return problem(
      "secrets",
      `missing: ${missing.join(", ")}`,
      "Create them, or remove them from the agent's manifest.",
    );
  const known = secrets.filter((secret) => secret.exists).length;
  return known === secrets.length ? ok("secrets", `${known} found`) : skipped("secrets", "this role may not look");
}

function checkBlocked({ image, force }: RolloutRequest, { blocked }: Facts): Check {
  const entry = blocked.find((candidate) => candidate.digest === image.digest);
  if (!entry) return ok("blocked", "no rollback has refused this digest");
  if (force) return ok("blocked", `forced, though ${entry.actor} refused it: ${entry.reason}`);
  return problem(
    "blocked",
    `${shortDigest(image.digest)} was refused by a rollback of ${entry.actor} on ${entry.at.slice(0, 10)}: ${entry.reason}`,
    "Deploy a commit that repairs it, or run again with `force: true`.",
  );
}
