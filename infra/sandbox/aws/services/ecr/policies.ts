import type { ECR } from "@aws-sdk/client-ecr";
import { AwsError, type Operations, type ServiceContext } from "../../kernel.ts";
import type { RepositoryRecord } from "./model.ts";
import type { Repositories } from "./repositories.ts";

function requireJson(text: string | undefined, what: string): string {
  try {
    JSON.parse(text ?? "");
    return text ?? "";
  } catch {
    throw new AwsError(
      "InvalidParameterException",
      `Invalid parameter at '${what}' failed to satisfy constraint: 'Invalid JSON'`,
    );
  }
}

function missing(code: string, kind: string, record: RepositoryRecord, account: string): AwsError {
  return new AwsError(
    code,
    `${kind} does not exist for the repository with name '${record.name}' in the registry with id '${account}'`,
  );
}

/** Lifecycle and repository policies are recorded, not enforced: the sandbox has one account and expires no image. */
export function policyOperations(repositories: Repositories, context: ServiceContext): Operations<ECR> {
  const registryId = context.account;
  const lifecycle = (record: RepositoryRecord) => {
    const policy = record.lifecyclePolicy;
    if (!policy) throw missing("LifecyclePolicyNotFoundException", "Lifecycle policy", record, registryId);
    return {
      registryId,
      repositoryName: record.name,
      lifecyclePolicyText: policy.text,
      lastEvaluatedAt: policy.evaluatedAt,
    };
  };
  const repositoryPolicy = (record: RepositoryRecord) => {
    if (!record.policy) throw missing("RepositoryPolicyNotFoundException", "Repository policy", record, registryId);
    return { registryId, repositoryName: record.name, policyText: record.policy };
  };
  return {
    PutLifecyclePolicy: (input) => {
      const record = repositories.get(input.repositoryName);
      const text = requireJson(input.lifecyclePolicyText, "LifecyclePolicyText");
      record.lifecyclePolicy = { text, evaluatedAt: context.clock.now() };
      return { registryId, repositoryName: record.name, lifecyclePolicyText: text };
    },
    GetLifecyclePolicy: (input) => lifecycle(repositories.get(input.repositoryName)),
    DeleteLifecyclePolicy: (input) => {
      const record = repositories.get(input.repositoryName);
      const answer = lifecycle(record);
      record.lifecyclePolicy = undefined;
      return answer;
    },
    SetRepositoryPolicy: (input) => {
      const record = repositories.get(input.repositoryName);
      record.policy = requireJson(input.policyText, "PolicyText");
      return repositoryPolicy(record);
    },
    GetRepositoryPolicy: (input) => repositoryPolicy(repositories.get(input.repositoryName)),
    DeleteRepositoryPolicy: (input) => {
      const record = repositories.get(input.repositoryName);
      const answer = repositoryPolicy(record);
      record.policy = undefined;
      return answer;
    },
  };
}
