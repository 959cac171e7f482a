/**
 * How deployments go: sections 2.1, 2.2, 2.5 to 2.8 and 4 of the specification. Loading the sandbox and the SDK costs
 * more than most stories, and every test file pays for it, so stories share a file; each has a sandbox of its own.
 * One section alone: `npm test -- test/engine -t "2.6"`.
 */
import "./stages.stories.ts";
import "./statuses.stories.ts";
import "./first-deployment.stories.ts";
import "./concurrent.stories.ts";
import "./flavours.stories.ts";
import "./balancer.stories.ts";
import "./hook-events.stories.ts";
