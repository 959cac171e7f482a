/** Polls in real time: processes take real time as well. */
export async function until<T>(look: () => Promise<T | undefined>, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Not seen within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
