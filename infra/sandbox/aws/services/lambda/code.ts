import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, normalize, sep } from "node:path";
import { unzipSync } from "fflate";
import { AwsError } from "../../kernel.ts";

/** Bytes of all files of a function together; AWS's limit. */
const MAX_UNZIPPED = 262_144_000;

/** The scopes of the AWS SDK, which Lambda's Node runtimes bring along; here those that the sandbox has installed. */
const RUNTIME_SCOPES = ["@aws-sdk", "@smithy"];

function unzip(bytes: Uint8Array): [path: string, content: Uint8Array][] {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        return total < MAX_UNZIPPED;
      },
    });
    if (total < MAX_UNZIPPED) return Object.entries(files).filter(([path]) => !path.endsWith("/"));
  } catch {
    throw new AwsError(
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  }
  throw new AwsError("InvalidParameterValueException", `Unzipped size must be smaller than ${MAX_UNZIPPED} bytes`);
}

/** A path of the zip below the folder. @throws AwsError when it leads out of it. */
function below(folder: string, path: string): string {
  const target = normalize(join(folder, path));
  if (target.startsWith(folder + sep) && !path.includes("\0")) return target;
  throw new AwsError(
    "InvalidParameterValueException",
    `The zip holds a path outside its root: ${JSON.stringify(path)}.`,
  );
}

function runtimeModules(): string | undefined {
  try {
    const anchor = createRequire(import.meta.url).resolve("@aws-sdk/client-lambda/package.json");
    return dirname(dirname(dirname(anchor)));
  } catch {
    return undefined;
  }
}

/**
 * The code of all functions, each once, by the SHA-256 of its zip: `<sha>/code.zip` and unpacked in `<sha>/task`.
 * Beside `task` lie a package.json, so that no package.json of the machine decides whether a `.js` file is a module,
 * and links to the AWS SDK, where Node's own look-up finds them as it finds the runtime's at AWS.
 */
export class CodeStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Root of the unpacked code. */
  root(code: string): string {
    return join(this.#folder, code, "task");
  }

  zip(code: string): Promise<Buffer> {
    return readFile(join(this.#folder, code, "code.zip"));
  }

  has(code: string): boolean {
    return /^[0-9a-f]{64}$/.test(code) && existsSync(join(this.#folder, code));
  }

  /** Written beside and renamed: a crash leaves no half of a function. @returns the code's name. */
  async add(bytes: Uint8Array): Promise<string> {
    const code = createHash("sha256").update(bytes).digest("hex");
    if (this.has(code)) return code;
    const files = unzip(bytes);
    if (files.length === 0)
      throw new AwsError("InvalidParameterValueException", "Uploaded file must be a non-empty zip");
    const part = join(this.#folder, `${code}.part`);
    await rm(part, { recursive: true, force: true });
    try {
      await this.#write(part, bytes, files);
      await rename(part, join(this.#folder, code));
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      if (!this.has(code)) throw error; // else somebody else added the same code meanwhile
    }
    return code;
  }

  async #write(part: string, bytes: Uint8Array, files: readonly (readonly [string, Uint8Array])[]): Promise<void> {
    const task = join(part, "task");
    await mkdir(task, { recursive: true });
    for (const [path, content] of files) {
      const target = below(task, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    await writeFile(join(part, "code.zip"), bytes);
    await writeFile(join(part, "package.json"), "{}");
    await this.#linkRuntime(join(part, "node_modules"));
  }

  async #linkRuntime(folder: string): Promise<void> {
    const modules = runtimeModules();
    if (!modules) return;
    await mkdir(folder);
    for (const scope of RUNTIME_SCOPES)
      if (existsSync(join(modules, scope))) await symlink(join(modules, scope), join(folder, scope), "dir");
  }

  /** Removes the code that nothing needs any more. */
  async keep(used: ReadonlySet<string>): Promise<void> {
    const present = existsSync(this.#folder) ? await readdir(this.#folder) : [];
    const unused = present.filter((name) => !used.has(name) && !name.endsWith(".part"));
    for (const name of unused) await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}
