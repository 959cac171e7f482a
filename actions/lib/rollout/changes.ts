import type { ServiceDeployment, ServiceEvent } from "@aws-sdk/client-ecs";

/** What the log has already said. */
export interface Seen {
  readonly headline?: string;
  readonly weights?: string;
  readonly hooks: Readonly<Record<string, string>>;
  readonly failures: number;
  readonly events: readonly string[];
}

interface Look {
  readonly at: Date;
  readonly deployment: ServiceDeployment;
  readonly events: readonly ServiceEvent[];
}

/** One line per change since the last look, e.g. `+  35 s  POST_TEST_TRAFFIC_SHIFT`; nothing when nothing changed. */
export function changeLines(seen: Seen, look: Look, startedAt: Date): string[] {
  const seconds = Math.max(0, Math.round((look.at.getTime() - startedAt.getTime()) / 1000));
  const stamp = `+${String(seconds).padStart(4)} s  `;
  return [
    ...headlineChange(seen, look.deployment),
    ...weightChange(seen, look.deployment),
    ...hookChanges(seen, look.deployment),
    ...failureChange(seen, look.deployment),
    ...newEvents(seen, look.events).map((event) => `event: ${event.message}`),
  ].map((line) => stamp + line);
}

export function seenOf(before: Seen, { deployment, events }: Look): Seen {
  return {
    headline: headline(deployment),
    weights: weights(deployment),
    hooks: Object.fromEntries(hooksOf(deployment).map((hook) => [hook.id, hook.status])),
    failures: deployment.deploymentCircuitBreaker?.failureCount ?? before.failures,
    events: [...before.events, ...newEvents(before, events).map((event) => event.id ?? "")],
  };
}

function headlineChange(seen: Seen, deployment: ServiceDeployment): string[] {
  const now = headline(deployment);
  if (now === seen.headline) return [];
  return [deployment.statusReason ? `${now}: ${deployment.statusReason}` : now];
}

const headline = ({ status, lifecycleStage }: ServiceDeployment): string =>
  status === "IN_PROGRESS" ? (lifecycleStage ?? "IN_PROGRESS") : `${status ?? "PENDING"}`;

function weightChange(seen: Seen, deployment: ServiceDeployment): string[] {
  const now = weights(deployment);
  return now && now !== seen.weights ? [`traffic on the new version: ${now}`] : [];
}

function weights({ targetServiceRevision }: ServiceDeployment): string | undefined {
  const { requestedProductionTrafficWeight: production, requestedTestTrafficWeight: test } =
    targetServiceRevision ?? {};
  if (production === undefined && test === undefined) return undefined;
  return `production ${production ?? 0} %, test ${test ?? 0} %`;
}

function hooksOf({ lifecycleHookDetails = [] }: ServiceDeployment) {
  return lifecycleHookDetails.flatMap(({ hookId, status, targetType, expiresAt }) =>
    hookId ? [{ id: hookId, status: status ?? "unknown", type: targetType ?? "hook", expiresAt }] : [],
  );
}

function hookChanges(seen: Seen, deployment: ServiceDeployment): string[] {
  return hooksOf(deployment)
    .filter((hook) => seen.hooks[hook.id] !== hook.status)
    .map(({ type, status, expiresAt }) => {
      const until = status === "AWAITING_ACTION" && expiresAt ? `, until ${expiresAt.toISOString()}` : "";
      return `${type} hook ${status}${until}`;
    });
}

function failureChange(seen: Seen, { deploymentCircuitBreaker }: ServiceDeployment): string[] {
  const { failureCount = 0, threshold } = deploymentCircuitBreaker ?? {};
  return failureCount > seen.failures ? [`failed tasks: ${failureCount} of ${threshold ?? "?"} that ECS allows`] : [];
}

/** Oldest first. */
const newEvents = (seen: Seen, events: readonly ServiceEvent[]): ServiceEvent[] =>
  events.filter((event) => !seen.events.includes(event.id ?? "")).reverse();
