import type { Container, Task } from "@aws-sdk/client-ecs";
import { describeTarget } from "../gates/target-health.ts";
import type { Cause } from "./cause.ts";
import type { Evidence } from "./evidence.ts";

/** Rules over stopped tasks, target health and service events. Each gives a cause or nothing. */
export const taskRules: readonly ((evidence: Evidence) => Cause | undefined)[] = [
  imageMissing,
  secretMissing,
  wrongArchitecture,
  outOfMemory,
  crashAtStart,
  unhealthy,
  noCapacity,
  spotInterruption,
];

const reasonsOf = (task: Task): string =>
  [task.stoppedReason, ...(task.containers ?? []).map((container) => container.reason)].filter(Boolean).join(" ");

const messages = (evidence: Evidence): string[] =>
  evidence.events.flatMap((event) => (event.message ? [event.message] : []));

/** Stopped tasks and events that match, as lines of evidence. */
function matching(evidence: Evidence, pattern: RegExp): string[] {
  const tasks = evidence.stopped.map(reasonsOf).filter((reason) => pattern.test(reason));
  const events = messages(evidence).filter((message) => pattern.test(message));
  const status = [evidence.deployment?.statusReason ?? ""].filter((reason) => pattern.test(reason));
  return [...new Set([...tasks, ...events, ...status])].slice(0, 3);
}

function imageMissing(evidence: Evidence): Cause | undefined {
  const found = matching(evidence, /CannotPull|pull.{0,20}(image|manifest)|image.{0,40}(not found|does not exist)/i);
  if (found.length === 0) return undefined;
  return {
    kind: "image-missing",
    title: "The image could not be pulled.",
    evidence: found,
    fix: "Push the image again (push-image), and check that the execution role may read the repository.",
    weight: 95,
  };
}

function secretMissing(evidence: Evidence): Cause | undefined {
  const found = matching(evidence, /ResourceInitializationError/);
  if (found.length === 0) return undefined;
  const secrets = found.some((line) => /secret|ssm|parameter/i.test(line));
  return {
    kind: secrets ? "secret-missing" : "task-setup",
    title: secrets ? "A secret of the task could not be read." : "ECS could not prepare the task.",
    evidence: found,
    fix: secrets
      ? "Check that the secret has every key that the manifest lists, and that the execution role may read it."
      : "The reason above names the resource (log group, network, file system); repair it and run again.",
    weight: 94,
  };
}

function wrongArchitecture(evidence: Evidence): Cause | undefined {
  const found = evidence.log.filter((line) => /exec format error/i.test(line));
  if (found.length === 0) return undefined;
  return {
    kind: "wrong-architecture",
    title: "The image is built for another processor architecture.",
    evidence: found,
    fix: "Build for the architecture of container.architecture in the agent's manifest.",
    weight: 96,
  };
}

function outOfMemory(evidence: Evidence): Cause | undefined {
  const found = matching(evidence, /OutOfMemory|out of memory/i);
  if (found.length === 0) return undefined;
  return {
    kind: "out-of-memory",
    title: "A container used more memory than the task has.",
    evidence: found,
    fix: "Raise container.memoryMiB in the agent's manifest, or repair the leak.",
    weight: 92,
  };
}

function crashAtStart(evidence: Evidence): Cause | undefined {
  const crashed = evidence.stopped.filter((task) => task.stopCode === "EssentialContainerExited");
  const first = crashed[0];
  if (!first) return undefined;
  const container = (first.containers ?? []).find((candidate) => candidate.exitCode !== undefined);
  return {
    kind: "crash",
    title: `The container exited by itself with code ${container?.exitCode ?? "unknown"}${meaning(container)}.`,
    evidence: [
      `${crashed.length} task(s): ${first.stoppedReason ?? "Essential container in task exited"}`,
      ...lastLines(evidence),
    ],
    fix: "The last log lines say why the program ended. Run the image locally with the task's environment to see it.",
    weight: 90,
  };
}

/** Exit codes as shells and container engines use them. */
const MEANINGS: Readonly<Record<number, string>> = {
  0: ", though it should keep running",
  126: " (the command is not executable)",
  127: " (the command does not exist in the image)",
  137: " (killed, often for memory)",
  139: " (a segmentation fault)",
};

const meaning = (container: Container | undefined): string => MEANINGS[container?.exitCode ?? -1] ?? "";

const lastLines = ({ log }: Evidence): string[] => log.slice(-5).map((line) => `log: ${line.slice(0, 300)}`);

function unhealthy(evidence: Evidence): Cause | undefined {
  const targets = evidence.troubled.map(describeTarget);
  const found = matching(evidence, /failed (ELB|container) health checks|is unhealthy in|health checks failed/i);
  if (targets.length + found.length === 0) return undefined;
  const reasons = evidence.troubled.map((target) => target.reason ?? "").join(" ");
  return {
    kind: "unhealthy",
    title: "The new version never became healthy.",
    evidence: [...new Set([...targets, ...found])].slice(0, 4).concat(lastLines(evidence)),
    fix: healthFix(reasons),
    weight: 85,
  };
}

function healthFix(reasons: string): string {
  if (reasons.includes("Target.ResponseCodeMismatch"))
    return "The health path answers, but not with 200. Call it in the container; a health check must not depend on peers.";
  if (reasons.includes("Target.Timeout"))
    return "The health path does not answer in time: a slow start, a blocked event loop, or a security group in the way.";
  return "Check that the container listens on its port and answers 200 at health.path of the agent's manifest.";
}

function noCapacity(evidence: Evidence): Cause | undefined {
  const found = matching(
    evidence,
    /unable to place a task|capacity is unavailable|RESOURCE:|exceeded.*vCPU|limit on the number/i,
  );
  if (found.length === 0) return undefined;
  return {
    kind: "no-capacity",
    title: "AWS had no room for the new tasks.",
    evidence: found,
    fix: "Blue/green needs twice the capacity while it runs. Raise the Fargate quota, or use on-demand beside Spot.",
    weight: 87,
  };
}

function spotInterruption(evidence: Evidence): Cause | undefined {
  const interrupted = evidence.stopped.filter((task) => task.stopCode === "SpotInterruption");
  if (interrupted.length === 0) return undefined;
  return {
    kind: "spot-interruption",
    title: "Fargate Spot took tasks of the new version away.",
    evidence: [`${interrupted.length} task(s) stopped with SpotInterruption`],
    fix: "Run again; if it repeats, set scale.capacity to on-demand for this agent.",
    weight: 30,
  };
}
