import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { Arns, nameOf } from "./arns.ts";
import { Memberships } from "./connect/memberships.ts";
import { Indexed } from "./indexed.ts";
import type {
  ClusterRecord,
  DeploymentRecord,
  RevisionRecord,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from "./model.ts";

const TERMINAL = new Set(["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]);

export const isOver = (deployment: DeploymentRecord): boolean => TERMINAL.has(deployment.status);

/** ECS's state with the look-ups that every noun needs, and their errors. */
export class Records {
  readonly context: ServiceContext;
  readonly arns: Arns;
  readonly clusters: Collection<ClusterRecord>;
  readonly taskDefinitions: Indexed<TaskDefinitionRecord>;
  readonly services: Collection<ServiceRecord>;
  readonly revisions: Collection<RevisionRecord>;
  readonly deployments: Indexed<DeploymentRecord>;
  readonly tasks: Indexed<TaskRecord>;
  /** `last`: a moment at which this sandbox, or the one before it, was alive. */
  readonly times: Collection<Date>;
  /** Which services use Service Connect. */
  readonly memberships: Memberships;

  constructor(context: ServiceContext) {
    this.context = context;
    this.arns = new Arns(context);
    this.clusters = context.state.collection("clusters");
    this.taskDefinitions = new Indexed(context.state.collection("task-definitions"), ({ family }) => family);
    this.services = context.state.collection("services");
    this.revisions = context.state.collection("service-revisions");
    this.deployments = new Indexed(context.state.collection("service-deployments"), ({ serviceArn }) => serviceArn);
    this.tasks = new Indexed(context.state.collection("tasks"), ({ serviceArn }) => serviceArn);
    this.times = context.state.collection("times");
    this.memberships = new Memberships(this);
  }

  now(): Date {
    return this.context.clock.now();
  }

  findCluster(nameOrArn = "default"): ClusterRecord | undefined {
    return this.clusters.get(nameOf(nameOrArn));
  }

  /** @throws AwsError ClusterNotFoundException */
  cluster(nameOrArn?: string): ClusterRecord {
    const cluster = this.findCluster(nameOrArn);
    if (cluster?.status === "ACTIVE") return cluster;
    throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  }

  /** @param nameOrArn an ARN names its cluster itself. */
  findService(nameOrArn: string, clusterName?: string): ServiceRecord | undefined {
    if (nameOrArn.startsWith("arn:")) return this.services.get(nameOrArn);
    return this.services.get(this.arns.service(nameOf(clusterName ?? "default"), nameOrArn));
  }

  /** @throws AwsError ClusterNotFoundException, ServiceNotFoundException, ServiceNotActiveException */
  activeService(nameOrArn: string | undefined, clusterName: string | undefined): ServiceRecord {
    if (!nameOrArn?.startsWith("arn:")) this.cluster(clusterName);
    const service = this.findService(nameOrArn ?? "", clusterName);
    if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
    if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    return service;
  }

  /**
   * By ARN, `family:revision`, or `family` for its latest ACTIVE revision.
   * @throws AwsError ClientException
   */
  taskDefinition(reference: string | undefined): TaskDefinitionRecord {
    const name = nameOf(reference ?? "");
    const exact = this.taskDefinitions.get(name);
    if (exact) return exact;
    const latest = this.family(name)
      .filter(({ definition }) => definition.status === "ACTIVE")
      .at(-1);
    if (latest) return latest;
    throw new AwsError("ClientException", "Unable to describe task definition.");
  }

  /** Revisions of a family, oldest first. */
  family(name: string): TaskDefinitionRecord[] {
    return this.taskDefinitions.of(name).sort((a, b) => a.revision - b.revision);
  }

  definition(arn: string): TaskDefinition {
    return this.taskDefinition(arn).definition;
  }

  revision(arn: string): RevisionRecord {
    const revision = this.revisions.get(arn);
    if (!revision) throw new AwsError("ServerException", `Service revision ${arn} is missing.`, { status: 500 });
    return revision;
  }

  /** Oldest first. */
  deploymentsOf(serviceArn: string): DeploymentRecord[] {
    return this.deployments.of(serviceArn);
  }

  /** The deployment that is worked on now: the oldest that is not over. */
  activeDeployment(serviceArn: string): DeploymentRecord | undefined {
    return this.deploymentsOf(serviceArn).find((deployment) => !isOver(deployment));
  }

  tasksOf(serviceArn: string): TaskRecord[] {
    return this.tasks.of(serviceArn);
  }
}
