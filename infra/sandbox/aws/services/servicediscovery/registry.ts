import type {
  DnsConfig,
  HealthCheckConfig,
  HealthStatus,
  NamespaceType,
  OperationTargetType,
  OperationType,
  ServiceType,
  Tag,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";

/** What Cloud Map remembers. Records are changed in place; the state sees what changed. */

export interface NamespaceRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: NamespaceType;
  description?: string;
  readonly creatorRequestId: string;
  /** Of a DNS namespace: the hosted zone it would have in Route 53, which the sandbox does not run. */
  readonly hostedZoneId?: string;
  ttl?: number;
  readonly createdAt: Date;
  tags: Tag[];
}

export interface ServiceRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly type: ServiceType;
  description?: string;
  dnsConfig?: DnsConfig;
  healthCheckConfig?: HealthCheckConfig;
  /** Health is what UpdateInstanceCustomHealthStatus says. */
  readonly isHealthCustom: boolean;
  readonly creatorRequestId: string;
  readonly createdAt: Date;
  /** Counts changes of the instances. */
  revision: number;
  tags: Tag[];
}

export interface InstanceRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly creatorRequestId: string;
  attributes: Record<string, string>;
  health: HealthStatus;
}

export interface OperationRecord {
  readonly id: string;
  readonly type: OperationType;
  readonly targets: Partial<Record<OperationTargetType, string>>;
  readonly at: Date;
}

const KEPT_OPERATIONS = 1000; // every task that starts or stops makes one
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Cloud Map's state with the look-ups that every noun needs, and their errors. */
export class Registry {
  readonly context: ServiceContext;
  readonly namespaces: Collection<NamespaceRecord>;
  readonly services: Collection<ServiceRecord>;
  /** By `<service id>/<instance id>`. */
  readonly instances: Collection<InstanceRecord>;
  readonly operations: Collection<OperationRecord>;

  constructor(context: ServiceContext) {
    this.context = context;
    this.namespaces = context.state.collection("namespaces");
    this.services = context.state.collection("services");
    this.instances = context.state.collection("instances");
    this.operations = context.state.collection("operations");
  }

  newId(prefix: string): string {
    return `${prefix}-${this.context.id(16, LOWER)}`;
  }

  arn(resource: string): string {
    return `arn:aws:servicediscovery:${this.context.region}:${this.context.account}:${resource}`;
  }

  /** @param reference id or ARN. @throws AwsError NamespaceNotFound */
  namespace(reference = ""): NamespaceRecord {
    const found = this.namespaces.get(lastPart(reference));
    if (found) return found;
    throw new AwsError("NamespaceNotFound", `Namespace ${reference} does not exist.`);
  }

  /** @param reference id or ARN. @throws AwsError ServiceNotFound */
  service(reference = ""): ServiceRecord {
    const found = this.services.get(lastPart(reference));
    if (found) return found;
    throw new AwsError("ServiceNotFound", `Service ${reference} does not exist.`);
  }

  servicesOf(namespaceId: string): ServiceRecord[] {
    return [...this.services.values()].filter((service) => service.namespaceId === namespaceId);
  }

  instancesOf(serviceId: string): InstanceRecord[] {
    return [...this.instances.values()].filter((instance) => instance.serviceId === serviceId);
  }

  /** @throws AwsError InstanceNotFound */
  instance(serviceId: string, instanceId = ""): InstanceRecord {
    const found = this.instances.get(`${serviceId}/${instanceId}`);
    if (found) return found;
    throw new AwsError("InstanceNotFound", `Instance ${instanceId} does not exist.`);
  }

  /**
   * Notes an asynchronous operation, which in the sandbox has succeeded when the call is answered.
   * @returns its id
   */
  done(type: OperationType, targets: OperationRecord["targets"]): string {
    const id = `${this.context.id(32, LOWER)}-${this.context.id(8, LOWER)}`;
    this.operations.set(id, { id, type, targets, at: this.context.clock.now() });
    const [oldest] = this.operations.keys();
    if (this.operations.size > KEPT_OPERATIONS && oldest) this.operations.delete(oldest);
    return id;
  }
}

const lastPart = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

/** A filter of a listing as Cloud Map's operations take them. */
export interface ListFilter {
  readonly Name?: string;
  readonly Values?: string[];
  readonly Condition?: string;
}

/**
 * Whether a record passes every filter. @param read values of the record by filter name.
 * @throws AwsError InvalidInput for conditions that Cloud Map does not have.
 */
export function passes(filters: readonly ListFilter[] = [], read: Readonly<Record<string, string>>): boolean {
  return filters.every(({ Name = "", Values = [], Condition = "EQ" }) => {
    const value = read[Name] ?? "";
    if (Condition === "EQ" || Condition === "IN") return Values.includes(value);
    if (Condition === "BEGINS_WITH") return Values.some((prefix) => value.startsWith(prefix));
    if (Condition === "BETWEEN") return value >= (Values[0] ?? "") && value <= (Values[1] ?? "");
    throw new AwsError(
      "InvalidInput",
      `Condition ${Condition} of filter ${Name} is not EQ, IN, BETWEEN or BEGINS_WITH.`,
    );
  });
}

export const invalidInput = (message: string): AwsError => new AwsError("InvalidInput", message);
