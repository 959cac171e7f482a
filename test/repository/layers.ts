import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One import that breaks the layers of design section 2, as a sentence a newcomer understands. */
export interface LayerFault {
  readonly file: string;
  readonly sentence: string;
}

interface Area {
  /** 4 is the top; imports go down only. */
  readonly level: number;
  /** Siblings of a level never import each other; files of one area may. */
  readonly area: string;
}

/** The table itself, from the most special to the most general pattern. */
const TABLE: readonly [RegExp, (match: RegExpExecArray) => Area][] = [
  [/^test\//, () => ({ level: 3, area: "test" })],
  [/^actions\/lib\//, () => ({ level: 1, area: "actions/lib" })],
  [/^actions\/main\.ts$/, () => ({ level: 2.5, area: "actions/main.ts" })],
  [/^actions\/([^/]+)\//, (match) => ({ level: 2, area: `actions/${match[1]}` })],
  [/^infra\/sandbox\//, () => ({ level: 2, area: "infra/sandbox" })],
  [/^infra\/aws\//, () => ({ level: 2, area: "infra/aws" })],
  [/^agents\/runtime\//, () => ({ level: 0, area: "agents/runtime" })],
  [/^agents\/([^/]+)\/(src|data)\//, (match) => ({ level: 0, area: `agents/${match[1]}` })],
  [/^agents\/[^/]+\.ts$/, () => ({ level: 0, area: "the vocabulary in agents/" })],
];

/** @returns every import of `files` that goes up or sideways. @param files repository paths of TypeScript files. */
export function layerFaults(root: string, files: readonly string[]): LayerFault[] {
  return files.flatMap((file) =>
    importsOf(readFileSync(join(root, file), "utf8")).flatMap((specifier) => {
      const target = normalize(join(dirname(file), specifier));
      const sentence = fault(file, target);
      return sentence ? [{ file, sentence }] : [];
    }),
  );
}

/** Relative imports of a module: static, re-exported and dynamic. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g)].flatMap((match) => match[1] ?? []);
}

function fault(file: string, target: string): string | undefined {
  const from = areaOf(file);
  const to = areaOf(target);
  if (!from || !to || from.area === to.area) return undefined;
  if (to.area === "test") return `${file} imports ${target}: nothing imports tests.`;
  if (from.area.startsWith("agents/"))
    return to.area === "agents/runtime"
      ? undefined
      : `${file} imports ${target}: an agent imports agents/runtime/ only.`;
  if (/^agents\/(?!runtime)/.test(to.area) && from.area !== "test")
    return `${file} imports ${target}: no other layer imports an agent's code.`;
  if (to.area === "agents/runtime" && from.area !== "test")
    return `${file} imports ${target}: agents/runtime/ is for agents only.`;
  if (to.level > from.level) return `${file} imports ${target}: that is a higher layer, and imports only go down.`;
  if (to.level === from.level) return `${file} imports ${target}: siblings in a layer never import each other.`;
  if (from.area === "infra/sandbox" && to.level > 0)
    return `${file} imports ${target}: the sandbox is an independent witness and reads products as data.`;
  return undefined;
}

function areaOf(file: string): Area | undefined {
  for (const [pattern, area] of TABLE) {
    const match = pattern.exec(file);
    if (match) return area(match);
  }
  return undefined;
}
