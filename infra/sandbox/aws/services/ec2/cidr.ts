/** IPv4 blocks. */
export interface Block {
  /** First address as a number. */
  readonly start: number;
  readonly size: number;
  readonly prefix: number;
}

function addressOf(text: string): number | undefined {
  const parts = text.split(".").map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length !== 4 || !parts.every((part) => part >= 0 && part <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** `undefined` for anything but `a.b.c.d/n` whose host bits are zero. */
export function parseBlock(cidr: string): Block | undefined {
  const [address = "", length = ""] = cidr.split("/");
  const start = addressOf(address);
  const prefix = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN;
  if (start === undefined || !(prefix >= 0 && prefix <= 32)) return undefined;
  const size = 2 ** (32 - prefix);
  return start % size === 0 ? { start, size, prefix } : undefined;
}

export const contains = (outer: Block, inner: Block): boolean =>
  inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;

export const overlaps = (a: Block, b: Block): boolean => a.start < b.start + b.size && b.start < a.start + a.size;

export const addressIn = ({ start }: Block, offset: number): string => {
  const address = start + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
};
