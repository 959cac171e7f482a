import type { Parameter, Tag as SdkTag } from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../kernel.ts";
import type { Tag } from "../resources/handler.ts";
import type { StackEngine } from "../stacks/engine.ts";
import type { StackRecord } from "../stacks/model.ts";
import type { Source } from "../stacks/prepare.ts";
import { TemplateError } from "../template/errors.ts";
import { resolveParameters } from "../template/parameters.ts";
import { parseTemplate } from "../template/parse.ts";
import type { Template } from "../template/template.ts";
import { readTemplateUrl } from "./template-url.ts";

export interface TemplateInput {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean;
}

export interface SourceInput extends TemplateInput {
  readonly Parameters?: Parameter[];
  readonly Tags?: SdkTag[];
  readonly Capabilities?: readonly string[];
}

export async function templateText(engine: StackEngine, input: TemplateInput, previous?: StackRecord): Promise<string> {
  const ways = [input.TemplateBody, input.TemplateURL, input.UsePreviousTemplate || undefined].filter(
    (one) => one !== undefined,
  );
  if (ways.length !== 1)
    throw new TemplateError(
      "Either Template URL or Template Body must be specified (or UsePreviousTemplate), and only one of them.",
    );
  if (input.TemplateBody !== undefined) return input.TemplateBody;
  if (input.TemplateURL !== undefined) return readTemplateUrl(engine.store.context, input.TemplateURL);
  if (!previous || previous.status === "REVIEW_IN_PROGRESS")
    throw new TemplateError("UsePreviousTemplate needs a stack that has a template");
  return previous.template;
}

/** Template, parameters and tags of a request, resolved and checked; `previous` gives what the request leaves out. */
export async function sourceFrom(engine: StackEngine, input: SourceInput, previous?: StackRecord): Promise<Source> {
  const text = await templateText(engine, input, previous);
  const template = parseTemplate(text);
  requireCapabilities(template, input.Capabilities ?? []);
  const parameters = await resolveParameters({
    template,
    given: (input.Parameters ?? []).map(({ ParameterKey, ParameterValue, UsePreviousValue }) => ({
      key: ParameterKey ?? "",
      ...(ParameterValue === undefined ? {} : { value: ParameterValue }),
      previous: UsePreviousValue === true,
    })),
    previous: previous?.parameters ?? [],
    ssm: engine.ssm,
  });
  return { text, parameters, tags: input.Tags ? tagsFrom(input.Tags) : (previous?.tags ?? []) };
}

function tagsFrom(tags: readonly SdkTag[]): Tag[] {
  const reserved = tags.filter(({ Key }) => Key?.startsWith("aws:"));
  if (reserved.length > 0)
    throw new TemplateError(`Tag keys must not start with aws:, got ${reserved.map(({ Key }) => Key).join(", ")}`);
  return tags.map(({ Key = "", Value = "" }) => ({ Key, Value }));
}

const NAMES: Readonly<Record<string, string>> = {
  "AWS::IAM::Role": "RoleName",
  "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
  "AWS::IAM::InstanceProfile": "InstanceProfileName",
  "AWS::IAM::Policy": "",
};

/** The capability that a template needs because of its IAM resources, if any. */
export function neededCapability(template: Template): "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | undefined {
  const iam = Object.values(template.Resources).filter(({ Type }) => Object.hasOwn(NAMES, Type));
  if (iam.length === 0) return undefined;
  const named = iam.some(({ Type, Properties }) => {
    const name = NAMES[Type];
    return name !== undefined && name !== "" && Properties?.[name] !== undefined;
  });
  return named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM";
}

function requireCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template);
  if (!needed || given.includes("CAPABILITY_NAMED_IAM") || given.includes(needed)) return;
  throw new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${needed}]`);
}

export function requireStackName(name: string | undefined): string {
  if (name === undefined || !/^[A-Za-z][-A-Za-z0-9]{0,127}$/.test(name))
    throw new TemplateError(
      `1 validation error detected: Value '${name ?? ""}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*, at most 128 characters`,
    );
  return name;
}

export const refuse = (message: string): never => {
  throw new TemplateError(`${message} is not implemented by this sandbox`);
};

/** One page of a list. The token is the position of the next page. */
export function page<T>(items: readonly T[], token: string | undefined, size = 100): { items: T[]; next?: string } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw new TemplateError(`NextToken '${token}' is not valid`);
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length ? { next: String(end) } : {}) };
}
