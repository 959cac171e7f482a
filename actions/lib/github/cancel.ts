/**
 * Aborted when GitHub cancels the job: SIGINT, 7.5 s later SIGTERM, 2.5 s later the process is killed.
 * @see https://docs.github.com/en/actions/reference/workflow-cancellation-reference
 */
export function cancelSignal(source: NodeJS.EventEmitter = process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"])
    source.once(signal, () => controller.abort(new Error(`The job was cancelled (${signal}).`)));
  return controller.signal;
}
