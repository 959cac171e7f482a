import { createHash } from "node:crypto";

/**
 * The only place that builds names, tags and parameter paths: one truth for CDK, actions and docs.
 * A stage is a word with an optional number (`prod`, `preview-12`) and an agent's name starts with a letter, so
 * `<stage>-<agent>` can be read in one way only and no two pairs share a name.
 */

export const PROJECT = "karmacadabra";

/** SSM parameter whose value is the digest URI that runs; its history is the ledger's spine. */
export const imageParameter = (stage: string, agent: string): string => `/${PROJECT}/${stage}/${agent}/image`;

/** SSM parameter with the JSON record (commit, run, actor, verdict) of the last proven deployment. */
export const ledgerParameter = (stage: string, agent: string): string => `/${PROJECT}/${stage}/${agent}/ledger`;

/** SSM parameter with the digests that a rollback refused; a re-run of an old workflow cannot bring them back. */
export const blockedParameter = (stage: string, agent: string): string => `/${PROJECT}/${stage}/${agent}/blocked`;

/** SSM parameter with the fingerprint of the infrastructure that was last deployed. */
export const infrastructureParameter = (stage: string): string => `/${PROJECT}/${stage}/infrastructure`;

export const clusterName = (stage: string): string => `${PROJECT}-${stage}`;
export const serviceName = (stage: string, agent: string): string => `${PROJECT}-${stage}-${agent}`;
export const taskFamily = (stage: string, agent: string): string => `${PROJECT}-${stage}-${agent}`;
export const repositoryName = (agent: string): string => `${PROJECT}/${agent}`;
export const logGroupName = (stage: string, agent: string): string => `/ecs/${PROJECT}-${stage}/${agent}`;
export const secretName = (stage: string, agent: string): string => `${PROJECT}-${stage}-${agent}`;
/** At most 32 characters, as for target groups (CreateLoadBalancer). */
export const loadBalancerName = (stage: string): string => fitted(`${PROJECT}-${stage}`, "");

/**
 * Target group names must be unique in a region and have at most 32 characters (Elastic Load Balancing API,
 * CreateTargetGroup). A name that would be longer is cut and ends with a hash of the whole, so that two long names
 * never become one.
 */
export const targetGroupName = (stage: string, agent: string, colour: "blue" | "green"): string =>
  fitted(`${stage}-${agent}`, `-${colour}`);

/** Stack names by their role; `agent` stacks are one per agent. Registries belong to the account, not to a stage. */
export const stackName = (
  stage: string,
  role: "network" | "registries" | "cluster" | "routing" | { agent: string },
): string => {
  if (role === "registries") return `${PROJECT}-registries`;
  return `${PROJECT}-${stage}-${typeof role === "string" ? role : role.agent}`;
};

/** Environment variable through which an agent finds a peer it calls, e.g. `KARMA_HELLO_URL`. */
export const peerVariable = (agent: string): string => `${agent.toUpperCase().replaceAll("-", "_")}_URL`;

export const tags = (stage: string, agent?: string): Record<string, string> => ({
  Project: PROJECT,
  Environment: stage,
  ManagedBy: "karmacadabra-delivery",
  ...(agent ? { Agent: agent } : {}),
});

const LOAD_BALANCING_NAME_LIMIT = 32;

function fitted(name: string, suffix: string): string {
  if (name.length + suffix.length <= LOAD_BALANCING_NAME_LIMIT) return name + suffix;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const room = LOAD_BALANCING_NAME_LIMIT - suffix.length - hash.length - 1;
  return `${name.slice(0, room).replace(/-+$/, "")}-${hash}${suffix}`;
}
