import type { ServiceDeployment, ServiceEvent, ServiceRevision, Task, TaskDefinition } from "@aws-sdk/client-ecs";
import type { TargetState } from "../aws/balancer.ts";
import type { Cloud } from "../aws/cloud.ts";
import type { Http } from "../gates/http.ts";
import { commitB, digestA, digestB, uriOf } from "./alpha.fixture.ts";
import type { Ancestry, RolloutPorts } from "./request.ts";
import { isTerminal } from "./status.ts";

/** One service in memory, for the driver's tests: its stages move on whenever the driver waits. */
const GROUPS = {
  blue: "arn:aws:elb:targetgroup/prod-alpha-blue/1",
  green: "arn:aws:elb:targetgroup/prod-alpha-green/2",
};
const RULES = {
  production: "arn:aws:elb:listener-rule/app/lb/1/80/1",
  test: "arn:aws:elb:listener-rule/app/lb/1/8080/1",
};
const FORWARD = [
  "PENDING",
  "PRE_SCALE_UP",
  "SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
  "BAKE_TIME",
  "CLEAN_UP",
  "SUCCESSFUL",
];

export interface FleetOptions {
  /** ECS gives up at this stage with this reason. */
  readonly failAt?: { readonly stage: string; readonly reason: string };
  /** After the rollback ECS says this. */
  readonly rollbackEnds?: "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED";
  /** At this stage somebody else deploys, or stops the deployment without a rollback. */
  readonly supersedeAt?: string;
  readonly stopAt?: string;
  readonly stickAt?: string;
  readonly stoppedTasks?: readonly Partial<Task>[];
  readonly log?: readonly string[];
  readonly desired?: number;
  /** What the new version answers. */
  readonly commit?: string;
  readonly smokeStatus?: number;
  /** After SUCCESSFUL the rule still points at the old group. */
  readonly ruleStays?: boolean;
  readonly greenTargets?: readonly TargetState[];
  readonly ancestry?: Ancestry;
  readonly imageMissing?: boolean;
  readonly hookTimesOut?: boolean;
  readonly noPause?: boolean;
}

const definitionOf = (digest: string, revision: number): TaskDefinition => ({
  taskDefinitionArn: `arn:aws:ecs:task-definition/alpha:${revision}`,
  family: "alpha",
  revision,
  cpu: "256",
  memory: "512",
  networkMode: "awsvpc",
  containerDefinitions: [
    {
      name: "alpha",
      image: uriOf(digest),
      portMappings: [{ containerPort: 9001 }],
      environment: [{ name: "PORT", value: "9001" }],
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": "/ecs/alpha", "awslogs-stream-prefix": "ecs" },
      },
    },
  ],
});

export class Fleet {
  readonly parameters = new Map<string, string[]>();
  readonly calls: string[] = [];
  readonly lines: string[] = [];
  readonly cancel = new AbortController();
  stage = "none";
  now = Date.parse("2026-01-01T00:00:00Z");
  paused: string | undefined;
  answered = false;
  onSleep: () => void = () => {};
  readonly #options: FleetOptions;
  #definitions = [definitionOf(digestA, 1)];
  #reason: string | undefined;
  #events: ServiceEvent[] = [];
  #newer = false;

  constructor(options: FleetOptions = {}) {
    this.#options = options;
  }

  get ports(): RolloutPorts {
    return {
      cloud: this.cloud,
      http: this.http,
      clock: {
        now: () => new Date(this.now),
        sleep: async (seconds, signal) => {
          this.now += seconds * 1000;
          this.tick();
          this.onSleep();
          if (signal?.aborted) throw signal.reason;
        },
      },
      ancestry: async () => this.#options.ancestry ?? "newer",
      line: (text) => this.lines.push(text),
      cancel: this.cancel.signal,
    };
  }

