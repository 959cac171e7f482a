import type { Mesh } from "../connect/mesh.ts";
import { readAlarms } from "../deployment/alarms.ts";
import { Announcer } from "../deployment/announcements.ts";
import { breakerThreshold } from "../deployment/breaker.ts";
import { endDeployment, noteRollback } from "../deployment/end.ts";
import { forgetOldDeployments } from "../deployment/history.ts";
import type { HookIds } from "../deployment/hooks.ts";
import { LambdaHooks } from "../deployment/lambda-hooks.ts";
import { advance, type Observation, type Presence } from "../deployment/machine.ts";
import { prepareDeployment } from "../deployment/start.ts";
import { applyWeights, isShifted } from "../deployment/traffic.ts";
import { type Wanted, wantedCounts } from "../deployment/wanted.ts";
import type { DeploymentRecord, ServiceRecord, TaskRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";
import { addEvent } from "./events.ts";
import type { Scheduler } from "./scheduler.ts";
import { readHealth } from "./targets.ts";

const TRANSITIONS_PER_TURN = 40; // more than a linear deployment has steps between two waits

const isPresent = ({ task }: TaskRecord): boolean => task.lastStatus !== "STOPPED";
const isWanted = ({ task }: TaskRecord): boolean => task.desiredStatus === "RUNNING";

/** What a controller works with. */
export interface Instruments {
  readonly scheduler: Scheduler;
  readonly mesh: Mesh;
}

/** One service: observe, let the deployment advance, make tasks and rules match, again and again. */
export class ServiceController {
  readonly #records: Records;
  readonly #scheduler: Scheduler;
  readonly #mesh: Mesh;
  readonly #announcer: Announcer;
  readonly #hooks: LambdaHooks;
  readonly #ids: HookIds = {
    hook: (type) => this.#records.arns.newHookId(type),
    execution: () => this.#records.arns.newUuid(),
  };

  /** @param wake asks for a turn of a service, when something that was waited for has come. */
  constructor(records: Records, { scheduler, mesh }: Instruments, wake: (serviceArn: string) => void) {
    this.#records = records;
    this.#scheduler = scheduler;
    this.#mesh = mesh;
    this.#announcer = new Announcer(records);
    this.#hooks = new LambdaHooks(records, wake);
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
    await this.#mesh.update(service);
    forgetOldDeployments(this.#records, service);
  }

  #health(service: ServiceRecord) {
    const registered = this.#records.tasksOf(service.arn).flatMap((record) => record.targets);
    return readHealth(
      this.#records.context.aws,
      registered.map((target) => target.groupArn),
    );
  }

  async #work(service: ServiceRecord, deployment: DeploymentRecord): Promise<void> {
    await this.#progress(service, deployment);
    await this.#announcer.announce(deployment);
    this.#hooks.callDue(deployment);
  }

  async #progress(service: ServiceRecord, deployment: DeploymentRecord): Promise<void> {
    const { context } = this.#records;
    const start = await this.#prepare(service, deployment);
    if (!start.isReady) return;
    let { problem } = start;
    const alarming = (await readAlarms(context, deployment.configuration.alarms ?? {}))?.alarming;
    for (let count = 0; count < TRANSITIONS_PER_TURN; count++) {
      problem ??= await applyWeights(context.aws, deployment);
      this.#mesh.route(service); // before tasks that served until now are asked to stop
      await this.#scheduler.converge(service, this.#wanted(service, deployment));
      deployment.threshold = breakerThreshold(deployment.configuration.deploymentCircuitBreaker, service.desiredCount);
      const next = advance(deployment, this.#observe(service, deployment, { problem, alarming }), this.#ids);
      if (next === deployment) return;
      const turnsBack = next.direction !== deployment.direction;
      Object.assign(deployment, next);
      if (turnsBack) {
        problem = undefined; // the way back gets its own try
        noteRollback(this.#records, service, deployment);
      }
      if (isOver(deployment)) return endDeployment(this.#records, service, deployment);
    }
  }

  /** One that waits for its images leaves everything as it is. */
  async #prepare(service: ServiceRecord, deployment: DeploymentRecord) {
    if (deployment.status !== "PENDING") return { isReady: true };
    const start = await prepareDeployment(this.#records, service, deployment);
    if (!start.isReady) await this.#scheduler.converge(service, this.#wanted(service, deployment));
    return start;
  }

  #observe(
    service: ServiceRecord,
    deployment: DeploymentRecord,
    asked: Pick<Observation, "problem" | "alarming">,
  ): Observation {
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
      ...asked,
    };
  }

  #wanted({ arn, desiredCount }: ServiceRecord, deployment: DeploymentRecord): Wanted {
    return wantedCounts({ deployment, desiredCount, tasks: this.#records.tasksOf(arn).filter(isWanted) });
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
    // An address is given back in a turn of its own, and an inactive service gets no more turns.
    if (tasks.every((record) => record.task.lastStatus === "STOPPED" && record.ip === undefined)) {
      service.status = "INACTIVE";
      service.rollouts = [];
    }
  }
}
