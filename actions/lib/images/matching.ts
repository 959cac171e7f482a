import { compare, valid } from "semver";
import { type Advisory, type AffectedPackage, type AffectedRange, isNpm } from "./advisories.ts";
import type { BundledPackage } from "./packages.ts";
import { type Severity, severityOf } from "./severity.ts";

/** One known vulnerability of one package in the image. */
export interface Finding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly package: string;
  readonly version: string;
  /** Undefined when the advisory states none that can be read. */
  readonly severity?: Severity;
  /** The lowest later version that the advisory does not affect any more; undefined when none is known. */
  readonly fixedIn?: string;
}

/** All advisories that apply to the packages, the worst first. */
export function matchAdvisories(packages: readonly BundledPackage[], advisories: readonly Advisory[]): Finding[] {
  const byName = new Map<string, { advisory: Advisory; affected: AffectedPackage }[]>();
  for (const advisory of advisories)
    for (const affected of (advisory.affected ?? []).filter(isNpm)) {
      const name = affected.package?.name ?? "";
      byName.set(name, [...(byName.get(name) ?? []), { advisory, affected }]);
    }
  const findings = packages.flatMap((found) =>
    (byName.get(found.name) ?? [])
      .filter(({ affected }) => isAffected(affected, found.version))
      .map(({ advisory, affected }) => findingOf(found, advisory, affected)),
  );
  const unique = new Map(findings.map((finding) => [`${finding.id} ${finding.package}@${finding.version}`, finding]));
  return [...unique.values()].sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
}

/** OSV's evaluation: a version is affected when it is listed, or lies in a range of versions. */
export function isAffected(affected: Pick<AffectedPackage, "versions" | "ranges">, version: string): boolean {
  if (affected.versions?.includes(version)) return true;
  return (affected.ranges ?? []).some((range) => isVersionRange(range) && isInRange(range, version));
}

/** npm's ECOSYSTEM order is semantic versioning, the same as SEMVER; ranges of git commits say nothing about versions. */
const isVersionRange = (range: AffectedRange): boolean => range.type === "SEMVER" || range.type === "ECOSYSTEM";

function isInRange(range: AffectedRange, version: string): boolean {
  if (!valid(version)) return false;
  const limits = range.events.flatMap((event) => (event.limit ? [event.limit] : []));
  if (limits.length > 0 && !limits.some((limit) => limit === "*" || before(version, limit))) return false;
  const events = range.events.filter((event) => event.limit === undefined);
  // Where a range ends at the version at which it begins, the end counts.
  const sorted = events.toSorted(
    (a, b) =>
      order(versionOf(a), versionOf(b)) || Number(a.introduced === undefined) - Number(b.introduced === undefined),
  );
  let inside = false;
  for (const event of sorted) {
    if (event.introduced !== undefined && order(version, versionOf(event)) >= 0) inside = true;
    else if (event.fixed !== undefined && order(version, event.fixed) >= 0) inside = false;
    else if (event.last_affected !== undefined && order(version, event.last_affected) > 0) inside = false;
  }
  return inside;
}

/** An `introduced` that is no version counts as the very first: doubt must not hide an affected version. */
const versionOf = ({ introduced, fixed, last_affected }: AffectedRange["events"][number]): string =>
  introduced === undefined ? (fixed ?? last_affected ?? "0") : valid(introduced) ? introduced : "0";

/** `0` is before every version; a limit that is no version is after all, so that it never hides an affected one. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "0") return -1;
  if (b === "0") return 1;
  const [left, right] = [valid(a), valid(b)];
  if (left && right) return compare(left, right);
  return left ? -1 : 1;
}

const before = (a: string, b: string): boolean => order(a, b) < 0;

function findingOf(found: BundledPackage, advisory: Advisory, affected: AffectedPackage): Finding {
  const entries = (advisory.affected ?? []).filter((entry) => isNpm(entry) && entry.package?.name === found.name);
  const ranges = entries.flatMap((entry) => entry.ranges ?? []).filter(isVersionRange);
  const fixes = ranges.flatMap((range) => range.events.map((event) => event.fixed)).filter((fix) => fix !== undefined);
  const later = fixes.filter((fix) => valid(fix) && before(found.version, fix));
  const sound = later.filter((fix) => !entries.some((entry) => isAffected(entry, fix)));
  return {
    id: advisory.id,
    aliases: advisory.aliases ?? [],
    summary: advisory.summary ?? "",
    package: found.name,
    version: found.version,
    severity: severityOf(advisory, affected),
    fixedIn: sound.sort(order)[0],
  };
}

/** An unknown severity ranks highest: somebody must look at it. */
const rank = (finding: Finding): number =>
  finding.severity ? ["low", "medium", "high", "critical"].indexOf(finding.severity) : 4;