  /** One step of ECS's state machine. */
  tick(): void {
    const { failAt, supersedeAt, stopAt, stickAt, rollbackEnds = "ROLLBACK_SUCCESSFUL", hookTimesOut } = this.#options;
    if (this.stage === "none" || this.ended) return;
    if (this.stage === "ROLLBACK_REQUESTED") this.stage = "ROLLBACK_IN_PROGRESS";
    else if (this.stage === "ROLLBACK_IN_PROGRESS") this.stage = rollbackEnds;
    else if (this.stage === failAt?.stage) this.#fail(failAt.reason);
    else if (this.stage === supersedeAt || this.stage === stopAt) {
      this.#newer = this.stage === supersedeAt;
      this.stage = "STOPPED";
    } else if (this.paused && hookTimesOut) this.#fail("POST_TEST_TRAFFIC_SHIFT pause hook timed out.");
    else if (this.stage !== stickAt && !this.paused) this.#forward();
  }

  #forward(): void {
    this.stage = FORWARD[FORWARD.indexOf(this.stage) + 1] ?? this.stage;
    if (this.stage === "POST_TEST_TRAFFIC_SHIFT" && !this.answered && !this.#options.noPause)
      this.paused = "ecs-pause-1";
  }

  #fail(reason: string): void {
    this.#reason = `Service deployment rolled back because ${reason}`;
    this.paused = undefined;
    this.stage = "ROLLBACK_IN_PROGRESS";
    this.#events.unshift({
      id: "event-1",
      message: `deployment failed: ${this.#reason}`,
      createdAt: new Date(this.now),
    });
  }

  get ended(): boolean {
    return isTerminal(this.stage);
  }

  #deployment(): ServiceDeployment {
    const inProgress = FORWARD.includes(this.stage) && !["PENDING", "SUCCESSFUL"].includes(this.stage);
    const index = FORWARD.indexOf(this.stage);
    return {
      serviceDeploymentArn: "arn:deployment/new",
      createdAt: new Date(0),
      status: (inProgress ? "IN_PROGRESS" : this.stage) as ServiceDeployment["status"],
      lifecycleStage: (inProgress ? this.stage : undefined) as ServiceDeployment["lifecycleStage"],
      statusReason: this.#reason,
      targetServiceRevision: {
        arn: "arn:revision/new",
        requestedTaskCount: this.#options.desired ?? 1,
        requestedTestTrafficWeight: index >= 3 ? 100 : 0,
        requestedProductionTrafficWeight: index >= 5 ? 100 : 0,
      },
      lifecycleHookDetails: this.paused
        ? [{ hookId: this.paused, targetType: "PAUSE", status: "AWAITING_ACTION", expiresAt: new Date(this.now + 9e5) }]
        : [],
    };
  }

  #revision(arn: string): ServiceRevision {
    const isNew = arn === "arn:revision/new";
    const definition = isNew ? this.#definitions.at(-1) : this.#definitions[0];
    const digest = definition?.containerDefinitions?.[0]?.image?.split("@")[1];
    return {
      serviceRevisionArn: arn,
      taskDefinition: definition?.taskDefinitionArn,
      containerImages: [{ containerName: "alpha", imageDigest: digest }],
      resolvedConfiguration: { loadBalancers: [{ targetGroupArn: isNew ? GROUPS.green : GROUPS.blue }] },
    };
  }

  readonly http: Http = async ({ url }) => {
    const answer = (status: number, body: unknown) =>
      ({ ok: true, status, text: JSON.stringify(body), milliseconds: 3 }) as const;
    if (url.endsWith("/health"))
      return answer(200, { agent: "alpha", commit: this.#options.commit ?? commitB, startedAt: "now" });
    return answer(this.#options.smokeStatus ?? 200, { answer: "text" });
  };

  get cloud(): Cloud {
    return { ecs: this.#ecs, balancer: this.#balancer, ...this.#stores };
  }

  get #ecs(): Cloud["ecs"] {
    const balancing = {
      containerName: "alpha",
      containerPort: 9001,
      targetGroupArn: GROUPS.blue,
      advancedConfiguration: {
        alternateTargetGroupArn: GROUPS.green,
        productionListenerRule: RULES.production,
        testListenerRule: RULES.test,
        roleArn: "arn:role",
      },
    };
    return {
      service: async () => ({
        status: "ACTIVE",
        desiredCount: this.#options.desired ?? 1,
        taskDefinition: this.#definitions[0]?.taskDefinitionArn,
        loadBalancers: [balancing],
        events: this.#events,
        currentServiceRevisions: [{ arn: this.stage === "SUCCESSFUL" ? "arn:revision/new" : "arn:revision/old" }],
      }),
      taskDefinition: async (name) => {
        const definition = this.#definitions.find((d) => d.taskDefinitionArn === name) ?? this.#definitions.at(-1);
        return definition && { definition, tags: [] };
      },
      register: async (input) => {
        this.calls.push("register");
        const image = input.containerDefinitions?.[0]?.image ?? "";
        this.#definitions.push(definitionOf(image.split("@")[1] ?? "", this.#definitions.length + 1));
        return this.#definitions.at(-1)?.taskDefinitionArn ?? "";
      },
      update: async (input) => {
        this.calls.push(`update ${input.deploymentConfiguration?.strategy}`);
        this.stage = "PENDING";
        return {};
      },
      deployments: async () => [
        ...(this.#newer ? [{ serviceDeploymentArn: "arn:deployment/newer", createdAt: new Date(9e12) }] : []),
        ...(this.stage === "none"
          ? []
          : [{ serviceDeploymentArn: "arn:deployment/new", targetServiceRevisionArn: "arn:revision/new" }]),
      ],
      deployment: async () => this.#deployment(),
      revisions: async (arns) => arns.map((arn) => this.#revision(arn)),
      tasks: async (_, status) =>
        status === "RUNNING"
          ? []
          : (this.#options.stoppedTasks ?? []).map((task) => ({
              taskArn: "arn:task/cluster/1",
              taskDefinitionArn: this.#definitions.at(-1)?.taskDefinitionArn,
              ...task,
            })),
      answer: async (_, __, action) => {
        this.calls.push(action);
        this.answered = true;
        this.paused = undefined;
        if (action === "ROLLBACK") this.stage = "ROLLBACK_REQUESTED";
        return true;
      },
      stop: async () => {
        this.calls.push("stop");
        this.paused = undefined;
        this.stage = "ROLLBACK_REQUESTED";
        return true;
      },
    };
  }

  get #balancer(): Cloud["balancer"] {
    const live = () => (this.stage === "SUCCESSFUL" && !this.#options.ruleStays ? GROUPS.green : GROUPS.blue);
    return {
      rule: async (arn) => ({
        RuleArn: arn,
        Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: live(), Weight: 100 }] } }],
      }),
      targetGroup: async (arn) => ({ TargetGroupArn: arn }),
      targets: async (arn) =>
        arn === GROUPS.green && this.#options.greenTargets
          ? [...this.#options.greenTargets]
          : [{ target: "10.0.0.4:9001", state: "healthy" }],
      listenerUrl: async (arn) => (arn === RULES.test ? "http://lb.test:8080" : "http://lb.test"),
    };
  }

  get #stores(): Pick<Cloud, "registry" | "parameters" | "logs" | "secrets"> {
    return {
      registry: {
        uri: async (repository) => `registry.test/${repository}`,
        image: async (_, id) =>
          this.#options.imageMissing ? undefined : { digest: "digest" in id ? id.digest : digestB, tags: [] },
        contents: async () => undefined,
      },
      parameters: {
        get: async (name) => this.parameters.get(name)?.[0],
        put: async (name, value) => {
          this.parameters.set(name, [value, ...(this.parameters.get(name) ?? [])]);
        },
        history: async (name) =>
          (this.parameters.get(name) ?? []).map((value, i, all) => ({ version: all.length - i, value })),
      },
      logs: { groupExists: async () => true, tail: async () => [...(this.#options.log ?? [])] },
      secrets: { exists: async () => true },
    };
  }
}
