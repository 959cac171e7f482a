import type * as v from "valibot";

/** What a handler answers; status 200 unless it says otherwise. */
export interface Answer {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestContext {
  /** For calls to peers and log lines that belong to this request. */
  readonly requestId: string;
}

/** One endpoint. Its input is checked before `handle` sees it. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly pricing: Readonly<Record<string, string>>;
  readonly input: v.GenericSchema;
  /** Turns parameters of the query into what the schema expects; without it a query is not read. */
  readonly query: Readonly<Record<string, (text: string) => unknown>>;
  readonly handle: (input: unknown, context: RequestContext) => Answer | Promise<Answer>;
}

export interface RouteDefinition<Schema extends v.GenericSchema> {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  /** Prices in GLUE, for the agent card; left out when the answer is free. */
  readonly pricing?: Readonly<Record<string, string>>;
  readonly input: Schema;
  readonly query?: Readonly<Record<string, (text: string) => unknown>>;
  readonly handle: (input: v.InferOutput<Schema>, context: RequestContext) => Answer | Promise<Answer>;
}

export function route<Schema extends v.GenericSchema>(definition: RouteDefinition<Schema>): Route {
  return {
    pricing: {},
    query: {},
    ...definition,
    // Safe: `application.ts` calls it only with what this route's own schema has put out.
    handle: (input, context) => definition.handle(input as v.InferOutput<Schema>, context),
  };
}

/** `true` and `false` of a query; other text stays what it is, for the schema to refuse. */
export const flag = (text: string): unknown => (text === "true" ? true : text === "false" ? false : text);
/** A decimal number of a query; other text stays what it is. */
export const number = (text: string): unknown => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
export const text = (value: string): unknown => value;
