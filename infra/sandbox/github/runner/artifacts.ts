import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ArtifactResult, GithubError } from "../contract.ts";
import { pathGlob } from "../globs.ts";

export interface StoredArtifact extends ArtifactResult {
  readonly id: number;
  readonly digest: string;
}

export interface ArtifactEntry {
  /** Path inside the artifact. */
  readonly path: string;
  readonly source: string;
}

/** The artifacts of one run, as folders. As on GitHub, only contents survive: no modes, no links. */
export class ArtifactStore {
  readonly #dir: string;
  readonly #stored = new Map<string, StoredArtifact>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  get all(): readonly StoredArtifact[] {
    return [...this.#stored.values()];
  }

  /** @throws {GithubError} when the name is taken and `overwrite` is off. */
  save(name: string, entries: readonly ArtifactEntry[], overwrite: boolean): StoredArtifact {
    if (this.#stored.has(name) && !overwrite)
      throw new GithubError(`an artifact with the name "${name}" already exists in this run; use overwrite: true`);
    const id = this.#stored.size + 1;
    const dir = join(this.#dir, encodeURIComponent(name));
    rmSync(dir, { recursive: true, force: true });
    const hash = createHash("sha256");
    let bytes = 0;
    for (const { path, source } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const content = readFileSync(source);
      bytes += content.length;
      hash.update(`${path}\0${content.length}\0`).update(content);
      const target = join(dir, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    const stored = { name, dir, files: entries.length, bytes, id, digest: hash.digest("hex") };
    this.#stored.set(name, stored);
    return stored;
  }

  get(name: string): StoredArtifact | undefined {
    return this.#stored.get(name);
  }

  matching(pattern: string): StoredArtifact[] {
    const glob = pathGlob(pattern);
    return this.all.filter((artifact) => glob.test(artifact.name));
  }

  copyTo(artifact: StoredArtifact, target: string): void {
    mkdirSync(target, { recursive: true });
    if (!existsSync(artifact.dir)) return;
    for (const file of readdirSync(artifact.dir, { recursive: true, withFileTypes: true }))
      if (file.isFile()) {
        const source = join(file.parentPath, file.name);
        copyPlain(source, join(target, source.slice(artifact.dir.length + 1)));
      }
  }
}

function copyPlain(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}
