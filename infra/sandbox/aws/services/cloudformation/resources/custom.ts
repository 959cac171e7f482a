import { uuid } from "../../../uuid.ts";
import { isRecord } from "../../../wire/values.ts";
import { isValueObject, type Value, type ValueObject } from "../template/value.ts";
import { type AnyHandler, type Existing, handler, type Made, type Scope } from "./handler.ts";

/**
 * Custom resources: a function or a topic (`ServiceToken`) is asked to create, update or delete, and answers by PUT to
 * the request's ResponseURL. Source: CloudFormation user guide, "Custom resource reference".
 */

/** Seconds until an answer is given up, when the template says nothing else (`ServiceTimeout`). */
const TIMEOUT_SECONDS = 3600;

interface Custom extends ValueObject {
  readonly ServiceToken: string;
}

interface Request {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly properties: Custom;
  readonly physicalId?: string;
  readonly before?: ValueObject;
}

interface Answer {
  readonly isSuccess: boolean;
  readonly reason: string;
  readonly physicalId: string | undefined;
  readonly data: ValueObject;
}

/** All leaves reach the function as text. */
function asText(value: Value): Value {
  if (Array.isArray(value)) return value.map(asText);
  if (isValueObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function answerOf(body: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new Error("Invalid Response: the custom resource answered with something that is not JSON");
  }
  if (!isRecord(answer) || (answer.Status !== "SUCCESS" && answer.Status !== "FAILED"))
    throw new Error("Invalid Response: the custom resource's answer has no Status SUCCESS or FAILED");
  return {
    isSuccess: answer.Status === "SUCCESS",
    reason: String(answer.Reason ?? ""),
    physicalId: typeof answer.PhysicalResourceId === "string" ? answer.PhysicalResourceId : undefined,
    data: isRecord(answer.Data) ? (answer.Data as ValueObject) : {},
  };
}

async function send(token: string, request: string, { aws }: Scope): Promise<void> {
  const service = token.split(":")[2];
  if (service === "sns") await aws.sns.publish({ TopicArn: token, Message: request });
  else if (service === "lambda")
    await aws.lambda.invoke({ FunctionName: token, InvocationType: "Event", Payload: Buffer.from(request) });
  else throw new Error(`Invalid service token: ServiceToken must be the ARN of a function or a topic, got ${token}`);
}

async function ask({ RequestType, properties, physicalId, before }: Request, scope: Scope): Promise<Answer> {
  const { ServiceToken } = properties;
  if (typeof ServiceToken !== "string") throw new Error("Missing required property ServiceToken");
  const id = uuid(scope);
  const response = scope.responses.open();
  const done = new AbortController();
  try {
    const request = {
      RequestType,
      ServiceToken,
      ResponseURL: response.url,
      StackId: scope.stackId,
      RequestId: id,
      LogicalResourceId: scope.logicalId,
      ResourceType: scope.type,
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
      ResourceProperties: asText(properties),
      ...(before === undefined ? {} : { OldResourceProperties: asText(before) }),
    };
    await send(ServiceToken, JSON.stringify(request), scope);
    const seconds = Number(properties.ServiceTimeout ?? TIMEOUT_SECONDS);
    const late = scope.clock.sleep(seconds, AbortSignal.any([scope.signal, done.signal])).then(() => {
      throw new Error(
        `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${id}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
      );
    });
    return answerOf(await Promise.race([response.body, late]));
  } finally {
    done.abort(new Error("answered"));
    response.close();
  }
}

const refused = ({ reason }: Answer): Error =>
  new Error(`Received response status [FAILED] from custom resource. Message returned: ${reason}`);

const made = (physicalId: string, { data }: Answer): Made => ({ physicalId, attributes: data });

async function remove({ physicalId, properties }: Existing<Custom>, scope: Scope): Promise<void> {
  const answer = await ask({ RequestType: "Delete", properties, physicalId }, scope);
  if (!answer.isSuccess) throw refused(answer);
}

export const customResource: AnyHandler = handler<Custom>({
  create: async (properties, scope) => {
    const answer = await ask({ RequestType: "Create", properties }, scope);
    const id = answer.physicalId ?? `${scope.stackName}-${scope.logicalId}-${scope.id(12)}`;
    // Also a creation that failed is deleted in the rollback.
    scope.initiated(id, answer.data);
    if (!answer.isSuccess) throw refused(answer);
    return made(id, answer);
  },
  update: async (properties, existing, scope) => {
    const { physicalId, properties: before } = existing;
    const answer = await ask({ RequestType: "Update", properties, physicalId, before }, scope);
    if (!answer.isSuccess) throw refused(answer);
    const id = answer.physicalId ?? physicalId;
    // Another id means another resource: the former one is deleted. AWS does so at the end of the stack's update.
    if (id !== physicalId) await remove(existing, scope);
    return made(id, answer);
  },
  delete: remove,
});
