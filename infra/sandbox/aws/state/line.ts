import { crc32 } from "node:zlib";

/** A line of a state file: checksum of the rest, a space, JSON. It is there whole or not at all. */
const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0");

export function lineOf(value: unknown): string {
  const text = JSON.stringify(value);
  return `${checksum(text)} ${text}\n`;
}

/** @param line without its end. @returns `undefined` when the line was cut off or edited. */
export function parsedLine(line: string): unknown {
  const text = line.slice(9);
  return line.slice(0, 9) === `${checksum(text)} ` ? JSON.parse(text) : undefined;
}
