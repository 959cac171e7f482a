import type { DeploymentAlarms } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";

/** What CloudWatch says about a deployment's alarms. */
export interface AlarmReading {
  /** Names of those that are in ALARM. */
  readonly alarming: string[];
  /** Names that no alarm has. */
  readonly unknown: string[];
  /** Seconds over which the slowest of them judges. */
  readonly seconds: number;
}

/**
 * Asks CloudWatch once. A name that no alarm has cannot be in ALARM: nothing published says that ECS refuses it, so it
 * is only said in the sandbox's log when a deployment starts.
 * @returns `undefined` when CloudWatch could not be asked; the next turn asks again, as ECS's own polling can miss one.
 */
export async function readAlarms(
  context: ServiceContext,
  { enable, alarmNames = [] }: Partial<DeploymentAlarms>,
): Promise<AlarmReading | undefined> {
  if (!enable || alarmNames.length === 0) return { alarming: [], unknown: [], seconds: 0 };
  try {
    const answer = await context.aws.cloudwatch.describeAlarms({
      AlarmNames: alarmNames,
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      MaxRecords: 100,
    });
    const metric = answer.MetricAlarms ?? [];
    const all = [...metric, ...(answer.CompositeAlarms ?? [])];
    return {
      alarming: all.flatMap(({ AlarmName, StateValue }) => (StateValue === "ALARM" && AlarmName ? [AlarmName] : [])),
      unknown: alarmNames.filter((name) => !all.some(({ AlarmName }) => AlarmName === name)),
      seconds: Math.max(0, ...metric.map(({ Period = 60, EvaluationPeriods = 1 }) => Period * EvaluationPeriods)),
    };
  } catch {
    return undefined;
  }
}
