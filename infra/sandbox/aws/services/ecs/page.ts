/** One page of a list. The token is the offset of the next page, as opaque to clients as any other token. */
export function page<T>(
  all: readonly T[],
  input: { nextToken?: string; maxResults?: number },
  defaultSize: number,
): { items: T[]; nextToken?: string } {
  const start = input.nextToken ? Number(input.nextToken) : 0;
  const end = start + (input.maxResults ?? defaultSize);
  return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : undefined };
}
