import { ComputeError, type PulledImage, type PullRequest } from "../driver.ts";
import { collect, type DockerEngine } from "./engine.ts";

interface ImageBody {
  readonly Id: string;
  readonly RepoDigests: readonly string[] | null;
  readonly Architecture: string;
  readonly Config: {
    readonly Env?: string[] | null;
    readonly Entrypoint?: string[] | null;
    readonly Cmd?: string[] | null;
    readonly WorkingDir?: string;
    readonly Labels?: Record<string, string> | null;
  };
}

/** `Basic dXNlcjpwYXNz` as the engine's own header wants it. */
function registryAuth({ reference, authorization }: PullRequest): Record<string, string> {
  const [username, ...password] = Buffer.from(authorization?.replace(/^Basic /, "") ?? "", "base64")
    .toString()
    .split(":");
  if (!username) return {};
  const value = { username, password: password.join(":"), serveraddress: reference.split("/")[0] };
  // The engine wants base64url with padding, which Node's own leaves out.
  const encoded = Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  return { "x-registry-auth": encoded };
}

/** The engine pulls, and reports progress and failure as lines of JSON in an answer with status 200. */
export async function pullImage(engine: DockerEngine, request: PullRequest): Promise<PulledImage> {
  try {
    const query = { fromImage: request.reference };
    const answer = await engine.stream({
      method: "POST",
      path: "/images/create",
      query,
      headers: registryAuth(request),
    });
    for (const line of (await collect(answer)).toString().split("\n")) {
      const { error } = JSON.parse(line || "{}") as { error?: string };
      if (error) throw new Error(error);
    }
    return await readImage(engine, request.reference);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ComputeError("CannotPullContainerError", `pull image manifest for ${request.reference}: ${message}`);
  }
}

async function readImage(engine: DockerEngine, reference: string): Promise<PulledImage> {
  const image = await engine.call<ImageBody>({ method: "GET", path: `/images/${reference}/json` });
  const { Env, Entrypoint, Cmd, WorkingDir, Labels } = image.Config;
  const repository = reference.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  const digest = image.RepoDigests?.find((one) => one.startsWith(`${repository}@`))?.split("@")[1];
  return {
    reference,
    digest: digest ?? image.Id,
    config: {
      environment: Env ?? [],
      entryPoint: Entrypoint ?? [],
      command: Cmd ?? [],
      workingDirectory: WorkingDir || undefined,
      labels: Labels ?? {},
      architecture: image.Architecture,
    },
  };
}
