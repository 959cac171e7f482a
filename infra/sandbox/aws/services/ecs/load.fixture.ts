/** For tests: asks a URL ten times a second until told to stop; tells how many answers were not 200. */
export function load(url: string): () => Promise<{ asked: number; lost: string[] }> {
  const lost: string[] = [];
  const pending: Promise<void>[] = [];
  const ask = async () => {
    const answer = await fetch(url).catch((error: unknown) => String(error));
    const status = typeof answer === "string" ? answer : answer.status;
    if (typeof answer !== "string") await answer.arrayBuffer();
    if (status !== 200) lost.push(`${new Date().toISOString()} ${status}`);
  };
  const timer = setInterval(() => pending.push(ask()), 100);
  return async () => {
    clearInterval(timer);
    await Promise.all(pending);
    return { asked: pending.length, lost };
  };
}
