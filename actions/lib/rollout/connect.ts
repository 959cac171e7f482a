import type { Progress } from "../action.ts";
import { connectCloud } from "../aws/cloud.ts";
import { awsSettings } from "../aws/settings.ts";
import { environmentClock } from "../clock.ts";
import { fetchHttp } from "../gates/http.ts";
import { standingOf } from "../github/ancestry.ts";
import { gitIn } from "../github/git.ts";
import type { Repository } from "../github/repository.ts";
import type { RolloutPorts } from "./request.ts";

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly cancel: AbortSignal;
  /** Folder of the clone that knows the commits. */
  readonly workspace: string;
  readonly region?: string;
  readonly repository?: Repository;
}

/** The real world of a job: AWS, the clone, HTTP, the environment's clock. */
export function connectPorts({ env, progress, cancel, workspace, region, repository }: Surroundings): RolloutPorts {
  return {
    cloud: connectCloud(awsSettings(env, region)),
    http: fetchHttp,
    clock: environmentClock(env),
    ancestry: (commit, live) => standingOf(commit, live, gitIn(workspace), repository),
    line: (text) => progress.line(text),
    cancel,
  };
}
