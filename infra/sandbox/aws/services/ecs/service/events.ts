import type { ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";

const KEPT = 100; // the newest events that DescribeServices shows

/** Adds a service event; newest first, a repeated message is left out as ECS does. */
export function addEvent(records: Records, service: ServiceRecord, text: string): void {
  const message = `(service ${service.name}) ${text}`;
  if (service.events[0]?.message === message) return;
  service.events = [{ id: records.arns.newUuid(), createdAt: records.now(), message }, ...service.events].slice(
    0,
    KEPT,
  );
}
