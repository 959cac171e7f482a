import type {
  ApplicationAutoScaling,
  PutScheduledActionCommandInput,
  ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { type Book, DIMENSION, invalid, NAMESPACE, narrowed, type ScheduledRecord } from "./book.ts";
import { parseSchedule } from "./schedule.ts";

const PAGE = 50;

const view = (action: ScheduledRecord): ScheduledAction => ({
  ScheduledActionName: action.name,
  ScheduledActionARN: action.arn,
  ServiceNamespace: NAMESPACE,
  Schedule: action.schedule,
  Timezone: action.timezone,
  ResourceId: action.resourceId,
  ScalableDimension: DIMENSION,
  StartTime: action.startTime,
  EndTime: action.endTime,
  ScalableTargetAction: action.action,
  CreationTime: action.createdAt,
});

function check(input: PutScheduledActionCommandInput, known: ScheduledRecord | undefined): void {
  const schedule = input.Schedule ?? known?.schedule;
  const action = input.ScalableTargetAction ?? known?.action;
  const { MinCapacity: min, MaxCapacity: max } = action ?? {};
  const parsed =
    schedule === undefined ? "Schedule is required." : parseSchedule(schedule, input.Timezone ?? known?.timezone);
  const problems = typeof parsed === "string" ? [parsed] : [];
  if (min === undefined && max === undefined)
    problems.push("ScalableTargetAction needs a MinCapacity, a MaxCapacity or both.");
  if ((min ?? 0) < 0 || (max ?? 0) < 0) problems.push("Minimum and maximum capacity must not be negative.");
  if (min !== undefined && max !== undefined && min > max)
    problems.push(`Minimum capacity cannot be greater than maximum capacity. Got: ${min} and ${max}`);
  if (input.StartTime && input.EndTime && input.StartTime >= input.EndTime)
    problems.push("StartTime must be before EndTime.");
  if (problems.length > 0) throw invalid(problems.join(" "));
}

export function scheduledActionOperations(book: Book): Operations<ApplicationAutoScaling> {
  return {
    PutScheduledAction: (input) => {
      const { resourceId } = book.target(input);
      const name = input.ScheduledActionName ?? "";
      const known = book.scheduled.get(`${resourceId} ${name}`);
      check(input, known);
      const now = book.now();
      const action = known ?? { resourceId, name, arn: book.scheduledArn(resourceId, name), createdAt: now };
      book.scheduled.set(`${resourceId} ${name}`, {
        ...action,
        schedule: input.Schedule ?? known?.schedule ?? "",
        timezone: input.Timezone ?? known?.timezone,
        startTime: input.StartTime ?? known?.startTime,
        endTime: input.EndTime ?? known?.endTime,
        action: input.ScalableTargetAction ?? known?.action ?? {},
        checkedAt: now,
      });
      return {};
    },

    DescribeScheduledActions: (input) => {
      const wanted = narrowed(book.scheduled.values(), input).filter(
        ({ name }) => !input.ScheduledActionNames?.length || input.ScheduledActionNames.includes(name),
      );
      const { items, nextToken } = pageOf(wanted, {
        token: input.NextToken,
        limit: input.MaxResults ?? PAGE,
        invalidToken: "InvalidNextTokenException",
      });
      return { ScheduledActions: items.map(view), NextToken: nextToken };
    },

    DeleteScheduledAction: (input) => {
      const key = `${book.resource(input)} ${input.ScheduledActionName}`;
      if (!book.scheduled.delete(key))
        throw new AwsError(
          "ObjectNotFoundException",
          `No scheduled action found for service namespace: ${input.ServiceNamespace}, resource ID: ${input.ResourceId}, scheduled action name: ${input.ScheduledActionName}`,
        );
      return {};
    },
  };
}
