/** Ctrl-C, SIGTERM or `down`: the first asks to stop in order, a second Ctrl-C does not wait. */
export function whenAskedToStop(): { readonly asked: Promise<void>; readonly ask: () => void } {
  let ask = (): void => undefined;
  let times = 0;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const onSignal = () => {
    times += 1;
    if (times > 1) process.exit(130);
    ask();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return { asked, ask };
}
