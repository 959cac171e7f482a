import { breakerThreshold } from "../deployment/breaker.ts";
import { endDeployment, isDeploymentOver, noteRollback } from "../deployment/end.ts";
import { advance, currentStep, type Observation, type Presence } from "../deployment/machine.ts";
import type { Counts } from "../deployment/plan.ts";
import { rollingCounts } from "../deployment/rolling.ts";
import { prepareDeployment } from "../deployment/start.ts";
import { applyWeights, isShifted } from "../deployment/traffic.ts";
import type { DeploymentRecord, ServiceRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { addEvent } from "./events.ts";
import type { Scheduler } from "./scheduler.ts";
import { readHealth } from "./targets.ts";

const TRANSITIONS_PER_TURN = 40; // more than a linear deployment has steps between two waits

const isPresent = ({ task }: TaskRecord): boolean => task.lastStatus !== "STOPPED";
const isWanted = ({ task }: TaskRecord): boolean => task.desiredStatus === "RUNNING";

/** One service: observe, let the deployment advance, make tasks and rules match, again and again. */
export class ServiceController {
  readonly #records: Records;
  readonly #scheduler: Scheduler;
  readonly #newHookId = () => this.#records.arns.newPauseHookId();

  constructor(records: Records, scheduler: Scheduler) {
    this.#records = records;
    this.#scheduler = scheduler;
  }

  async turn(service: ServiceRecord): Promise<void> {
    await this.#scheduler.attend(service, await this.#health(service));
    let deployment = this.#records.activeDeployment(service.arn);
    if (!deployment) await this.#rest(service);
    while (deployment) {
      await this.#work(service, deployment);
      // One that was superseded ends in this turn, and its successor starts in the same.
      const next = this.#records.activeDeployment(service.arn);
      deployment = next === deployment ? undefined : next;
    }
    this.#noteRemoval(service);
  }

  #health(service: ServiceRecord) {
    const registered = this.#records.tasksOf(service.arn).flatMap((record) => record.targets);
    return readHealth(
      this.#records.context.aws,
      registered.map((target) => target.groupArn),
    );
  }

  async #work(service: ServiceRecord, deployment: DeploymentRecord): Promise<void> {
    const { aws } = this.#records.context;
    let problem =
      deployment.status === "PENDING" ? await prepareDeployment(this.#records, service, deployment) : undefined;
    for (let count = 0; count < TRANSITIONS_PER_TURN; count++) {
      problem ??= await applyWeights(aws, deployment);
      await this.#scheduler.converge(service, this.#wanted(service, deployment));
      deployment.threshold = breakerThreshold(deployment.configuration.deploymentCircuitBreaker, service.desiredCount);
      const next = advance(deployment, this.#observe(service, deployment, problem), this.#newHookId);
      if (next === deployment) return;
      const turnsBack = next.direction !== deployment.direction;
      Object.assign(deployment, next);
      if (turnsBack) {
        problem = undefined; // the way back gets its own try
        noteRollback(this.#records, service, deployment);
      }
      if (isDeploymentOver(deployment)) return endDeployment(this.#records, service, deployment);
    }
  }

  #observe(service: ServiceRecord, deployment: DeploymentRecord, problem: string | undefined): Observation {
    const tasks = this.#records.tasksOf(service.arn).filter(isPresent);
    const presence = (arn: string | undefined): Presence => {
      const own = tasks.filter((record) => record.revisionArn === arn);
      return { present: own.length, healthy: own.filter((record) => isWanted(record) && record.isHealthy).length };
    };
    const known = [deployment.targetRevisionArn, deployment.candidateArn];
    return {
      now: this.#records.now(),
      desiredCount: service.desiredCount,
      target: presence(deployment.targetRevisionArn),
      source: presence(deployment.candidateArn),
      othersPresent: tasks.filter((record) => !known.includes(record.revisionArn)).length,
      isShifted: isShifted(deployment),
      problem,
    };
  }

  /** Counts by revision that the deployment's step asks for. */
  #wanted(service: ServiceRecord, deployment: DeploymentRecord): Map<string, number> {
    const { targetRevisionArn: target, candidateArn: source } = deployment;
    const counts: Counts = currentStep(deployment)?.counts ?? "source";
    const wanted = new Map<string, number>();
    if (counts === "roll" || counts === "roll-back") {
      const [coming, going] = counts === "roll" ? [target, source] : [source, target];
      const rolled = this.#roll(service, deployment, [coming, going]);
      if (coming) wanted.set(coming, rolled.coming);
      if (going) wanted.set(going, rolled.going);
      return wanted;
    }
    if (source && counts !== "target") wanted.set(source, service.desiredCount);
    if (counts !== "source") wanted.set(target, service.desiredCount);
    return wanted;
  }

  #roll(service: ServiceRecord, deployment: DeploymentRecord, [coming, going]: readonly (string | undefined)[]) {
    const tasks = this.#records.tasksOf(service.arn).filter(isWanted);
    const of = (arn: string | undefined) => tasks.filter((record) => record.revisionArn === arn);
    const healthy = (arn: string | undefined) => of(arn).filter((record) => record.isHealthy).length;
    return rollingCounts({
      desiredCount: service.desiredCount,
      minimumHealthyPercent: deployment.configuration.minimumHealthyPercent ?? 100,
      maximumPercent: deployment.configuration.maximumPercent ?? 200,
      comingPresent: of(coming).length,
      comingHealthy: healthy(coming),
      goingPresent: of(going).length,
      goingHealthy: healthy(going),
    });
  }

  /** Steady state: the live revision at the desired count. */
  async #rest(service: ServiceRecord): Promise<void> {
    const wanted = new Map(Object.entries(service.held ?? {}));
    if (!service.held && service.liveRevisionArn) wanted.set(service.liveRevisionArn, service.desiredCount);
    if (service.status !== "ACTIVE") wanted.clear();
    await this.#scheduler.converge(service, wanted);
    const tasks = this.#records.tasksOf(service.arn).filter(isPresent);
    const total = [...wanted.values()].reduce((sum, count) => sum + count, 0);
    const isSteady = tasks.length === total && tasks.every((record) => isWanted(record) && record.isHealthy);
    if (isSteady && !service.isSteady && total > 0) addEvent(this.#records, service, "has reached a steady state.");
    service.isSteady = isSteady;
  }

  #noteRemoval(service: ServiceRecord): void {
    if (service.status !== "DRAINING") return;
    const tasks = this.#records.tasksOf(service.arn);
    if (tasks.every((record) => record.task.lastStatus === "STOPPED" && record.targets.length === 0)) {
      service.status = "INACTIVE";
      service.rollouts = [];
    }
  }
}
