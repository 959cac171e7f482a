import { Agent, request } from "undici";

export interface LoadReport {
  readonly sent: number;
  /** One line per request without a good answer: no connection, no answer in time, or a status of 500 and more. */
  readonly lost: readonly string[];
}

/**
 * Sends `perSecond` requests a second, spread over `urls`, at fixed times whether or not earlier ones were answered,
 * as independent users do. @returns a function that stops, waits for the last answers and reports.
 */
export function startLoad(urls: readonly string[], perSecond: number): () => Promise<LoadReport> {
  const dispatcher = new Agent({ connections: 64, headersTimeout: 20_000, bodyTimeout: 20_000 });
  const lost: string[] = [];
  const open = new Set<Promise<void>>();
  let sent = 0;
  const send = async (url: string) => {
    const at = new Date().toISOString();
    try {
      const { statusCode, body } = await request(url, { dispatcher });
      const text = await body.text();
      if (statusCode >= 500) lost.push(`${at} ${url}: ${statusCode} ${text.slice(0, 120)}`);
    } catch (error) {
      lost.push(`${at} ${url}: ${(error as Error).message}`);
    }
  };
  const timer = setInterval(() => {
    const url = urls[sent++ % urls.length];
    if (!url) return;
    const answered = send(url).finally(() => open.delete(answered));
    open.add(answered);
  }, 1000 / perSecond);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    await dispatcher.close();
    return { sent, lost };
  };
}
