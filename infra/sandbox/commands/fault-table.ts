import type { Fault, FaultHit, FaultPlace } from "../faults/fault.ts";
import { aligned } from "./table.ts";

/** As JSON carries it: dates are text. */
type OverTheWire<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] };

export interface FaultList {
  readonly faults: readonly OverTheWire<Fault>[];
  readonly hits: readonly OverTheWire<FaultHit>[];
}

const HEAD = ["id", "kind", "where", "settings", "hits", "state"];

export function faultTable(faults: FaultList["faults"]): string[] {
  if (faults.length === 0) return ["There is no fault."];
  return aligned([
    HEAD,
    ...faults.map((fault) => [
      fault.id,
      fault.kind,
      placeText(fault.scope),
      settingsText(fault),
      fault.count === undefined ? String(fault.hits) : `${fault.hits} of ${fault.count}`,
      fault.isOver ? "over" : "active",
    ]),
  ]);
}

export function hitTable(hits: FaultList["hits"]): string[] {
  if (hits.length === 0) return ["No fault has acted."];
  const rows = hits.map(({ at, faultId, kind, where }) => [at, faultId, kind, placeText(where)]);
  return aligned([["at", "fault", "kind", "where"], ...rows]);
}

function placeText({ service, operation, agent, revision, taskDefinition }: FaultPlace): string {
  const last = (arn: string | undefined) => arn?.split("/").at(-1);
  const parts = [service, operation, agent, last(revision) ?? last(taskDefinition)];
  return parts.filter((part) => part !== undefined).join(" ") || "everywhere";
}

function settingsText({ probability, seconds, status, rate }: FaultList["faults"][number]): string {
  const parts = [
    ...(probability < 1 ? [`${Number((probability * 100).toPrecision(6))} %`] : []),
    ...(seconds === undefined ? [] : [`${seconds} s`]),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(rate === undefined ? [] : [`${rate}/s`]),
  ];
  return parts.join(", ") || "-";
}
