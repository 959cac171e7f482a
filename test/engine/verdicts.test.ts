/** What refuses, holds or turns back a deployment: sections 1.5, 2.3, 2.4 and 3 of the specification. */
import "./request-errors.stories.ts";
import "./deployment-errors.stories.ts";
import "./rollback-triggers.stories.ts";
import "./alarms.stories.ts";
import "./circuit-breaker.stories.ts";
import "./rollback.stories.ts";
import "./lambda-hooks.stories.ts";
import "./pause-hooks.stories.ts";
