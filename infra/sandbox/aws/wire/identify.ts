import { AwsError } from "../kernel.ts";
import type { Served } from "./dispatch.ts";
import type { WireRequest } from "./protocol.ts";

/** Which service a request is for and who sent it. Signatures are not verified; what they name is believed. */
export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken: string | undefined;
}

/** Signing names that differ from the ids of `AwsClients`. */
const ids: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  "application-autoscaling": "autoscaling",
};
export const idOf = (signingName: string): string => ids[signingName] ?? signingName;

function scopeOf({ headers, query }: WireRequest): string | undefined {
  const header = /^AWS4-[A-Z0-9-]+\s.*Credential=([^,\s]+)/.exec(String(headers.authorization ?? ""));
  return header?.[1] ?? query.get("X-Amz-Credential") ?? undefined;
}

/** `AKID/20260101/us-east-1/ecs/aws4_request` of the Authorization header or of a presigned URL. */
export function credentialOf(request: WireRequest): Credential | undefined {
  const scope = scopeOf(request)?.split("/");
  if (!scope || scope.length < 5) return undefined;
  const [service = "", region = ""] = [scope.at(-2), scope.at(-3)];
  const token = request.headers["x-amz-security-token"] ?? request.query.get("X-Amz-Security-Token") ?? undefined;
  return {
    accessKeyId: scope.slice(0, -4).join("/"),
    region,
    service: idOf(service),
    sessionToken: token === undefined ? undefined : String(token),
  };
}

/** The service of a call that nobody signed, e.g. AssumeRoleWithWebIdentity. */
export async function unsignedTarget(
  served: ReadonlyMap<string, Served>,
  request: WireRequest,
  form: URLSearchParams,
): Promise<Served | undefined> {
  const target = String(request.headers["x-amz-target"] ?? "").split(".")[0];
  const action = form.get("Action");
  if (!target && !action) return undefined;
  for (const candidate of served.values()) {
    const model = await candidate.model();
    if (target && model.target === target) return candidate;
    if (action && model.operations.has(action) && model.version === form.get("Version")) return candidate;
  }
  return undefined;
}

/** @throws AwsError when the session of a service that hands out keys is over. */
export function arnOf(served: ReadonlyMap<string, Served>, credential: Credential, account: string): string {
  for (const { service } of served.values()) {
    const arn = service.identify?.(credential.accessKeyId, credential.sessionToken);
    if (arn !== undefined) return arn;
  }
  return `arn:aws:iam::${account}:root`;
}

export const missingToken = (): AwsError =>
  new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", { status: 403 });
