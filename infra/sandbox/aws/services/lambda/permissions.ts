import type { AddPermissionRequest, Lambda } from "@aws-sdk/client-lambda";
import { AwsError, type Operations } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";
import {
  conflict,
  functionArn,
  functionOf,
  invalid,
  notFound,
  parseName,
  type Statement,
  type Store,
  targetOf,
} from "./model.ts";

/** Resource policies: who outside may call a function. The sandbox records them; nothing is refused by them. */
function policyOf(store: Store, name: string | undefined, qualifier: string | undefined) {
  const target = targetOf(store, name, qualifier);
  return { target, policy: target.stored.policies[target.qualifier ?? ""] };
}

/** A service is named by its host name, an account by its number, a role or user by its ARN. */
function principal(text: string): unknown {
  if (text === "*") return "*";
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return { Service: text };
  return { AWS: /^\d{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text };
}

function conditionOf({ SourceArn, SourceAccount, PrincipalOrgID, FunctionUrlAuthType }: AddPermissionRequest) {
  const equal = {
    ...(SourceAccount ? { "AWS:SourceAccount": SourceAccount } : {}),
    ...(PrincipalOrgID ? { "aws:PrincipalOrgID": PrincipalOrgID } : {}),
    ...(FunctionUrlAuthType ? { "lambda:FunctionUrlAuthType": FunctionUrlAuthType } : {}),
  };
  const condition = {
    ...(Object.keys(equal).length > 0 ? { StringEquals: equal } : {}),
    ...(SourceArn ? { ArnLike: { "AWS:SourceArn": SourceArn } } : {}),
  };
  return Object.keys(condition).length > 0 ? { Condition: condition } : {};
}

const notThatRevision = (): AwsError =>
  new AwsError(
    "PreconditionFailedException",
    "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId",
    { status: 412 },
  );

export function permissions(store: Store): Operations<Lambda> {
  return {
    AddPermission: (input) => {
      const { StatementId = "", Action = "", Principal = "" } = input;
      const { target, policy } = policyOf(store, input.FunctionName, input.Qualifier);
      const problems = [
        ...(/^[a-zA-Z0-9-_]{1,100}$/.test(StatementId)
          ? []
          : [`StatementId must be 1 to 100 letters, digits, - or _, got ${JSON.stringify(StatementId)}`]),
        ...(/^(lambda:(\*|[a-zA-Z]+)|\*)$/.test(Action)
          ? []
          : [`Action must be lambda:<operation>, got ${JSON.stringify(Action)}`]),
      ];
      if (problems.length > 0) throw invalid(`${problems.join("; ")}.`);
      if (input.RevisionId !== undefined && input.RevisionId !== policy?.revisionId) throw notThatRevision();
      if (policy?.statements.some(({ Sid }) => Sid === StatementId))
        throw conflict(
          `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        );
      const statement: Statement = {
        Sid: StatementId,
        Effect: "Allow",
        Principal: principal(Principal),
        Action,
        Resource: functionArn(store, target.stored.name, target.qualifier),
        ...conditionOf(input),
      };
      target.stored.policies[target.qualifier ?? ""] = {
        revisionId: uuid(store.context),
        statements: [...(policy?.statements ?? []), statement],
      };
      return { Statement: JSON.stringify(statement) };
    },
    RemovePermission: ({ FunctionName, StatementId = "", Qualifier, RevisionId }) => {
      const { target, policy } = policyOf(store, FunctionName, Qualifier);
      const statements = policy?.statements.filter(({ Sid }) => Sid !== StatementId) ?? [];
      if (!policy || statements.length === policy.statements.length)
        throw notFound(`Statement ${StatementId} is not found in resource policy.`);
      if (RevisionId !== undefined && RevisionId !== policy.revisionId) throw notThatRevision();
      if (statements.length === 0) delete target.stored.policies[target.qualifier ?? ""];
      else target.stored.policies[target.qualifier ?? ""] = { revisionId: uuid(store.context), statements };
      return {};
    },
    GetPolicy: ({ FunctionName, Qualifier }) => {
      const { policy } = policyOf(store, FunctionName, Qualifier);
      if (!policy) throw notFound("The resource you requested does not exist.");
      const document = { Version: "2012-10-17", Id: "default", Statement: policy.statements };
      return { Policy: JSON.stringify(document), RevisionId: policy.revisionId };
    },
  };
}

/** Tags and reserved concurrency. */
export function settings(store: Store): Operations<Lambda> {
  const tagged = (resource: string | undefined) => {
    if (parseName(resource ?? "").qualifier !== undefined)
      throw invalid(
        `Tags on function aliases and versions are not supported. Please specify a function ARN, got ${resource}.`,
      );
    return functionOf(store, resource);
  };
  return {
    TagResource: ({ Resource, Tags = {} }) => {
      const stored = tagged(Resource);
      stored.tags = { ...stored.tags, ...Tags };
      return {};
    },
    UntagResource: ({ Resource, TagKeys = [] }) => {
      const stored = tagged(Resource);
      stored.tags = Object.fromEntries(Object.entries(stored.tags).filter(([key]) => !TagKeys.includes(key)));
      return {};
    },
    ListTags: ({ Resource }) => ({ Tags: { ...tagged(Resource).tags } }),
    PutFunctionConcurrency: ({ FunctionName, ReservedConcurrentExecutions = 0 }) => {
      const stored = functionOf(store, FunctionName);
      if (!Number.isInteger(ReservedConcurrentExecutions) || ReservedConcurrentExecutions < 0)
        throw invalid(
          `ReservedConcurrentExecutions must be a whole number from 0, got ${ReservedConcurrentExecutions}.`,
        );
      stored.reserved = ReservedConcurrentExecutions;
      return { ReservedConcurrentExecutions };
    },
    GetFunctionConcurrency: ({ FunctionName }) => {
      const { reserved } = functionOf(store, FunctionName);
      return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
    },
    DeleteFunctionConcurrency: ({ FunctionName }) => {
      delete functionOf(store, FunctionName).reserved;
      return {};
    },
  };
}
