import type {
  Cluster,
  CreateServiceCommandInput,
  DeploymentConfiguration,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStatus,
  DeploymentRolloutState,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  ServiceEvent,
  ServiceRevision,
  Tag,
  Task,
  TaskDefinition,
  TaskOverride,
} from "@aws-sdk/client-ecs";
import type { Stage, Step } from "./deployment/plan.ts";

/** What ECS remembers. Records are changed in place; what has changed is found at the next commit. */

export interface ClusterRecord {
  readonly name: string;
  readonly arn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: Pick<
    Cluster,
    "settings" | "configuration" | "capacityProviders" | "defaultCapacityProviderStrategy" | "serviceConnectDefaults"
  >;
  tags: Tag[];
}

export interface TaskDefinitionRecord {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly definition: TaskDefinition;
  tags: Tag[];
}

/** What a caller says about a service, defaults filled in. */
export type ServiceSettings = Omit<
  CreateServiceCommandInput,
  "cluster" | "serviceName" | "clientToken" | "desiredCount" | "tags" | "role"
> & { taskDefinition: string; deploymentConfiguration: DeploymentConfiguration };

/** The classic view of one revision's rollout, as DescribeServices shows it. */
export interface RolloutRecord {
  readonly id: string;
  readonly revisionArn: string;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  state: DeploymentRolloutState;
  reason: string;
  failedTasks: number;
  readonly createdAt: Date;
  updatedAt: Date;
  /** COMPLETED shows only from then on: a little after the service deployment is SUCCESSFUL. */
  completesAt?: Date;
}

/** Failed starts of a revision in a row, and until when the next one waits. */
export interface Backoff {
  failures: number;
  notBefore: Date;
}

export interface ServiceRecord {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  settings: ServiceSettings;
  tags: Tag[];
  events: ServiceEvent[];
  rollouts: RolloutRecord[];
  /** Newest service deployment. */
  deploymentArn?: string;
  /** Last revision that was deployed successfully: where a rollback goes and what the steady state runs. */
  liveRevisionArn?: string;
  /** After a deployment that failed with rollback switched off: the counts it was left with. */
  held?: Record<string, number>;
  backoffs: Record<string, Backoff>;
  isSteady: boolean;
}

export interface RevisionRecord {
  readonly arn: string;
  readonly serviceArn: string;
  readonly revision: ServiceRevision;
  /** Group and container port that the revision's tasks are registered with, per load balancer entry. */
  targets: { readonly groupArn: string; readonly containerName: string; readonly containerPort: number }[];
}

/** A lifecycle hook that a deployment has opened; ECS opens each anew at every step it is configured for. */
export interface HookRecord {
  readonly hookId: string;
  readonly targetType: "PAUSE" | "AWS_LAMBDA";
  /** Place of the hook in the deployment's configuration. */
  readonly position: number;
  readonly stage: Stage;
  /** Index of the step in the plan of that direction. */
  readonly step: number;
  readonly direction: "forward" | "back";
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly timeoutAction: DeploymentLifecycleHookAction;
  status: DeploymentLifecycleHookStatus;
  closedAt?: Date;
  /** Why it failed, as what follows "Service deployment rolled back because". */
  failure?: string;
  /** The function of a Lambda hook, the id it is told, and when it is to be called (again). */
  readonly targetArn?: string;
  readonly executionId?: string;
  nextCallAt?: Date;
}

/** What a deployment knows of its CloudWatch alarms. */
export interface AlarmWatch {
  status: ServiceDeploymentRollbackMonitorsStatus;
  /** In ALARM when the deployment first looked: they do not count for it any more. */
  ignored?: string[];
  triggered: string[];
}

/** Which rules route to the service and between which groups a deployment moves traffic. */
export interface Route {
  readonly productionRule: string;
  readonly testRule?: string;
  /** Infrastructure role with which ECS changes the rules. */
  readonly roleArn?: string;
  /** Serves at the start. */
  readonly sourceGroup: string;
  readonly targetGroup: string;
}

export interface TrafficWeights {
  /** Share of the target revision in percent; `undefined`: as found, not written yet. */
  production?: number;
  test?: number;
}

export interface DeploymentRecord {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly rolloutId: string;
  readonly targetRevisionArn: string;
  readonly configuration: DeploymentConfiguration;
  readonly createdAt: Date;
  /** Revisions that had tasks when it started. */
  sourceRevisionArns: string[];
  /** Revision to return to; `undefined` for a first deployment. */
  candidateArn?: string;
  routes: Route[];
  status: ServiceDeploymentStatus;
  statusReason?: string;
  direction: "forward" | "back";
  plan: Step[];
  index: number;
  enteredAt: Date;
  hooks: HookRecord[];
  /** What hook functions returned as `hookDetails`, by the hook's place in the configuration. */
  hookDetails: Record<string, Record<string, unknown>>;
  alarms: AlarmWatch;
  /** How often its images were looked up in vain. */
  imageAttempts: number;
  /** It was turned away before it touched anything: what was there stays as it was. */
  isRefused?: boolean;
  /** A newer deployment took its place. */
  isSuperseded?: boolean;
  /** Names of the EventBridge events that were sent about it. */
  announced: string[];
  written: TrafficWeights;
  /** Service Connect follows the weights too, with or without rules of a load balancer. */
  hasMesh?: boolean;
  failureCount: number;
  threshold: number;
  breaker: ServiceDeploymentRollbackMonitorsStatus;
  startedAt?: Date;
  updatedAt: Date;
  finishedAt?: Date;
  stoppedAt?: Date;
  rollback?: { reason: string; startedAt: Date; serviceRevisionArn?: string };
  /** Counts per revision, frozen when the deployment ended. */
  finalCounts?: Record<string, RevisionCounts>;
}

export interface RevisionCounts {
  requested: number;
  running: number;
  pending: number;
}

export interface TaskTarget {
  readonly groupArn: string;
  readonly ip: string;
  readonly port: number;
}

export interface TaskRecord {
  readonly id: string;
  readonly arn: string;
  /** As DescribeTasks shows it. */
  readonly task: Task;
  readonly definitionArn: string;
  readonly override?: TaskOverride;
  readonly serviceArn?: string;
  readonly revisionArn?: string;
  /** Image reference with digest by container name, where a revision has resolved it. */
  readonly images: Record<string, string>;
  ip?: string;
  /** Where the task is registered with a load balancer now. */
  targets: TaskTarget[];
  /** Passed its checks at least once. */
  wasHealthy: boolean;
  isHealthy: boolean;
  /** Ended without being asked to, or failed its health checks. */
  hasFailed: boolean;
  isFailureCounted: boolean;
}
