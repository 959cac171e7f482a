import * as v from "valibot";
import type { AdvisorySnapshot } from "./advisories.ts";
import { APP_FOLDER, PACKAGES_FILE } from "./image.ts";
import { readLayerFile } from "./layer.ts";
import { LayoutError, type StoredImage } from "./layout.ts";
import { type Finding, matchAdvisories } from "./matching.ts";
import type { BundledPackage } from "./packages.ts";
import { atLeast, type Severity } from "./severity.ts";

/** `inconclusive`: nothing bad was found, but the data were not whole, so nothing is proven. */
export type ScanVerdict = "pass" | "fail" | "inconclusive";

export interface ScanResult {
  readonly verdict: ScanVerdict;
  readonly findings: readonly Finding[];
  /** The findings that decide: at or above the threshold. */
  readonly blocking: readonly Finding[];
  /** Why the verdict is less certain than it looks; one sentence each. */
  readonly problems: readonly string[];
}

const packagesSchema = v.object({
  format: v.literal(1),
  packages: v.array(v.object({ name: v.string(), version: v.string(), license: v.string(), purl: v.string() })),
});

/**
 * The npm packages whose code is in an image, from the list inside its own layer, which its digest vouches for.
 * @throws {LayoutError} when the image has no such list.
 */
export async function packagesInImage(image: StoredImage): Promise<readonly BundledPackage[]> {
  const own = image.manifest.layers.at(-1);
  const layer = own && image.blobs.get(own.digest);
  const name = `${APP_FOLDER}/${PACKAGES_FILE}`;
  const file = layer && (await readLayerFile(layer, name).catch(() => undefined));
  if (!file)
    throw new LayoutError(`The image has no list of its packages (/${name} in its last layer). Build it again.`);
  try {
    return v.parse(packagesSchema, JSON.parse(file.toString("utf8"))).packages;
  } catch (cause) {
    throw new LayoutError(`The image's list of packages, /${name}, is wrong: ${(cause as Error).message}.`);
  }
}

/** Judges packages by a snapshot of advisories. A finding decides even when the data are not whole; silence does not. */
export function judge(packages: readonly BundledPackage[], snapshot: AdvisorySnapshot, failOn: Severity): ScanResult {
  const findings = matchAdvisories(packages, snapshot.advisories);
  const blocking = findings.filter((finding) => finding.severity && atLeast(finding.severity, failOn));
  const unrated = findings.filter((finding) => !finding.severity);
  const problems = [
    ...snapshot.problems,
    ...unrated.map(({ id, package: name }) => `${id} (${name}) states no severity that can be read`),
  ];
  const verdict = blocking.length > 0 ? "fail" : problems.length > 0 ? "inconclusive" : "pass";
  return { verdict, findings, blocking, problems };
}
