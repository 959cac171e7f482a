/** Statuses of an ECS service deployment from which it does not move any more (developer guide, "service deployment"). */
const TERMINAL: ReadonlySet<string> = new Set(["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]);

export const isTerminal = (status: string | undefined): boolean => status !== undefined && TERMINAL.has(status);
export const isRunning = (status: string | undefined): boolean => status !== undefined && !TERMINAL.has(status);

/** A rollback is asked for or under way, so asking again changes nothing. */
export const isGoingBack = (status: string | undefined): boolean =>
  status !== undefined && ["STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"].includes(status);

const ORDER = [
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
  "BAKE_TIME",
  "CLEAN_UP",
];

/** From `POST_PRODUCTION_TRAFFIC_SHIFT` on, all production traffic is on the new version. */
export const isShifted = (stage: string | undefined): boolean =>
  stage !== undefined && ORDER.indexOf(stage) >= ORDER.indexOf("POST_PRODUCTION_TRAFFIC_SHIFT");

/** In `CLEAN_UP` the old version is being stopped: there is nothing to roll back to any more. */
export const canRollBack = (stage: string | undefined): boolean => stage !== "CLEAN_UP";
