import { type AgentDefinition, type RunningAgent, startAgent } from "./agent.ts";

/** An agent that listens on a free port of this machine, with what it wrote. */
export interface TestAgent extends RunningAgent {
  readonly url: string;
  /** Every line on its stdout so far, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** One request; `body` is sent as JSON, or as it is when it is text. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** Starts an agent in this process, at a fixed time, with nothing from this process's environment. */
export async function startForTest(definition: AgentDefinition, env: Record<string, string> = {}): Promise<TestAgent> {
  const lines: Record<string, unknown>[] = [];
  const agent = await startAgent(definition, {
    env: { PORT: "0", ...env },
    now: () => TEST_TIME,
    write: (line) => lines.push(JSON.parse(line)),
  });
  const url = `http://127.0.0.1:${agent.port}`;
  const ask: TestAgent["ask"] = async (method, path, body, headers = {}) => {
    const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers, body: content });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined };
  };
  return { ...agent, url, lines, ask };
}

export const TEST_TIME = new Date("2025-11-01T12:00:00.000Z");
