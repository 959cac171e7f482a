import type { CloudFormation } from "@aws-sdk/client-cloudformation";
import type { Operations } from "../../../kernel.ts";
import type { StackEngine } from "../stacks/engine.ts";
import { nameProblems } from "../template/checks.ts";
import { problemsError } from "../template/errors.ts";
import { isNoEcho } from "../template/parameters.ts";
import { parseTemplate } from "../template/parse.ts";
import type { Template } from "../template/template.ts";
import { findChangeSet } from "./change-sets.ts";
import { neededCapability, templateText } from "./input.ts";

/** Operations about templates. */
export function templateOperations(engine: StackEngine): Operations<CloudFormation> {
  const { store } = engine;
  return {
    GetTemplate: (input) => {
      const text = input.ChangeSetName
        ? findChangeSet(store, input.ChangeSetName, input.StackName).template
        : store.get(input.StackName).template;
      // Transforms and macros are refused, so what was given is what was processed.
      return { TemplateBody: text, StagesAvailable: ["Original", "Processed"] };
    },
    GetTemplateSummary: async (input) => {
      const text = input.StackName ? store.get(input.StackName).template : await templateText(engine, input);
      const template = parseTemplate(text);
      return {
        ...summaryOf(template),
        ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort(),
        Version: template.AWSTemplateFormatVersion,
        Metadata: template.Metadata ? JSON.stringify(template.Metadata) : undefined,
        DeclaredTransforms: [],
      };
    },
    ValidateTemplate: async (input) => {
      const template = parseTemplate(await templateText(engine, input));
      const problems = nameProblems(template);
      if (problems.length > 0) throw problemsError("Template format error", problems);
      return { ...summaryOf(template), DeclaredTransforms: [] };
    },
  };
}

function summaryOf(template: Template) {
  const capability = neededCapability(template);
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].filter((type) =>
    type.startsWith("AWS::IAM::"),
  );
  return {
    Description: template.Description,
    Parameters: Object.entries(template.Parameters).map(([ParameterKey, definition]) => ({
      ParameterKey,
      ParameterType: definition.Type,
      DefaultValue: definition.Default === undefined ? undefined : String(definition.Default),
      NoEcho: isNoEcho(definition),
      Description: definition.Description,
      ParameterConstraints: { AllowedValues: definition.AllowedValues?.map(String) },
    })),
    ...(capability
      ? {
          Capabilities: [capability],
          CapabilitiesReason: `The following resource(s) require capabilities: [${types.join(", ")}]`,
        }
      : {}),
  };
}
