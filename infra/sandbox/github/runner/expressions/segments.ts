export interface Segment {
  readonly kind: "text" | "expression";
  readonly text: string;
}

/** Splits `a ${{ b }} c` into text and expressions; `}}` inside an expression's quotes does not end it. */
export function segmentsOf(value: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  while (at < value.length) {
    const open = value.indexOf("${{", at);
    const close = open < 0 ? -1 : closing(value, open + 3);
    if (close < 0) break;
    if (open > at) segments.push({ kind: "text", text: value.slice(at, open) });
    segments.push({ kind: "expression", text: value.slice(open + 3, close).trim() });
    at = close + 2;
  }
  if (at < value.length || segments.length === 0) segments.push({ kind: "text", text: value.slice(at) });
  return segments;
}

function closing(value: string, from: number): number {
  let quoted = false;
  for (let i = from; i < value.length; i++) {
    if (value[i] === "'") quoted = !quoted;
    else if (!quoted && value.startsWith("}}", i)) return i;
  }
  return -1;
}
