import type { DescribeServicesCommandOutput, Service, ServiceDeployment, Task } from "@aws-sdk/client-ecs";
import type { Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../../infra/sandbox/aws/kernel.ts";
import type { World } from "./commands.ts";
import { CLUSTER } from "./engine.ts";
import { isTerminal, type Shares, sharesOf } from "./engine-service.ts";

/** Everything that the invariants compare, as it is at one moment. */
export interface Seen {
  readonly service: Service;
  /** The newest twenty, oldest first. */
  readonly deployments: readonly ServiceDeployment[];
  /** Those that are not known to be over. */
  readonly tasks: readonly Task[];
  readonly production: Shares;
  readonly test: Shares;
  readonly blue: readonly TargetHealthDescription[];
  readonly green: readonly TargetHealthDescription[];
  /** Which target group each revision got, by revision ARN. */
  readonly groups: ReadonlyMap<string, string>;
  /** What the production listener answered: a version or a status; `undefined` when it was not asked this time. */
  readonly answer: string | undefined;
}

/**
 * A look over real HTTP costs fifty times as much as one in process, which goes through the same dispatch and the same
 * operations. So one look in so many asks the official clients and the data plane, and all tasks and deployments there
 * were; between them, those that are over (which must not change) are left out.
 */
const LOOKS_BETWEEN = 20;

const MOST_TASKS = 100; // of one DescribeTasks

interface Eyes {
  readonly ecs: Pick<
    AwsClients["ecs"],
    | "describeServiceDeployments"
    | "describeServiceRevisions"
    | "describeServices"
    | "describeTasks"
    | "listServiceDeployments"
    | "listTasks"
  >;
  readonly elb: Pick<AwsClients["elasticloadbalancing"], "describeRules" | "describeTargetHealth">;
}

/** Looks at one service, and remembers what does not change. */
export class Sight {
  readonly #world: World;
  readonly #groups = new Map<string, string>();
  /** Deployments that were over when they were last seen, by ARN. */
  readonly #over = new Map<string, ServiceDeployment>();
  /** ARNs of tasks that were STOPPED when they were last seen. */
  readonly #stopped = new Set<string>();
  #looks = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async look(): Promise<Seen> {
    const { engine, service } = this.#world;
    const isWhole = this.#looks++ % LOOKS_BETWEEN === 0;
    const { ecs, elasticloadbalancing: elb } = engine.aws.aws;
    const eyes: Eyes = isWhole ? engine : { ecs, elb };
    const answer = isWhole ? await service.asks(service.productionUrl) : undefined;
    const targets = async (TargetGroupArn: string) =>
      (await eyes.elb.describeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions ?? [];
    const rule = async (arn: string): Promise<Rule | undefined> =>
      (await eyes.elb.describeRules({ RuleArns: [arn] })).Rules?.[0];
    const [described, tasks, production, test, blue, green] = await Promise.all([
      eyes.ecs.describeServices({ cluster: CLUSTER, services: [service.name] }),
      this.#tasks(eyes, isWhole),
      rule(service.productionRule),
      rule(service.testRule),
      targets(service.blue),
      targets(service.green),
    ]);
    const deployments = await this.#deployments(eyes, isWhole);
    await this.#resolveGroups(eyes, deployments);
    return {
      service: only(described),
      deployments,
      tasks,
      production: sharesOf(production, service),
      test: sharesOf(test, service),
      blue,
      green,
      groups: this.#groups,
      answer,
    };
  }

  async #tasks({ ecs }: Eyes, isWhole: boolean): Promise<Task[]> {
    const scope = { cluster: CLUSTER, serviceName: this.#world.service.name };
    const arns: string[] = [];
    for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
      let nextToken: string | undefined;
      do {
        const page: Awaited<ReturnType<Eyes["ecs"]["listTasks"]>> = await ecs.listTasks({
          ...scope,
          desiredStatus,
          nextToken,
        });
        arns.push(...(page.taskArns ?? []).filter((arn) => isWhole || !this.#stopped.has(arn)));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    const tasks: Task[] = [];
    for (let first = 0; first < arns.length; first += MOST_TASKS)
      tasks.push(
        ...((await ecs.describeTasks({ cluster: CLUSTER, tasks: arns.slice(first, first + MOST_TASKS) })).tasks ?? []),
      );
    for (const { taskArn = "", lastStatus } of tasks) {
      if (lastStatus === "STOPPED") this.#stopped.add(taskArn);
      else if (this.#stopped.has(taskArn)) throw new Error(`${taskArn} was STOPPED and is ${lastStatus}.`);
    }
    return tasks;
  }

  async #deployments({ ecs }: Eyes, isWhole: boolean): Promise<ServiceDeployment[]> {
    const { serviceDeployments = [] } = await ecs.listServiceDeployments({
      cluster: CLUSTER,
      service: this.#world.service.name,
      maxResults: 20,
    });
    const arns = serviceDeployments.map((brief) => brief.serviceDeploymentArn ?? "").reverse();
    const serviceDeploymentArns = arns.filter((arn) => isWhole || !this.#over.has(arn));
    const found = new Map(this.#over);
    if (serviceDeploymentArns.length > 0) {
      const answer = await ecs.describeServiceDeployments({ serviceDeploymentArns });
      for (const one of answer.serviceDeployments ?? []) {
        found.set(one.serviceDeploymentArn ?? "", one);
        if (isTerminal(one)) this.#over.set(one.serviceDeploymentArn ?? "", one);
      }
    }
    return arns.flatMap((arn) => found.get(arn) ?? []);
  }

  async #resolveGroups({ ecs }: Eyes, deployments: readonly ServiceDeployment[]): Promise<void> {
    const serviceRevisionArns = deployments.map(targetOf).filter((arn) => !this.#groups.has(arn));
    if (serviceRevisionArns.length === 0) return;
    const { serviceRevisions = [] } = await ecs.describeServiceRevisions({ serviceRevisionArns });
    for (const { serviceRevisionArn = "", resolvedConfiguration } of serviceRevisions) {
      const group = resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;
      if (group) this.#groups.set(serviceRevisionArn, group);
    }
  }
}

const only = ({ services }: Pick<DescribeServicesCommandOutput, "services">): Service => services?.[0] ?? {};

export const targetOf = ({ targetServiceRevision }: ServiceDeployment): string => targetServiceRevision?.arn ?? "";
