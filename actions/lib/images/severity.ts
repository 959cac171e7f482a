import type { Advisory, AffectedPackage, SeverityScore } from "./advisories.ts";

export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * How bad an advisory is for one affected package: the worst of what it states by name and by CVSS vector; undefined
 * when it states nothing that can be read (CVSS 4 vectors are not computed: their records name a severity as well).
 */
export function severityOf(advisory: Advisory, affected?: AffectedPackage): Severity | undefined {
  const named = [advisory.database_specific?.severity, affected?.database_specific?.severity].map(byName);
  const scored = [...(advisory.severity ?? []), ...(affected?.severity ?? [])].map(byScore);
  const found = [...named, ...scored].filter((severity) => severity !== undefined);
  return found.sort((a, b) => SEVERITIES.indexOf(b) - SEVERITIES.indexOf(a))[0];
}

export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);

function byName(name: string | null | undefined): Severity | undefined {
  const lower = name?.toLowerCase();
  return lower === "moderate" ? "medium" : SEVERITIES.find((severity) => severity === lower);
}

function byScore({ type, score }: SeverityScore): Severity | undefined {
  const base = type === "CVSS_V3" ? cvss3BaseScore(score) : undefined;
  if (base === undefined) return undefined;
  // The qualitative scale of the CVSS 3.1 specification, section 5; a score of 0 has no severity to act on.
  if (base >= 9) return "critical";
  if (base >= 7) return "high";
  if (base >= 4) return "medium";
  return "low";
}

/** Weights of the base metrics, CVSS 3.1 specification, section 7.4. */
const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
const PRIVILEGES: Readonly<Record<string, readonly [unchanged: number, changed: number]>> = {
  N: [0.85, 0.85],
  L: [0.62, 0.68],
  H: [0.27, 0.5],
};

/** Base score of a CVSS 3.0 or 3.1 vector (specification section 7.1); undefined when it is not a whole vector. */
export function cvss3BaseScore(vector: string): number | undefined {
  const [version, ...parts] = vector.split("/");
  if (version !== "CVSS:3.0" && version !== "CVSS:3.1") return undefined;
  const metrics = Object.fromEntries(parts.map((part) => part.split(":") as [string, string]));
  const changed = metrics.S === "C";
  if (!changed && metrics.S !== "U") return undefined;
  const weight = (name: string) => WEIGHTS[name]?.[metrics[name] ?? ""] ?? Number.NaN;
  const privileges = PRIVILEGES[metrics.PR ?? ""]?.[changed ? 1 : 0] ?? Number.NaN;
  const lost = 1 - (1 - weight("C")) * (1 - weight("I")) * (1 - weight("A"));
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const exploitability = 8.22 * weight("AV") * weight("AC") * privileges * weight("UI");
  if (Number.isNaN(impact + exploitability)) return undefined;
  if (impact <= 0) return 0;
  return roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
}

/** The smallest number with one decimal that is not smaller; in integers, as the specification's appendix A has it. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}
