/** What deployments survive: faults on purpose, and the sandbox's own end. */
import "./faults.stories.ts";
import "./restart.stories.ts";
import "./lambda-hooks-restart.stories.ts";
