const LEAST_MS = 2000;

/** Prints a line at most every two seconds: a long test says that it lives. */
export function progress(): (line: () => string) => void {
  let last = Date.now();
  return (line) => {
    if (Date.now() - last < LEAST_MS) return;
    last = Date.now();
    process.stderr.write(`  ${line()}\n`);
  };
}
