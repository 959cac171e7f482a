import { TemplateError } from "./errors.ts";

/**
 * `Fn::Cidr`: `count` blocks of `2^bits` addresses from the start of an IPv4 block.
 * @param bits subnet mask's inverse, e.g. 8 for a /24. Throws TemplateError when they do not fit.
 */
export function cidrBlocks(block: string, count: number, bits: number): string[] {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block);
  const [a, b, c, d, mask] = (match?.slice(1) ?? []).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || mask === undefined)
    throw new TemplateError(`Template error: Fn::Cidr needs an IPv4 block such as 10.0.0.0/16, got '${block}'`);
  if ([a, b, c, d].some((octet) => octet > 255) || mask > 32)
    throw new TemplateError(`Template error: Fn::Cidr got '${block}', which is no valid IPv4 block`);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new TemplateError(`Template error: Fn::Cidr count must be 1 to 256, got ${count}`);
  if (!Number.isInteger(bits) || bits < 1 || bits > 32 - mask || count * 2 ** bits > 2 ** (32 - mask))
    throw new TemplateError(`Template error: Fn::Cidr cannot cut ${count} blocks of ${bits} bits out of ${block}`);
  const start = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / 2 ** (32 - mask)) * 2 ** (32 - mask);
  return Array.from({ length: count }, (_, index) => `${address(start + index * 2 ** bits)}/${32 - bits}`);
}

const address = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
