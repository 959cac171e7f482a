import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { AwsError } from "../kernel.ts";
import type { ModelledError, ServiceModel } from "./model.ts";

/** A request before its protocol is known. The body is read by the protocol, whole or as a stream. */
export interface WireRequest {
  readonly method: string;
  /** Path as sent, still escaped. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: () => Promise<Buffer>;
  readonly stream: () => Readable;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Readable;
}

export interface ParsedCall {
  readonly operation: string;
  readonly input: unknown;
}

/** What an answer needs besides the service's model. */
export interface Answer {
  readonly model: ServiceModel;
  readonly operation: string;
  readonly requestId: string;
  /** The request's headers: some protocols answer by what the client said it understands. */
  readonly request: WireRequest;
}

export interface Protocol {
  /** @throws AwsError for a body that is not of this protocol or names no operation. */
  readonly read: (model: ServiceModel, request: WireRequest) => Promise<ParsedCall>;
  readonly result: (answer: Answer, output: unknown) => WireResponse;
  readonly error: (answer: Answer, error: AwsError) => WireResponse;
}

/** An error as it goes over the wire: modelled by the service, or by its code and message alone. */
export interface WireError {
  readonly shape: string;
  readonly code: string;
  readonly status: number;
  readonly fault: "client" | "server";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly model?: ModelledError;
}

export function wireError(model: ServiceModel, error: AwsError): WireError {
  const modelled = model.error(error.code);
  const status = error.status !== 400 || !modelled ? error.status : modelled.status;
  return {
    shape: modelled?.name ?? error.code,
    code: modelled?.queryCode ?? error.code,
    status,
    fault: status >= 500 ? "server" : "client",
    message: error.message,
    fields: error.fields,
    ...(modelled ? { model: modelled } : {}),
  };
}

export const unknownOperation = (code: string, operation: string): AwsError =>
  new AwsError(code, `The operation ${JSON.stringify(operation.slice(0, 100))} does not exist in this service.`);
