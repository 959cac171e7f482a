import type {
  CreateServiceCommandInput,
  DnsConfig,
  OperationTargetType,
  PrivateDnsNamespaceProperties,
} from "@aws-sdk/client-servicediscovery";
import { attributes, handler, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const POLL_SECONDS = 1;

/** Waits for an asynchronous operation of Cloud Map. @returns the id of what it was about. */
async function settled(OperationId: string | undefined, about: OperationTargetType, scope: Scope): Promise<string> {
  for (;;) {
    const { Operation } = await scope.aws.servicediscovery.getOperation({ OperationId });
    if (Operation?.Status === "SUCCESS") return present(Operation.Targets?.[about], about);
    if (Operation?.Status === "FAIL") throw new Error(Operation.ErrorMessage ?? "The operation failed");
    await scope.clock.sleep(POLL_SECONDS, scope.signal);
  }
}

async function retag(ResourceARN: string, tags: ReturnType<typeof tagChanges>, { aws }: Scope): Promise<void> {
  const { set, remove } = tags;
  if (set.length > 0) await aws.servicediscovery.tagResource({ ResourceARN, Tags: set });
  if (remove.length > 0) await aws.servicediscovery.untagResource({ ResourceARN, TagKeys: remove });
}

interface Namespace {
  readonly Name: string;
  readonly Description?: string;
  readonly Tags?: readonly Tag[];
}

interface PrivateNamespace extends Namespace {
  readonly Vpc: string;
  readonly Properties?: PrivateDnsNamespaceProperties;
}

async function made(id: string, scope: Scope) {
  const { Namespace: found } = await scope.aws.servicediscovery.getNamespace({ Id: id });
  const HostedZoneId = found?.Properties?.DnsProperties?.HostedZoneId;
  return { physicalId: id, attributes: attributes({ Id: id, Arn: found?.Arn, HostedZoneId }) };
}

const deleteNamespace = (Id: string, scope: Scope): Promise<void> =>
  unlessGone(/NamespaceNotFound/, async () => {
    const { OperationId } = await scope.aws.servicediscovery.deleteNamespace({ Id });
    await settled(OperationId, "NAMESPACE", scope);
  });

const tagList = (tags: readonly Tag[] | undefined): Tag[] | undefined => tags && [...tags];

const httpNamespace = handler<Namespace>({
  nameProperty: "Name",
  create: async ({ Name, Description, Tags }, scope) => {
    const request = { Name, Description, Tags: tagList(Tags) };
    const { OperationId } = await scope.aws.servicediscovery.createHttpNamespace(request);
    return made(await settled(OperationId, "NAMESPACE", scope), scope);
  },
  update: async (properties, existing, scope) => {
    const Namespace = { Description: properties.Description ?? "" };
    const answer = await scope.aws.servicediscovery.updateHttpNamespace({ Id: existing.physicalId, Namespace });
    await settled(answer.OperationId, "NAMESPACE", scope);
    await retag(String(existing.attributes.Arn), tagChanges(existing.properties.Tags, properties.Tags), scope);
    return existing;
  },
  delete: ({ physicalId }, scope) => deleteNamespace(physicalId, scope),
});

const privateNamespace = handler<PrivateNamespace>({
  nameProperty: "Name",
  create: async ({ Name, Description, Tags, Vpc, Properties }, scope) => {
    const request = { Name, Description, Tags: tagList(Tags), Vpc, Properties };
    const { OperationId } = await scope.aws.servicediscovery.createPrivateDnsNamespace(request);
    return made(await settled(OperationId, "NAMESPACE", scope), scope);
  },
  update: async (properties, existing, scope) => {
    const Namespace = { Description: properties.Description ?? "", Properties: properties.Properties };
    const answer = await scope.aws.servicediscovery.updatePrivateDnsNamespace({ Id: existing.physicalId, Namespace });
    await settled(answer.OperationId, "NAMESPACE", scope);
    await retag(String(existing.attributes.Arn), tagChanges(existing.properties.Tags, properties.Tags), scope);
    return existing;
  },
  delete: ({ physicalId }, scope) => deleteNamespace(physicalId, scope),
});

type Service = Omit<CreateServiceCommandInput, "Name" | "CreatorRequestId" | "Tags"> & {
  readonly Name?: string;
  readonly Tags?: readonly Tag[];
  readonly ServiceAttributes?: object;
};

const service = handler<Service>({
  nameProperty: "Name",
  create: async ({ Tags, ServiceAttributes, ...properties }, scope) => {
    if (ServiceAttributes)
      throw new Error("ServiceAttributes of a Cloud Map service are not implemented by this sandbox");
    const Name = properties.Name ?? physicalName(scope, 64);
    const request = { ...properties, Name, Tags: tagList(Tags) };
    const answer = await scope.aws.servicediscovery.createService(request);
    const { Id, Arn } = present(answer.Service, "Service");
    return { physicalId: present(Id, "Id"), attributes: attributes({ Id, Arn, Name }) };
  },
  update: async ({ Description = "", DnsConfig, Tags }, existing, scope) => {
    const change = { Description, ...(DnsConfig ? { DnsConfig: records(DnsConfig) } : {}) };
    await scope.aws.servicediscovery.updateService({ Id: existing.physicalId, Service: change });
    await retag(String(existing.attributes.Arn), tagChanges(existing.properties.Tags, Tags), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(/ServiceNotFound/, () => aws.servicediscovery.deleteService({ Id: physicalId })),
});

const records = ({ DnsRecords }: DnsConfig) => ({ DnsRecords });

export const serviceDiscoveryHandlers = {
  "AWS::ServiceDiscovery::HttpNamespace": httpNamespace,
  "AWS::ServiceDiscovery::PrivateDnsNamespace": privateNamespace,
  "AWS::ServiceDiscovery::Service": service,
};
