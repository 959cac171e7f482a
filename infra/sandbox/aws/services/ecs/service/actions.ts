import type { ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";

/** An "ECS Service Action" of EventBridge, as the guide of service action events lists them. */
export interface ServiceAction {
  readonly eventType: "INFO" | "WARN" | "ERROR";
  readonly eventName: string;
}

/** Tells EventBridge; where that service is missing nobody listens, and the service event says the same. */
export function announceAction(records: Records, service: ServiceRecord, action: ServiceAction): void {
  const { aws, clock, log } = records.context;
  const createdAt = records.now();
  const Detail = JSON.stringify({ ...action, clusterArn: service.clusterArn, createdAt });
  const sent = aws.events.putEvents({
    Entries: [
      { Source: "aws.ecs", DetailType: "ECS Service Action", Time: createdAt, Resources: [service.arn], Detail },
    ],
  });
  clock.hold(sent).catch((error: unknown) => {
    if (error instanceof Error && error.name === "NotImplemented") return;
    log(`ecs: action ${action.eventName} of service ${service.name} was not told to EventBridge: ${error}`);
  });
}
