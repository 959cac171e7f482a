import { statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { GithubError } from "../../contract.ts";
import { isGlob } from "../../globs.ts";
import { findFiles } from "../job/hash-files.ts";
import { flag, input, type StandInRequest } from "./stand-in.ts";

/** Characters that GitHub refuses in an artifact's name. */
const FORBIDDEN = /["<>|*?\r\n\\/:]/;

/** `actions/upload-artifact`: into this run's own store. */
export async function uploadArtifact(request: StandInRequest): Promise<void> {
  const { job, run } = request;
  const name = input(request, "name", "artifact");
  if (FORBIDDEN.test(name))
    throw new GithubError(`artifact name "${name}" holds a forbidden character; none of " < > | * ? \\ / : is allowed`);
  const patterns = input(request, "path");
  if (!patterns) throw new GithubError("input path is missing; it is required");
  const files = filesOf(request, patterns);
  if (files.length === 0) return nothingFound(request, patterns);
  const root = rootOf(job.dirs.workspace, patterns, files);
  const entries = files.map((source) => ({ source, path: relative(root, source) }));
  const stored = job.run.artifacts.save(name, entries, flag(request, "overwrite", false));
  run.outputs["artifact-id"] = String(stored.id);
  run.outputs["artifact-digest"] = stored.digest;
  run.outputs["artifact-url"] = artifactUrl(request, stored.id);
  run.log(`Artifact ${name}: ${stored.files} file(s), ${stored.bytes} bytes, SHA-256 ${stored.digest}`);
}

function filesOf(request: StandInRequest, patterns: string): string[] {
  const { workspace } = request.job.dirs;
  const hidden = flag(request, "include-hidden-files", false);
  const visible = (path: string) =>
    hidden ||
    !relative(workspace, path)
      .split(sep)
      .some((part) => part.startsWith(".") && part !== "..");
  return findFiles(workspace, [patterns], visible);
}

/** A single path is its own root; several keep their folders below what they have in common. */
function rootOf(workspace: string, patterns: string, files: readonly string[]): string {
  const lines = patterns.split("\n").map((line) => line.trim());
  const searched = lines
    .filter((line) => line && !line.startsWith("!") && !line.startsWith("#"))
    .map((pattern) => {
      const parts = resolve(workspace, pattern).split(sep);
      const glob = parts.findIndex(isGlob);
      return (glob < 0 ? parts : parts.slice(0, glob)).join(sep) || sep;
    });
  const [only] = searched;
  if (searched.length === 1 && only) return statSync(only, { throwIfNoEntry: false })?.isFile() ? dirname(only) : only;
  return commonFolder(searched.length > 0 ? searched : files);
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) =>
    (statSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path).split(sep),
  );
  const [first = [], ...rest] = folders;
  const length = first.findIndex((part, i) => rest.some((other) => other[i] !== part));
  return (length < 0 ? first : first.slice(0, length)).join(sep) || sep;
}

function nothingFound(request: StandInRequest, patterns: string): void {
  const message = `No files were found with the provided path: ${patterns}. No artifacts will be uploaded.`;
  const mode = input(request, "if-no-files-found", "warn");
  if (mode === "error") throw new GithubError(message);
  if (mode === "warn") request.run.annotate({ level: "warning", message });
  else if (mode !== "ignore")
    throw new GithubError(`input if-no-files-found is "${mode}"; allowed: warn, error, ignore`);
  request.run.log(message);
}

function artifactUrl(request: StandInRequest, id: number): string {
  const github = request.job.contexts.github as Record<string, string>;
  return `${github.server_url}/${github.repository}/actions/runs/${github.run_id}/artifacts/${id}`;
}
