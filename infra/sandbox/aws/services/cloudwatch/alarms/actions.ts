import type { ServiceContext } from "../../../kernel.ts";
import { uuid } from "../../../uuid.ts";
import type { HistoryBook } from "./history.ts";
import { functionPayload, notification, stateChange, subjectOf } from "./messages.ts";
import type { PreviousState, StoredAlarm } from "./model.ts";

/** Carries out what an alarm does when its state changes. */
function actionsOf(alarm: StoredAlarm): readonly string[] {
  if (alarm.ActionsEnabled === false) return [];
  const byState = {
    ALARM: alarm.AlarmActions,
    OK: alarm.OKActions,
    INSUFFICIENT_DATA: alarm.InsufficientDataActions,
  };
  return byState[alarm.StateValue] ?? [];
}

/** Scaling policies read the alarm's state themselves; nothing is called. */
const isScalingPolicy = (action: string): boolean => /^arn:[^:]*:autoscaling:/.test(action);

export class AlarmActions {
  readonly #context: ServiceContext;
  readonly #history: HistoryBook;
  readonly #said = new Set<string>();

  constructor(context: ServiceContext, history: HistoryBook) {
    this.#context = context;
    this.#history = history;
  }

  /** Optional services may be absent: that is said once. */
  #sayOnce(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#context.log(line);
  }

  /** Runs the actions of the alarm's present state, in order; one that fails does not stop the others. */
  async run(alarm: StoredAlarm, from: PreviousState): Promise<void> {
    for (const action of actionsOf(alarm)) {
      let failure: string | undefined;
      try {
        await this.#perform(action, alarm, from);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        this.#sayOnce(`cloudwatch: the action ${action} failed: ${failure}`);
      }
      this.#history.acted(alarm, action, failure);
    }
  }

  async #perform(action: string, alarm: StoredAlarm, from: PreviousState): Promise<void> {
    const { aws, account, region, id } = this.#context;
    const place = { account, region, id: uuid({ id }) };
    if (isScalingPolicy(action)) return;
    if (/^arn:[^:]*:sns:/.test(action)) {
      const Message = notification(alarm, from, place);
      await aws.sns.publish({ TopicArn: action, Subject: subjectOf(alarm, place), Message });
      return;
    }
    if (/^arn:[^:]*:lambda:/.test(action)) {
      const Payload = Buffer.from(functionPayload(alarm, from, place));
      await aws.lambda.invoke({ FunctionName: action, InvocationType: "Event", Payload });
      return;
    }
    throw new Error(`the sandbox performs actions on SNS topics, Lambda functions and scaling policies only`);
  }

  /** The event of a transition, for rules on the default bus. */
  async announce(alarm: StoredAlarm, from: PreviousState): Promise<void> {
    const { aws, id } = this.#context;
    try {
      await aws.events.putEvents({
        Entries: [
          {
            Source: "aws.cloudwatch",
            DetailType: "CloudWatch Alarm State Change",
            Time: alarm.StateUpdatedTimestamp,
            Resources: [alarm.AlarmArn],
            Detail: JSON.stringify(stateChange(alarm, from, uuid({ id }))),
          },
        ],
      });
    } catch (error) {
      this.#sayOnce(`cloudwatch: events are not sent: ${error instanceof Error ? error.message : error}`);
    }
  }
}
