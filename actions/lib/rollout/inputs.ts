import * as v from "valibot";
import { type AgentManifest, readManifests } from "../../../agents/manifest.ts";
import { InputError } from "../action.ts";

/** Pieces of input schemas that several actions share. Every value arrives as text. */
export const stageInput = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{1,30}$/, "a stage's name such as prod or preview-12"),
);
export const commitInput = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, "a full commit hash of 40 hex digits"));
export const textInput = v.pipe(v.string(), v.minLength(1));
export const urlInput = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, "an http(s) URL such as http://lb.example.com:8080"),
);
export const regionInput = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-west-1"));
export const flagInput = v.pipe(
  v.picklist(["true", "false"]),
  v.transform((text) => text === "true"),
);
export const minutesInput = (most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,5}$/, `whole minutes, 0 to ${most}`),
    v.transform(Number),
    v.maxValue(most, `whole minutes, 0 to ${most}`),
  );
export const secondsInput = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, "whole seconds, 1 to 300"),
  v.transform(Number),
  v.minValue(1, "whole seconds, 1 to 300"),
  v.maxValue(300, "whole seconds, 1 to 300"),
);

/** @throws {InputError} that lists the agents there are. */
export function agentManifest(agentsDir: string, name: string): AgentManifest {
  const manifests = readManifests(agentsDir);
  const found = manifests.find((manifest) => manifest.name === name);
  if (found) return found;
  const allowed = manifests.map((manifest) => manifest.name).join(", ") || `none under ${agentsDir}`;
  throw new InputError(`agent: got "${name}"; allowed: ${allowed}.`);
}
