import type { DeploymentRecord, TaskRecord } from "../model.ts";
import { currentStep } from "./machine.ts";
import { rollingCounts } from "./rolling.ts";

/** How many tasks each revision should have now, by revision ARN; one that is not named gets none. Pure. */
export type Wanted = Map<string, number>;

interface Situation {
  readonly deployment: DeploymentRecord;
  readonly desiredCount: number;
  /** The service's tasks that are not asked to stop. */
  readonly tasks: readonly TaskRecord[];
}

export function wantedCounts(situation: Situation): Wanted {
  const { deployment, desiredCount } = situation;
  const { targetRevisionArn: target, candidateArn: source } = deployment;
  const isUntouched = deployment.isRefused || deployment.status === "PENDING";
  const counts = currentStep(deployment)?.counts ?? (isUntouched ? "found" : "source");
  switch (counts) {
    case "found":
      return found(situation);
    case "roll":
      return rolled(situation, target, source);
    case "roll-back":
      return rolled(situation, source, target);
    default: {
      const wanted: Wanted = new Map();
      if (source && counts !== "target") wanted.set(source, desiredCount);
      if (counts !== "source") wanted.set(target, desiredCount);
      return wanted;
    }
  }
}

const tasksOf = (tasks: readonly TaskRecord[], arn: string | undefined): TaskRecord[] =>
  tasks.filter((record) => record.revisionArn === arn);

function found({ deployment, desiredCount, tasks }: Situation): Wanted {
  const wanted: Wanted = new Map();
  for (const { revisionArn } of tasks) if (revisionArn) wanted.set(revisionArn, tasksOf(tasks, revisionArn).length);
  const { candidateArn } = deployment;
  if (candidateArn) wanted.set(candidateArn, desiredCount);
  return wanted;
}

/** Everything but the revision that comes makes room for it: the one to replace last, leftovers of others first. */
function rolled({ deployment, desiredCount, tasks }: Situation, coming?: string, going?: string): Wanted {
  const others = new Set(tasks.map((record) => record.revisionArn ?? ""));
  const arriving = tasksOf(tasks, coming);
  const leaving = tasks.filter((record) => record.revisionArn !== coming);
  const healthy = (some: readonly TaskRecord[]) => some.filter((record) => record.isHealthy).length;
  const counts = rollingCounts({
    desiredCount,
    minimumHealthyPercent: deployment.configuration.minimumHealthyPercent ?? 100,
    maximumPercent: deployment.configuration.maximumPercent ?? 200,
    comingPresent: arriving.length,
    comingHealthy: healthy(arriving),
    goingPresent: leaving.length,
    goingHealthy: healthy(leaving),
  });
  const wanted: Wanted = new Map(coming ? [[coming, counts.coming]] : []);
  let left = counts.going;
  for (const arn of new Set([...(going ? [going] : []), ...others])) {
    if (arn === coming) continue;
    const kept = Math.min(left, tasksOf(tasks, arn).length);
    wanted.set(arn, kept);
    left -= kept;
  }
  return wanted;
}
