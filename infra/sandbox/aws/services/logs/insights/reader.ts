import { malformed, type Token, type TokenKind, tokensOf } from "./tokens.ts";

/** Reads a query's tokens one after the other; keywords do not care about capitals. */
const DEEPEST = 64;

export class TokenReader {
  readonly query: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(query: string) {
    this.query = query;
    this.#tokens = tokensOf(query);
  }

  get token(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", start: this.query.length, end: this.query.length };
  }

  /** End of the token before the present one. */
  get before(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  is(kind: TokenKind, text?: string): boolean {
    return this.token.kind === kind && (text === undefined || this.token.text.toLowerCase() === text);
  }

  take(): Token {
    const { token } = this;
    this.#next++;
    return token;
  }

  accept(kind: TokenKind, text?: string): Token | undefined {
    return this.is(kind, text) ? this.take() : undefined;
  }

  /** @throws AwsError MalformedQueryException */
  expect(kind: TokenKind, text?: string): Token {
    const found = this.accept(kind, text);
    if (!found) throw this.unexpected();
    return found;
  }

  unexpected() {
    const { kind, text } = this.token;
    return malformed(kind === "end" ? "unexpected end of the query" : `unexpected symbol found ${text}`, this.token);
  }

  nested<T>(parse: () => T): T {
    if (++this.#depth > DEEPEST) throw malformed(`nested deeper than ${DEEPEST} levels`, this.token);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** One or more, with commas between them. */
  list<T>(parse: () => T): T[] {
    const items = [parse()];
    while (this.accept("operator", ",")) items.push(parse());
    return items;
  }
}
