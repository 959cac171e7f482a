import type { EventBridge, Target } from "@aws-sdk/client-eventbridge";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { transformProblem } from "./input.ts";
import { busOf, INVALID_TOKEN, ruleOf, rulesOf, type Store, validation } from "./model.ts";

const MAX_TARGETS = 5;

/** What the sandbox delivers to, by the service in the target's ARN. */
const KINDS: Readonly<Record<string, { readonly form: RegExp; readonly what: string }>> = {
  lambda: { form: /:function:[^:]+(:[^:]+)?$/, what: "a function" },
  sns: { form: /:sns:[^:]+:\d{12}:[^:]+$/, what: "a topic" },
  logs: { form: /:log-group:[^:]+(:\*)?$/, what: "a log group" },
  events: { form: /:event-bus\/[^/]+$/, what: "an event bus" },
};

const REFUSED: readonly (keyof Target)[] = [
  "EcsParameters",
  "KinesisParameters",
  "RunCommandParameters",
  "BatchParameters",
  "SqsParameters",
  "HttpParameters",
  "RedshiftDataParameters",
  "SageMakerPipelineParameters",
  "AppSyncParameters",
  "DeadLetterConfig",
];

function problemsOf(target: Target): string[] {
  const { Id = "", Arn = "", Input, InputPath, InputTransformer } = target;
  const kind = KINDS[/^arn:aws[a-z-]*:([a-z0-9-]+):/.exec(Arn)?.[1] ?? ""];
  const inputs = [Input, InputPath, InputTransformer].filter((one) => one !== undefined);
  const transform = transformProblem(target);
  return [
    ...(/^[.\-_A-Za-z0-9]{1,64}$/.test(Id) ? [] : [`Id must be 1 to 64 letters, digits, ., - or _`]),
    ...(kind?.form.test(Arn)
      ? []
      : [
          `Arn must be that of ${Object.values(KINDS)
            .map(({ what }) => what)
            .join(", ")} in this sandbox, got ${Arn}`,
        ]),
    ...REFUSED.filter((name) => target[name] !== undefined).map((name) => `the sandbox's targets have no ${name}`),
    ...(inputs.length > 1 ? ["only one of Input, InputPath and InputTransformer may be given"] : []),
    ...(transform ? [transform] : []),
  ].map((problem) => `target ${JSON.stringify(Id)}: ${problem}`);
}

export function targets(store: Store): Operations<EventBridge> {
  return {
    PutTargets: ({ Rule, EventBusName, Targets = [] }) => {
      const rule = ruleOf(store, { Rule, EventBusName });
      const problems = Targets.flatMap(problemsOf);
      if (problems.length > 0) throw validation(`${problems.join("; ")}.`);
      const added = new Map([...rule.targets, ...Targets].map((target) => [target.Id, target]));
      if (added.size > MAX_TARGETS) throw validation(`A rule has at most ${MAX_TARGETS} targets, got ${added.size}.`);
      rule.targets = [...added.values()];
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets: ({ Rule, EventBusName, Ids = [] }) => {
      const rule = ruleOf(store, { Rule, EventBusName });
      const unknown = Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
      rule.targets = rule.targets.filter(({ Id = "" }) => !Ids.includes(Id));
      const FailedEntries = unknown.map((TargetId) => ({
        TargetId,
        ErrorCode: "ResourceNotFoundException",
        ErrorMessage: `Rule ${rule.name} does not have target ${TargetId}.`,
      }));
      return { FailedEntryCount: FailedEntries.length, FailedEntries };
    },
    ListTargetsByRule: ({ Rule, EventBusName, Limit = 100, NextToken }) => {
      const rule = ruleOf(store, { Rule, EventBusName });
      const page = pageOf(rule.targets, { token: NextToken, limit: Limit, invalidToken: INVALID_TOKEN });
      return { Targets: page.items, NextToken: page.nextToken };
    },
    ListRuleNamesByTarget: ({ TargetArn, EventBusName, Limit = 100, NextToken }) => {
      const found = rulesOf(store, busOf(store, EventBusName).name)
        .filter((rule) => rule.targets.some(({ Arn }) => Arn === TargetArn))
        .map(({ name }) => name);
      const page = pageOf(found, { token: NextToken, limit: Limit, invalidToken: INVALID_TOKEN });
      return { RuleNames: page.items, NextToken: page.nextToken };
    },
  };
}
