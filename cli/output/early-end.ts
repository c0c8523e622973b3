/**
 * The signals that end a run early, so that the target is left as it was found. A terminal sends SIGINT at Ctrl-C, SIGQUIT at Ctrl-\\
 * and SIGHUP when it is closed (SIGBREAK at Ctrl-Break on Windows); whatever stops a process sends SIGTERM.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'] as const;

/** What is to be done when the process would end early. */
export interface EarlyEnd {
  /** At the first signal; a second one ends the process at once, with exit code 130. */
  readonly onSignal: () => void;
  /** At an error that nothing has caught. */
  readonly onBroken: (error: unknown) => void;
}

/** Listens to what would end the process early; answers with a function that stops it. */
export function onEarlyEnd({ onSignal, onBroken }: EarlyEnd): () => void {
  let times = 0;
  const listener = (): void => {
    times += 1;
    if (times > 1) process.exit(130);
    onSignal();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  process.on('uncaughtException', onBroken).on('unhandledRejection', onBroken);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
    process.off('uncaughtException', onBroken).off('unhandledRejection', onBroken);
  };
}
