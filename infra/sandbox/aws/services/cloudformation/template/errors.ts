import { AwsError } from "../../../kernel.ts";

/** What is wrong with a template or its parameters, in CloudFormation's own words; the wire answers `ValidationError`. */
export class TemplateError extends AwsError {
  constructor(message: string) {
    super("ValidationError", message);
  }
}

/** Several problems as one error, each on its own line, so that nobody has to fix them one deployment at a time. */
export function problemsError(title: string, problems: readonly string[]): TemplateError {
  const unique = [...new Set(problems)];
  if (unique.length === 1) return new TemplateError(`${title}: ${unique[0]}`);
  return new TemplateError(`${title}: ${unique.length} problems:\n${unique.map((line) => `- ${line}`).join("\n")}`);
}
