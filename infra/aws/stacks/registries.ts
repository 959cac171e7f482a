import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Repository, TagMutability, TagStatus } from "aws-cdk-lib/aws-ecr";
import type { Construct } from "constructs";
import type { AgentManifest } from "../../../agents/manifest.ts";
import { repositoryName } from "../../../agents/naming.ts";

/** One repository per agent. Tags never move; only untagged layers expire, so the ledger can always return. */
export class RegistriesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly agents: readonly AgentManifest[] }) {
    super(scope, id, props);
    for (const agent of props.agents) {
      new Repository(this, `Repository-${agent.name}`, {
        repositoryName: repositoryName(agent.name),
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        removalPolicy: RemovalPolicy.RETAIN,
        lifecycleRules: [{ tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(14) }],
      });
    }
  }
}
