import { GithubError, type Json, type JsonObject } from "../../contract.ts";

/** GitHub generates at most this many jobs from one matrix. */
const MAX_JOBS = 256;

/**
 * The combinations of `strategy.matrix`, already evaluated: the product of the vectors, less `exclude`, then each
 * `include` extends the combinations whose original values it does not contradict, or stands alone.
 * @throws {GithubError} when a vector is empty, or more than 256 jobs would run.
 */
export function expandMatrix(matrix: Json): JsonObject[] {
  if (matrix === null || typeof matrix !== "object" || Array.isArray(matrix))
    throw new GithubError(`strategy.matrix is ${JSON.stringify(matrix)}; allowed: a mapping of lists`);
  const { include, exclude, ...vectors } = matrix as JsonObject;
  const originals = product(vectors).filter((job) => !mappings(exclude, "exclude").some((e) => agrees(e, job)));
  const jobs = extend(originals, mappings(include, "include"), Object.keys(vectors).length > 0);
  if (jobs.length > MAX_JOBS)
    throw new GithubError(`strategy.matrix makes ${jobs.length} jobs; allowed: at most ${MAX_JOBS}`);
  if (jobs.length === 0)
    throw new GithubError("strategy.matrix does not contain any values; allowed: at least one job");
  return jobs;
}

/** The suffix of a job's name: the values of its combination, e.g. ` (alpha, 20)`. */
export function matrixSuffix(combination: JsonObject | null): string {
  const values = leaves(combination ?? {});
  return values.length > 0 ? ` (${values.join(", ")})` : "";
}

function leaves(value: Json): string[] {
  if (value === null) return [];
  if (typeof value !== "object") return [String(value)];
  return Object.values(value).flatMap((item) => leaves(item ?? null));
}

function product(vectors: JsonObject): JsonObject[] {
  const names = Object.keys(vectors);
  if (names.length === 0) return [];
  let jobs: JsonObject[] = [{}];
  for (const name of names) {
    const values = vectors[name];
    if (!Array.isArray(values))
      throw new GithubError(`strategy.matrix.${name} is ${JSON.stringify(values)}; allowed: a list`);
    if (values.length === 0) throw new GithubError(`Matrix vector '${name}' does not contain any values`);
    jobs = jobs.flatMap((job) => values.map((value) => ({ ...job, [name]: value })));
  }
  return jobs;
}

function extend(originals: readonly JsonObject[], includes: readonly JsonObject[], vectors: boolean): JsonObject[] {
  const jobs = originals.map((original) => ({ original, added: {} as Record<string, Json | undefined> }));
  const alone: JsonObject[] = [];
  for (const include of includes) {
    const extended = vectors ? jobs.filter(({ original }) => !contradicts(include, original)) : [];
    for (const job of extended) Object.assign(job.added, include);
    if (extended.length === 0) alone.push(include);
  }
  return [...jobs.map(({ original, added }) => ({ ...original, ...added })), ...alone];
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b);
const agrees = (part: JsonObject, job: JsonObject) => Object.keys(part).every((key) => same(part[key], job[key]));
const contradicts = (include: JsonObject, original: JsonObject) =>
  Object.keys(include).some((key) => key in original && !same(include[key], original[key]));

function mappings(value: Json | undefined, name: string): JsonObject[] {
  if (value === undefined || value === null) return [];
  const valid = Array.isArray(value) && value.every((v) => v !== null && typeof v === "object" && !Array.isArray(v));
  if (!valid) throw new GithubError(`strategy.matrix.${name} is ${JSON.stringify(value)}; allowed: a list of mappings`);
  return value as JsonObject[];
}
