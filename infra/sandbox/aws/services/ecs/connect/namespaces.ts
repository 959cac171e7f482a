import { type AwsClients, AwsError } from "../../../kernel.ts";

/** Cloud Map namespaces as Service Connect uses them. */
export interface Namespace {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
}

const POLLS = 100;

/** @param reference name or ARN. */
async function findNamespace(aws: AwsClients, reference: string): Promise<Namespace | undefined> {
  let NextToken: string | undefined;
  do {
    const answer = await aws.servicediscovery.listNamespaces({ NextToken });
    for (const { Id = "", Arn = "", Name = "" } of answer.Namespaces ?? [])
      if (Arn === reference || Name === reference) return { id: Id, arn: Arn, name: Name };
    NextToken = answer.NextToken;
  } while (NextToken);
  return undefined;
}

/** @throws AwsError NamespaceNotFoundException */
export async function requireNamespace(aws: AwsClients, reference: string): Promise<Namespace> {
  const found = await findNamespace(aws, reference);
  if (found) return found;
  throw new AwsError("NamespaceNotFoundException", `The specified namespace was not found: ${reference}`);
}

/**
 * The namespace of a cluster's serviceConnectDefaults: one that exists, or a new HTTP namespace when the reference is a
 * name that nobody has. Source: SDK, ClusterServiceConnectDefaultsRequest.
 * @throws AwsError NamespaceNotFoundException for an ARN that does not exist
 */
export async function ensureNamespace(aws: AwsClients, reference: string): Promise<Namespace> {
  const found = await findNamespace(aws, reference);
  if (found) return found;
  if (reference.startsWith("arn:")) return requireNamespace(aws, reference);
  const { OperationId } = await aws.servicediscovery.createHttpNamespace({ Name: reference });
  for (let poll = 0; poll < POLLS; poll++) {
    const { Operation } = await aws.servicediscovery.getOperation({ OperationId });
    if (Operation?.Status === "SUCCESS") return requireNamespace(aws, reference);
  }
  throw new AwsError("ServerException", `Namespace ${reference} was not created in time.`, { status: 500 });
}

/** The Cloud Map service of a discovery name; made when there is none. @returns its id and ARN. */
export async function ensureDiscovery(
  aws: AwsClients,
  namespace: Namespace,
  discoveryName: string,
): Promise<{ id: string; arn: string }> {
  try {
    const { Service } = await aws.servicediscovery.createService({ Name: discoveryName, NamespaceId: namespace.id });
    return { id: Service?.Id ?? "", arn: Service?.Arn ?? "" };
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ServiceAlreadyExists") throw error;
    const { ServiceId, ServiceArn } = error.fields;
    return { id: String(ServiceId), arn: String(ServiceArn) };
  }
}
