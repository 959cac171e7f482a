import { Pool } from "undici";

/** Requests per second that one process sends and gets answered, over `connections` kept-alive connections. */
export async function throughput(url: string, requests: number, connections: number): Promise<number> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  let left = requests;
  const worker = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ path: pathname, method: "GET" });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}.`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return requests / seconds;
}
