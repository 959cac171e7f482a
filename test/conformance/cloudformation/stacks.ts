import type { CloudFormation, StackStatus } from "@aws-sdk/client-cloudformation";
import type { Target } from "../target.ts";

/** For conformance tests: stacks with one parameter of Systems Manager, the cheapest resource there is. */
export interface StackTemplate {
  readonly value?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** A resource that AWS cannot create: its type of parameter does not exist. */
  readonly broken?: boolean;
}

export const templateOf = ({ value = "one", outputs, broken }: StackTemplate = {}): string =>
  JSON.stringify({
    Description: "of a conformance test",
    Parameters: { Suffix: { Type: "String", Default: "x" } },
    Resources: {
      Kept: {
        Type: "AWS::SSM::Parameter",
        Properties: { Type: "String", Value: { "Fn::Sub": `${value}-\${Suffix}` } },
      },
      ...(broken
        ? {
            Broken: {
              Type: "AWS::SSM::Parameter",
              DependsOn: "Kept",
              Properties: { Name: "aws-forbidden", Type: "String", Value: "x" },
            },
          }
        : {}),
    },
    ...(outputs ? { Outputs: outputs } : {}),
  });

export class Stacks {
  readonly #client: () => CloudFormation;
  readonly #target: () => Target;

  constructor(client: () => CloudFormation, target: () => Target) {
    this.#client = client;
    this.#target = target;
  }

  /** Waits until nothing runs on the stack. @returns its status; `undefined` when it is gone. */
  async settled(StackName: string): Promise<StackStatus | undefined> {
    for (;;) {
      const { Stacks } = await this.#client()
        .describeStacks({ StackName })
        .catch(() => ({ Stacks: [] }));
      const status = Stacks?.[0]?.StackStatus;
      if (!status || status === "DELETE_COMPLETE") return undefined;
      if (status === "REVIEW_IN_PROGRESS" || !status.endsWith("_IN_PROGRESS")) return status;
      await new Promise((resolve) => setTimeout(resolve, this.#target().isAws ? 2000 : 10));
    }
  }

  /** A stack that was created and is gone after the test. */
  async withStack(run: (StackName: string) => Promise<void>, template: StackTemplate = {}): Promise<void> {
    const StackName = this.#target().unique("stack");
    await this.#client().createStack({ StackName, TemplateBody: templateOf(template) });
    await this.settled(StackName);
    try {
      await run(StackName);
    } finally {
      await this.remove(StackName);
    }
  }

  async remove(StackName: string): Promise<void> {
    await this.#client()
      .updateTerminationProtection({ StackName, EnableTerminationProtection: false })
      .catch(() => undefined);
    await this.#client().deleteStack({ StackName });
    await this.settled(StackName);
  }

  async update(StackName: string, template: StackTemplate): Promise<StackStatus | undefined> {
    await this.#client().updateStack({ StackName, TemplateBody: templateOf(template) });
    return this.settled(StackName);
  }
}
